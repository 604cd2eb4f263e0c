"""In plain Chinese: what a second person decides on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import hazards
from app.actors import Role
from app.clock import business_day
from app.exports import HEADINGS, RosterColumn
from app.identity import ApprovalKind, binding_candidates, binding_doubts, naming, told_approvals
from app.own_data import AgeWish
from app.people import AgeGroup, ToldMinor
from app.policies import PolicySwitch
from app.visits import ToldTicket

_AGES = {AgeGroup.CHILD: "不满14周岁", AgeGroup.MINOR: "14至17周岁", AgeGroup.ADULT: "已满18周岁"}
SWITCH_NAMES = {
    PolicySwitch.COMPULSORY_CHECK_IN: "要求到场证明",
    PolicySwitch.POSITION_UPLOAD: "要求上传位置",
    PolicySwitch.STAFF_RANKING: "工作人员排名",
    PolicySwitch.RESIDENT_RANKING: "居民排名",
    PolicySwitch.PHOTO_COMPULSORY: "要求拍照",
    PolicySwitch.WECHAT_CONTENT_CHECK: "微信内容检查",
}
_NUMBERS = (RosterColumn.PHONE, RosterColumn.ID_NUMBER)


def of_approval(
    told: told_approvals.ToldApproval, rows: int | None, wish: AgeWish | None, names: Mapping[str, str]
) -> str:
    """Say what an approval lets happen, and warn of what cannot be done while it waits.

    ``rows`` are the residents who stand in an export's file now, if they were counted; ``wish`` is what a
    minor's age would become, while that can be told; ``names`` are what a ledger is narrowed to, for whoever
    reaches it.
    """
    payload = told.approval.payload
    if told.approval.kind is ApprovalKind.ADMIN_GRANT:
        return _grant(told, payload)
    if told.approval.kind is ApprovalKind.POINTS_BULK:
        text = _points(told, payload)
    elif told.approval.kind is ApprovalKind.ROSTER_EXPORT:
        text = _export(told, payload, rows)
    elif told.approval.kind is ApprovalKind.HAZARD_EXPORT:
        text = _ledger(told, payload, names)
    elif told.approval.kind is ApprovalKind.POLICY_SWITCH:
        text = _switch(told, payload)
    else:
        text = _minor_age(told.minor, wish)
    warning = "请注意：申请人现在不能办这件事，同意了也办不成。申请的是"
    return f"{warning}{text}" if told.waits and not told.can_be_done else text


def of_ticket(told: ToldTicket) -> str:
    """Say what a viewing ticket lets somebody read, and for how long."""
    days = f"看{told.ticket.days}天"
    if told.minor is None:
        return f"查看一个孩子的资料，{days}；这个孩子现在不住在您的辖区"
    return f"查看{_whom(told.minor)}的资料，{days}"


def _whom(minor: ToldMinor) -> str:
    return f"{minor.name}（{_AGES[minor.age_group]}，住{minor.area_name}{minor.place}）"


def of_doubt(one: binding_candidates.Doubted) -> str:
    """Say who of the staff had what proves who a resident is, and that he does not decide."""
    posts = "、".join(naming.ROLE_NAMES[role] for role in sorted({post.role for post in one.staff.posts}))
    who = f"{one.staff.name}（{posts or '现在没有职务'}）"
    done = {
        binding_doubts.Doubt.PHONE_WRITTEN: "写过他的手机号",
        binding_doubts.Doubt.NUMBER_AND_CODE: "看过或写过他的身份证号，也看过这户的绑定码",
    }
    return f"{who}{_day(one.known.at.isoformat())}{done[one.known.doubt]}，他不能办这件申请"


def _grant(told: told_approvals.ToldApproval, payload: dict[str, Any]) -> str:
    until = payload["valid_until"]
    how_long = f"，到{_day(until)}为止" if until else ""
    begins = payload["valid_from"]
    since = f"，从{_day(begins)}开始" if begins else ""
    post = f"{told.area_name}的{naming.ROLE_NAMES[Role(payload['role'])]}{since}{how_long}"
    if told.account is None:
        whom = "这个账号"
    else:
        posts = [f"{one.area_name}{naming.ROLE_NAMES[one.role]}" for one in told.account.posts]
        now_is = "、".join(posts) or "没有职务"
        whom = f"{told.account.name}（{told.account.area_name}的账号，现在{now_is}）"
    if told.waits and not told.can_be_done:
        return f"请注意：申请人现在不能给{whom}授权，同意了也办不成。申请的是{post}"
    return f"让{whom if told.account else '一个不在您辖区的账号'}当{post}"


def _points(told: told_approvals.ToldApproval, payload: dict[str, Any]) -> str:
    sums = told.sums
    parts = [
        f"{count}笔{verb}，一共{points}分"
        for count, verb, points in (
            (sums.additions, "加分", sums.added),
            (sums.deductions, "扣分", sums.taken),
        )
        if count
    ]
    unfit = sum(not one.can_be_done for one in told.adjustments)
    warns = unfit and told.waits and told.can_be_done
    warning = f"；其中{unfit}笔的住户不在{told.area_name}，不会入账" if warns else ""
    return f"更正{told.area_name}的积分：{'；'.join(parts)}{warning}。给住户看的原因：{payload['reason']}"


def _export(told: told_approvals.ToldApproval, payload: dict[str, Any], rows: int | None) -> str:
    columns = [RosterColumn(column) for column in payload["columns"]]
    headings = "、".join(HEADINGS[column] for column in columns)
    numbers = "和".join(HEADINGS[column] for column in columns if column in _NUMBERS)
    how = f"；成年人的{numbers}{'显示完整号码' if payload['clear'] else '打星号'}" if numbers else ""
    count = "" if rows is None else f"，现在有{rows}人"
    return f"导出{told.area_name}的名册{count}；内容：{headings}{how}"


def _switch(told: told_approvals.ToldApproval, payload: dict[str, Any]) -> str:
    name = SWITCH_NAMES[PolicySwitch(payload["switch"])]
    return f"打开{told.area_name}的“{name}”；用途：{payload['purpose']}；依据：{payload['legal_basis']}"


def _ledger(told: told_approvals.ToldApproval, payload: dict[str, Any], names: Mapping[str, str]) -> str:
    which = hazards.ledger_in_words(payload["wanted"], names)
    return f"导出{told.area_name}的隐患台账；内容：{which}；用途：{payload['purpose']}"


def _minor_age(minor: ToldMinor | None, wish: AgeWish | None) -> str:
    whom = _whom(minor) if minor else "一个不住在您辖区的人"
    if wish is None:
        return f"改{whom}的出生日期"
    if wish.becomes is None:
        return f"去掉{whom}的身份证号，以后没有证件能核对年龄"
    return f"改{whom}的出生日期：登记的是{wish.years}周岁，改后是{wish.becomes}周岁"


def _day(moment: str) -> str:
    day = business_day(datetime.fromisoformat(moment))
    return f"{day.year}年{day.month}月{day.day}日"
