"""How long what is kept, in the words of the privacy notice (PIPL, art. 17: the period of retention).

Each sentence names the rules of retention that it tells of, and takes its times from where the rules have
them; a test wants every rule told, with its time. Those of messages, copies and exports are set on floors
above and written out here: a test compares them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.config import RetentionSettings
from app.retention import (
    BINDING_CODE_MONTHS,
    CONTACTS_KEPT,
    POSITIONS_KEPT,
    PROOF_MONTHS,
    REQUESTS_KEPT,
    SIGN_INS_KEPT,
    TRIES_KEPT,
    UNNAMED_KEPT,
)

_YEAR, _HOUR_S = 12, 3600


@dataclass(frozen=True)
class KeptTime:
    """A sentence, and the rules of retention that it tells of."""

    text: str
    rules: tuple[str, ...] = ()


def kept_times(months: RetentionSettings) -> Iterator[KeptTime]:
    """Give the sentences; ``months`` are the times that this installation has set."""
    audit, ended, proof = (shown_months(one) for one in (months.audit, months.ended, PROOF_MONTHS))
    positions, requests = POSITIONS_KEPT.days, REQUESTS_KEPT.days
    yield KeptTime(
        f"位置最多保存{positions}天，之后只留所在网格和是否到场。",
        tuple(f"positions of {of}" for of in ("photos", "inspections", "visits", "hazards")),
    )
    yield KeptTime(
        f"证明到场用的口令和手机编号、早上提醒过谁，保存{positions}天。",
        (
            "challenges",
            "witness codes",
            "uses of witness codes",
            "devices of records",
            "mornings on which workers were told",
        ),
    )
    yield KeptTime(
        f"登录记录、登录用的验证码和邀请，结束以后保存{SIGN_INS_KEPT.days}天；"
        f"输错密码的记录保存{int(TRIES_KEPT.total_seconds()) // _HOUR_S}小时。",
        ("sign-ins", "refresh tokens", "one-time codes", "invitations", "sign-in tries"),
    )
    yield KeptTime(
        f"上网地址、用的是哪种手机或浏览器，跟办事记录放在一起，至少保存{audit}，到期由两个人一起删除；"
        f"谁看过号码、谁看过孩子的探访内容、谁批准了什么、谁导入、导出过名册，谁导出过隐患台账，这些记录也保存{audit}。",
        (
            "looks at numbers",
            "viewing tickets",
            "exports of the roster",
            "imports of the roster",
            "exports of hazards",
            "approvals",
        ),
    )
    yield KeptTime(
        f"照片在用到它的事情办完以后保存{shown_months(months.photos)}；没有用上的照片保存{UNNAMED_KEPT.days}天。",
        ("photos of finished records", "photos that no record names"),
    )
    yield KeptTime(
        f"帮扶对象的紧急联系人，在帮扶结束以后保存{CONTACTS_KEPT.days}天。",
        ("emergency contacts",),
    )
    yield KeptTime(
        f"探访时说的话、为什么改了帮扶的安排，在帮扶结束以后保存{shown_months(months.care)}，之后只留谁在什么时候来看过您。",
        ("words of visits", "words of follow-ups", "reasons of care"),
    )
    yield KeptTime(
        f"家里的绑定码最多保存{shown_months(BINDING_CODE_MONTHS)}，换了新的，旧的马上删除。",
        ("binding codes",),
    )
    yield KeptTime(
        f"您申请绑定、改正时写的话，还有为什么不再绑定，办完以后保存{requests}天；"
        f"谁绑定过谁、谁替谁代办过、谁请假由谁替班、谁疏散时要人帮助、每个月靠什么干活、申请过什么、结果怎么样，结束以后保存{ended}；"
        "弄错了人的绑定，账号还在就一直记着，免得再弄错。",
        (
            "binding requests",
            "corrections",
            "words on ended bindings",
            "ended bindings",
            "ended proxies",
            "help to get out that is over",
            "what somebody lived by",
            "absences that are over",
            "facts of removals",
            "answered binding requests",
            "answered corrections",
            "answered deletions",
        ),
    )
    yield KeptTime(
        f"搬走或者去世的，社区登记{shown_months(months.gone)}以后删除电话、证件号，名字只留第一个字，生日只留年份；"
        "这条登记本身留着。",
        ("residents who moved away or died",),
    )
    yield KeptTime(
        f"名册上改之前写的是什么、为什么改，保存{ended}，之后只留改过哪一项、谁改的、什么时候。",
        ("words of changes of the roster",),
    )
    yield KeptTime(
        f"同意收回以后、监护关系结束以后，证明保存{proof}；靠这份同意记下的探访内容还在的，留到探访内容删除。",
        ("consents that ended", "guardianships that ended"),
    )
    yield KeptTime(
        f"注销账号以后，法律要求留下的记录单独存放{proof}，到期删除。",
        tuple(
            f"frozen {of}" for of in ("bindings", "binding requests", "corrections", "deletions", "proxies")
        ),
    )
    yield KeptTime(f"收到的通知保存{shown_months(months.notices)}；微信消息的记录保存90天。", ("notices",))
    yield KeptTime(
        "您要的副本，72小时以后删除；工作人员导入用的表，查完或导入完72小时以后删除；"
        "工作人员导出的名册，24小时以后删除。"
    )
    yield KeptTime("积分的账、隐患的台账、每一步是谁办的，法律要求留着；说到孩子可能受到伤害的记录不删除。")
    yield KeptTime("其他信息保存到办完事情、法律规定的期限为止。")


def shown_months(months: int) -> str:
    """Say so many months, in whole years where it is that."""
    years, rest = divmod(months, _YEAR)
    return f"{months}个月" if rest else f"{years}年"
