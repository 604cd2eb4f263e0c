"""In plain Chinese: what a second person decides on."""

from datetime import datetime
from typing import Any

from app.actors import Role
from app.clock import business_day
from app.exports import HEADINGS, RosterColumn
from app.identity import ApprovalKind, naming, told_approvals
from app.people import AgeGroup
from app.visits import ToldTicket

_AGES = {AgeGroup.CHILD: "不满14周岁", AgeGroup.MINOR: "14至17周岁", AgeGroup.ADULT: "已满18周岁"}
_NUMBERS = (RosterColumn.PHONE, RosterColumn.ID_NUMBER)


def of_approval(told: told_approvals.ToldApproval, rows: int | None) -> str:
    """Say what an approval lets happen; ``rows`` are the residents who stand in an export's file now."""
    payload = told.approval.payload
    if told.approval.kind is ApprovalKind.ADMIN_GRANT:
        return _grant(told, payload)
    if told.approval.kind is ApprovalKind.POINTS_BULK:
        return _points(told, payload)
    return _export(told, payload, rows or 0)


def of_ticket(told: ToldTicket) -> str:
    """Say what a viewing ticket lets somebody read, and for how long."""
    days = f"看{told.ticket.days}天"
    if told.minor is None:
        return f"查看一个孩子的资料，{days}；这个孩子现在不住在您的辖区"
    minor = told.minor
    return f"查看{minor.name}（{_AGES[minor.age_group]}，住{minor.area_name}{minor.place}）的资料，{days}"


def _grant(told: told_approvals.ToldApproval, payload: dict[str, Any]) -> str:
    until = payload["valid_until"]
    how_long = f"，到{_day(until)}为止" if until else ""
    begins = payload["valid_from"]
    since = f"，从{_day(begins)}开始" if begins else ""
    post = f"{told.area_name}的{naming.ROLE_NAMES[Role(payload['role'])]}{since}{how_long}"
    if told.account is None:
        return f"请注意：申请人现在不能给这个账号授权，同意了也办不成。申请的是{post}"
    posts = [f"{one.area_name}{naming.ROLE_NAMES[one.role]}" for one in told.account.posts]
    now_is = "、".join(posts) or "没有职务"
    return f"让{told.account.name}（{told.account.area_name}的账号，现在{now_is}）当{post}"


def _points(told: told_approvals.ToldApproval, payload: dict[str, Any]) -> str:
    added = [one.points for one in told.corrections if one.points > 0]
    taken = [-one.points for one in told.corrections if one.points < 0]
    parts = [
        f"{len(points)}笔{verb}，一共{sum(points)}分"
        for verb, points in (("加分", added), ("扣分", taken))
        if points
    ]
    unknown = sum(one.door is None for one in told.corrections)
    warning = f"；其中{unknown}笔的住户不归申请人管，不会入账" if unknown else ""
    return f"更正{told.area_name}的积分：{'；'.join(parts)}{warning}。给住户看的原因：{payload['reason']}"


def _export(told: told_approvals.ToldApproval, payload: dict[str, Any], rows: int) -> str:
    columns = [RosterColumn(column) for column in payload["columns"]]
    headings = "、".join(HEADINGS[column] for column in columns)
    numbers = "和".join(HEADINGS[column] for column in columns if column in _NUMBERS)
    how = f"；成年人的{numbers}{'显示完整号码' if payload['clear'] else '打星号'}" if numbers else ""
    return f"导出{told.area_name}的名册，现在有{rows}人；内容：{headings}{how}"


def _day(moment: str) -> str:
    day = business_day(datetime.fromisoformat(moment))
    return f"{day.year}年{day.month}月{day.day}日"
