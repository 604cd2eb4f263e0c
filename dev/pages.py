"""Write the pages of docs/ that say what the code says, or check that they are so (`--check`)."""

import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

from app.actors import ProxyFunction, Role
from app.api import ROUTES
from app.api.http.problems import _HTTP_CODES, STATUS
from app.api.http.sentences import SENTENCES
from app.errors import DomainError
from app.identity import TABLE, Permission, Reach, grantable
from app.identity.naming import ROLE_NAMES
from app.identity.permissions import FOR_ANOTHER
from app.models import DIGITS, AreaLevel
from dev import data_map
from dev.edge_codes import OF_THE_EDGE
from dev.guarded_steps import proved_again, second_person
from dev.requirements import NOT_APPLICABLE, REMARKS, REQUIREMENTS

ROOT = Path(__file__).parent.parent
_ADR = "0012-second-person.md"
_PROXY_ADR = "0014-acting-for-a-resident.md"
MADE = "<!-- Made by `python -m dev.pages`. Edit the code, not this page. -->"

REACHES = {Reach.AREA: "辖区", Reach.COMMUNITY: "本社区", Reach.OWN: "本户"}
ACTING = {
    ProxyFunction.SEE: "查看积分、申报和兑换",
    ProxyFunction.CLAIM: "申报积分",
    ProxyFunction.REDEEM: "兑换",
    ProxyFunction.REPORT: "上报隐患",
    ProxyFunction.VISITS: "查看和确认有没有人来探访",
}
FUNCTIONS = {
    Permission.SELF: "查看自己的账号、消息，退出登录",
    Permission.AREA_READ: "查看区划和网格",
    Permission.PLACE_READ: "查看点位",
    Permission.PLACE_WRITE: "登记点位",
    Permission.CODE_PRINT: "打印、停用、补打二维码",
    Permission.ROSTER_READ: "查看住户和居民名册",
    Permission.ROSTER_WRITE: "登记住户和居民",
    Permission.ROSTER_EXPORT: "导出名册",
    Permission.GRID_WRITE: "划分网格（用工作簿）",
    Permission.ROSTER_IMPORT: "用工作簿导入社区（各表由谁录，按各自的功能）",
    Permission.ROSTER_HISTORY: "查看名册的变动",
    Permission.PRESENCE_SET: "登记居民在家、外出、回来过节",
    Permission.REVEAL: "查看居民的完整电话、证件号码（写明用途，每天最多20次）",
    Permission.CONSENT_OWN: "查看、给出、收回自己和所监护孩子的同意",
    Permission.CONSENT_RECORD: "登记居民在纸上签的同意，代为收回",
    Permission.GUARDIAN_RECORD: "登记、查看孩子的监护人",
    Permission.GUARDIAN_VERIFY: "核实监护人，结束监护关系",
    Permission.USER_READ: "查看账号和授权",
    Permission.USER_WRITE: "开通、邀请、停用、恢复账号，重置动态验证码",
    Permission.GRANT_WRITE: "授权、收回授权",
    Permission.POLICY_READ: "查看社区的政策开关",
    Permission.POLICY_SET: "开关政策开关（打开要县或市同意）",
    Permission.WITNESS_SHOW: "给来的工作人员出示到场码",
    Permission.DEVICE_FINDINGS: "查看共用手机、多部手机的情况",
    Permission.SPOT_CHECK_READ: "查看抽查（工作人员看自己的）",
    Permission.SPOT_CHECK_DO: "抽查、复核",
    Permission.APPROVAL_ASK: "申请双人审批",
    Permission.APPROVAL_READ: "查看双人审批",
    Permission.APPROVAL_DECIDE: "审批别人的申请",
    Permission.SIGN_IN_CODE: "给没有微信的居民发登录码",
    Permission.BINDING_CODE: "查看、更换住户的绑定码",
    Permission.BINDING_DECIDE: "审核绑定申请，查看、结束绑定",
    Permission.CORRECTION_ASK: "申请更正自己和所监护孩子的资料",
    Permission.CORRECTION_DECIDE: "核对、决定居民的资料更正申请",
    Permission.DELETION_ASK: "申请删除自己和所监护孩子的资料",
    Permission.DELETION_DECIDE: "决定居民的资料删除申请，写明理由",
    Permission.PROXY_ASK: "申请代居民办事",
    Permission.PROXY_DECIDE: "听居民本人说过后确认代办，查看、结束代办",
    Permission.CHECKLIST_READ: "查看检查表",
    Permission.CHECKLIST_WRITE: "编写、发布检查表",
    Permission.INSPECTION_FILE: "提交巡查",
    Permission.INSPECTION_READ: "查看巡查",
    Permission.PLAN_READ: "查看巡查计划和任务",
    Permission.PLAN_WRITE: "做、改、结束巡查计划，换人，登记请假顶班",
    Permission.DAY_READ: "看当天的工作",
    Permission.PHOTO_UPLOAD: "上传照片",
    Permission.PHOTO_MATCH_READ: "查看可能重复使用的照片",
    Permission.PHOTO_REVIEW: "核对可能重复使用的照片",
    Permission.PHOTO_MARK: "导出加水印、带签名的照片",
    Permission.HAZARD_REPORT: "上报隐患",
    Permission.HAZARD_READ: "查看隐患",
    Permission.HAZARD_ACCEPT: "受理隐患、定等级，不受理隐患（重大隐患只有县里）",
    Permission.HAZARD_TRIAGE: "合并隐患，派办一般隐患",
    Permission.HAZARD_ASSIGN: "派办、改派重大隐患",
    Permission.HAZARD_RECTIFY: "整改隐患",
    Permission.HAZARD_VERIFY: "复查隐患",
    Permission.HAZARD_CLOSE_MAJOR: "复核重大隐患并销号",
    Permission.HAZARD_SUPERVISE: "督办隐患",
    Permission.HAZARD_NOTICE: "打印隐患整改通知书",
    Permission.HAZARD_EXPORT: "导出隐患台账",
    Permission.DEADLINE_READ: "查看各类隐患的整改期限",
    Permission.CARE_READ: "查看关爱对象和探访",
    Permission.CARE_COUNT: "查看关爱对象人数（不足5人的不显示）",
    Permission.CARE_WRITE: "登记关爱对象",
    Permission.ESCAPE_HELP: "登记、查看要帮助疏散的人",
    Permission.WORK_WRITE: "登记、查看就业情况",
    Permission.WORK_OWN: "查看自己的就业情况",
    Permission.WORK_COUNT: "查看就业人数和通报（不足5人的不显示）",
    Permission.WORKER_MONTH_OWN: "查看自己每月的工作情况",
    Permission.WORKER_MONTH_READ: "月度谈话时查看一名网格员的工作情况（次月3日起）",
    Permission.WEATHER_READ: "看天气预警",
    Permission.WEATHER_WARN: "发天气预警",
    Permission.TICKET_READ: "查看自己的和等自己批的未成年人资料查看单",
    Permission.TICKET_DECIDE: "审批未成年人资料查看单",
    Permission.VISIT_FILE: "提交探访",
    Permission.VISIT_OWN: "看谁来探访过自己和所监护的孩子，确认来没来过",
    Permission.HARM_CASE: "查看、办结未成年人受伤害的线索",
    Permission.RULE_READ: "查看积分细则",
    Permission.CLAIM_SUBMIT: "申报积分",
    Permission.CLAIM_READ: "查看积分申报",
    Permission.CLAIM_VERIFY: "核实积分申报",
    Permission.CLAIM_TURN_DOWN: "退回、驳回积分申报",
    Permission.CLAIM_APPROVE: "审批积分申报",
    Permission.POINTS_READ: "查看积分余额和明细",
    Permission.POINTS_ADJUST: "批量更正积分",
    Permission.SHOP_READ: "查看积分超市商品",
    Permission.SHOP_WRITE: "上架商品、登记进货",
    Permission.REDEEM: "兑换商品",
    Permission.REDEMPTION_READ: "查看兑换单",
    Permission.HAND_OVER: "核销兑换单、交付商品",
    Permission.AUDIT_READ: "查看审计记录",
}


def permissions() -> str:
    """Return the page of who may do what."""
    heads = [f"{ROLE_NAMES[role]}<br>`{role}`" for role in Role]
    rows = [
        [f"{FUNCTIONS[permission]}<br>`{permission}`", *(_reach(permission, role) for role in Role)]
        for permission in Permission
    ]
    acting = [
        [f"{ACTING[one]}<br>`{one}`", "、".join(f"`{permission}`" for permission in sorted(given))]
        for one, given in FOR_ANOTHER.items()
    ]
    levels = [
        [f"{ROLE_NAMES[role]} `{role}`", *("、".join(map(str, told)) for told in _levels(role))]
        for role in Role
        if role in grantable.LEVELS
    ]
    return f"""{MADE}
# Who may do what 权限表

One row a function, one column a role; views name the function, and the table in
`app/identity/permissions.py` decides. A blank cell means that the role does not have the function: 403.
A record outside the reach reads as absent: 404.

- **{REACHES[Reach.AREA]}**: every record whose area code starts with the code of the grant.
- **{REACHES[Reach.COMMUNITY]}**: every record of the community in which the resident lives.
- **{REACHES[Reach.OWN]}**: records of the resident's own household, or that he made himself.

A person with several grants may do what any of them allows. Some steps ask for more than the function: nobody
verifies or approves points for his own household, nobody rechecks what he put right himself, nobody changes
his own grants, also not by ending them.

{_table(["功能", *heads], rows)}
## Acting for a resident 代办

Who acts for a resident by a proxy (header `Gongdi-For`), or as the verified guardian of a child, has that
resident's reach and no grants of his own in that request, and the functions below as far as the proxy names
them; a guardian has all four. Anything else is refused with `forbidden`, and where the function is in no
row, with `acting_not_taken` ([ADR {_PROXY_ADR[:4]}](adr/{_PROXY_ADR})).

{_table(["代办事项", "功能"], acting)}
## Where a role is granted

A grant at another level is refused with `area_level`, also when a second person is asked to agree to it
([ADR {_ADR[:4]}](adr/{_ADR})). `resident` is not granted.

{_table(["角色", "level of area", "digits of its code"], levels)}
## Three administrators 三员分立

`system_admin` makes accounts, `security_admin` grants roles and ends grants, `auditor` reads the audit. They
exclude each other: a second of the three for one person is refused with `roles_exclude`, also when two grants
meet, and already when an approval is asked for. None of them has a function that writes in common with
another; the auditor writes nothing at all.

Nobody grants what he does not hold. What the security administrator holds is the power to grant in his own
area: he gives any role there, below it, never above or beside it, and no other role of his widens that. The
three administrators' own roles he gives only after a second person agreed, and an officer's too where the
area, or one above it, has another officer, or had one within the last 30 days: the first one he makes alone,
and the auditors and system administrators over the area are told ([ADR {_ADR[:4]}](adr/{_ADR})). Whatever
changes works at the next request.

## A second person 双人审批

{_table(["要办的事", "谁申请", "谁审批"], second_person(ROLE_NAMES))}
Who asks holds the function over the area; who decides holds a role named beside it over the same area or one
above it, and is neither who asked nor who would get the role; of a minor's age nor of that home. An approval
is good for exactly what was asked, for 72 hours, and once; `PUT /v1/approvals/<id>` asks.

## Proved again 再次确认本人

These refuse with `reauth_required` when the session's last proof of the person (sign-in, password or one-time
code) is older than five minutes:

{_list(proved_again())}"""


def _levels(role: Role) -> tuple[list[AreaLevel], list[int]]:
    """Give the levels at which a role is granted, and how many digits their codes have."""
    levels = [level for level in AreaLevel if level in grantable.LEVELS[role]]
    return levels, [DIGITS[level] for level in levels]


def problems() -> str:
    """Return the page of every code that a refusal may carry."""
    errors = {error.code: error for error in _all_errors(DomainError)}
    rows = [
        [f"`{code}`", str(_status(code, errors)), sentence, _meaning(code, errors)]
        for code, sentence in sorted(SENTENCES.items(), key=lambda pair: (_status(pair[0], errors), pair[0]))
    ]
    return f"""{MADE}
# Problem codes

Every refusal is an `application/problem+json` document ([how it looks](api.md#refusals)). `code` is stable
and for programs, `title` is the Chinese sentence for people; names in braces are filled in.

{_table(["code", "status", "title", "meaning"], rows)}"""


def requirements() -> str:
    """Return the page of the security requirements by number."""
    rows = [[f"S-{number}", what, _remark(number)] for number, what in sorted(REQUIREMENTS.items())]
    return f"""{MADE}
# Security requirements

What Gongdi answers for, by the numbers that tests name. `make sec-check` says of each whether it holds, and
which tests prove it; [how](security.md#how-to-check). Missing numbers belong to parts that are not built yet.

{_table(["number", "requirement", "remark"], rows)}"""


PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "permissions.md": permissions,
    ROOT / "docs" / "problems.md": problems,
    ROOT / "docs" / "data-map.md": partial(data_map.page, MADE),
    ROOT / "docs" / "security-requirements.md": requirements,
}


def stale() -> list[str]:
    """Name the pages that do not say what the code says."""
    return [
        str(file.relative_to(ROOT))
        for file, page in PAGES.items()
        if not file.exists() or file.read_text(encoding="utf-8") != page()
    ]


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    if arguments == ["--check"]:
        found = stale()
        for name in found:
            print(f"{name} is not what the code says: run `python -m dev.pages` and commit it.")
        return 1 if found else 0
    for file, page in PAGES.items():
        file.write_text(page(), encoding="utf-8")
        print(f"Wrote {file.relative_to(ROOT)}.")
    return 0


def _reach(permission: Permission, role: Role) -> str:
    reach = TABLE[permission].get(role)
    return REACHES[reach] if reach else ""


def _all_errors(parent: type[DomainError]) -> list[type[DomainError]]:
    """Return every refusal that has a code; the routes, imported above, have loaded all packages."""
    assert ROUTES, "no packages were loaded"
    coded = [parent] if "code" in vars(parent) else []
    return coded + [error for child in parent.__subclasses__() for error in _all_errors(child)]


def _status(code: str, errors: dict[str, type[DomainError]]) -> int:
    if code in errors:
        return int(STATUS[errors[code].kind])
    of_http = {name: status for status, name in _HTTP_CODES.items()}
    fault = HTTPStatus.INTERNAL_SERVER_ERROR
    away = {"internal": fault, "unreadable": fault, "database_away": HTTPStatus.SERVICE_UNAVAILABLE}
    return int((of_http | away)[code])


def _meaning(code: str, errors: dict[str, type[DomainError]]) -> str:
    if code not in errors:
        return OF_THE_EDGE[code]
    first, _, _ = (errors[code].__doc__ or "").strip().partition("\n\n")
    return " ".join(first.split()).replace("``", "`")


def _remark(number: int) -> str:
    reason = NOT_APPLICABLE.get(number)
    return f"not applicable: {reason}" if reason else REMARKS.get(number, "")


def _list(items: list[str]) -> str:
    return "\n".join(f"- {item}" for item in items) + "\n"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in lines)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in escaped) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
