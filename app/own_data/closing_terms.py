"""What people are told before they close an account: what goes, what stays and why, what of the points."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import Account, Resident, User
from app.own_data.closing import DUE_WORKDAYS, TAKEN_BACK_WITHIN, account_of
from app.own_data.closing_reasons import ClosingReason, reasons_against

IN_WORDS = {
    ClosingReason.OPEN_ORDER: "您兑换的东西还没有领。请先去领，或者取消兑换（积分退回您家），再来注销",
    ClosingReason.POST: "您现在还有岗位，账号要用来办公。请先请安全管理员结束岗位，再来注销",
    ClosingReason.OPEN_WORK: "您手上还有没办完的隐患、走访或回访。请先办完，或请社区管理员转给别人，再来注销",
}
"""Each reason with what to do about it."""
_GOES = (
    "您的登录方式（微信、手机号、密码、动态验证码）、登录记录、消息和微信提醒、要过的资料副本、上报时的位置，"
    "没有用在记录里的照片，积分申报已经办完的照片，都会删除。名册上您的手机号和身份证号也会删除，"
    "您写过的文字里如果有这些号码，也会去掉。"
)
_STAYS = (
    "您家的积分明细和申报只留编号，不留您的手机号和身份证号（积分账目不能改，要对得上）。"
    "您代别人、别人代您办过事的记录，绑定、同意和更正的记录，您报过并且办完的隐患，会封存起来："
    "别人都看不到，只有审计员能看，每看一次都有记录。法律依据是个人信息保护法第四十七条。"
    "绑定、同意、更正和代办的记录封存三年后删除，隐患按安全生产法的要求留在台账里。操作日志至少留十三个月。"
)
_ROSTER = (
    "名册上您是哪一户的人，是社区依法登记的，不随账号注销。社区该上门探访、该照顾的，还会照样做。"
    "您搬走了，或者觉得名册不该再留您的资料，请用“资料更正”告诉社区，社区十五天内书面答复。"
)
_TIME = (
    "申请以后有{days}天可以反悔，在“我的注销申请”里撤回就行。过了{days}天就办，账号马上不能再用，"
    "办完不能恢复。不能办的，会书面告诉您原因。最晚{workdays}个工作日内一定有结果。以后想再用，可以重新登录、重新绑定。"
)


@dataclass(frozen=True)
class Paragraph:
    """One thing to be told."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Terms:
    """What closing an account would mean now."""

    items: list[Paragraph]
    points: int | None
    """Of the household; None for somebody without one."""
    reasons: list[ClosingReason]


def closing_terms(session: Session, actor: Actor, *, ward_id: UUID | None = None) -> Terms:
    """Tell what closing the actor's account, or his ward's, would mean. Raises NotFoundError."""
    user = session.get_one(User, account_of(session, actor, ward_id))
    resident = session.get_one(Resident, user.resident_id) if user.resident_id else None
    points = _points(session, resident)
    days, workdays = TAKEN_BACK_WITHIN.days, DUE_WORKDAYS
    items = [
        Paragraph("goes", "会删除什么", _GOES),
        Paragraph("stays", "会留下什么，为什么", _STAYS),
        Paragraph("roster", "名册上的资料", _ROSTER),
        Paragraph("time", "什么时候办", _TIME.format(days=days, workdays=workdays)),
    ]
    if resident is not None and points is not None:
        items.insert(0, Paragraph("points", "积分怎么办", _of_points(session, resident, points)))
    return Terms(items, points, reasons_against(session, user.id))


def _points(session: Session, resident: Resident | None) -> int | None:
    if resident is None:
        return None
    query = select(Account.balance).where(Account.household_id == resident.household_id)
    return session.scalars(query).one_or_none() or 0


def _of_points(session: Session, resident: Resident, points: int) -> str:
    """Say what becomes of the household's points, for whom lives with others and for whom lives alone."""
    told = f"您家现在有{points}分。积分是一户一个账户，不会因为注销而清零，到期日也不变。"
    others = exists().where(Resident.household_id == resident.household_id, Resident.id != resident.id)
    if session.scalar(select(others)):
        return told + "家里其他人可以照样看、照样用；没有手机的，可以请楼栋长代办。"
    return (
        told + "这一户只有您一个人，注销以后手机上不能兑换，可以请楼栋长代办。想先用掉，请兑换、领完再注销。"
    )
