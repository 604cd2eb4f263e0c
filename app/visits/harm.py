"""Signs of harm to a minor: a restricted case is opened, and the community's admins are told at once.

Who sees signs must report (Minor Protection Law, art. 11). Only admins read the case; nothing deletes it.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor, Role
from app.clock import now
from app.errors import IllegalStepError, NotFoundError
from app.identity import holders
from app.ids import new_id
from app.models import HarmCase, NoticeKind, Resident, Visit
from app.people import is_minor
from app.sealing import Cell, Sealer

_WORDS = (
    "虐待",
    "殴打",
    "被打",
    "挨打",
    "家暴",
    "性侵",
    "猥亵",
    "骚扰",
    "欺凌",
    "霸凌",
    "遗弃",
    "自杀",
    "自残",
    "轻生",
    "不给饭吃",
    "拐",
)
"""Words that a note about a child does not hold by chance; a false alarm costs a look."""


def signs_of_harm(resident: Resident, texts: list[str], *, flagged: bool) -> list[str]:
    """Give what says that a minor may come to harm: the worker's flag, or the words he wrote."""
    if not is_minor(resident):
        return []
    worded = any(word in text for word in _WORDS for text in texts)
    return ["flag"] * flagged + ["words"] * worded


def open_case(session: Session, actor: Actor, visit: Visit, resident: Resident, signals: list[str]) -> None:
    """Open the case of a visit that tells of harm, and tell the community's admins."""
    case = HarmCase(
        id=new_id(),
        area_code=visit.area_code,
        resident_id=resident.id,
        visit_id=visit.id,
        signals=signals,
        opened_at=now(),
        opened_by=actor.user_id,
    )
    session.add(case)
    session.flush()
    for admin_id in holders(session, visit.area_code, {Role.COMMUNITY_ADMIN}):
        notices.post(
            session, NoticeKind.HARM_CASE, to=admin_id, area_code=visit.area_code, harm_case_id=case.id
        )


def harm_cases(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[HarmCase]:
    """List the cases of the actor's areas, the newest first."""
    query = (
        select(HarmCase)
        .where(actor.scope.clause(HarmCase.area_code))
        .order_by(HarmCase.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(HarmCase.id < after)
    return list(session.scalars(query))


def harm_case(session: Session, actor: Actor, case_id: UUID, *, lock: bool = False) -> HarmCase:
    """Give one case of the actor's areas. Raises NotFoundError."""
    query = select(HarmCase).where(HarmCase.id == case_id, actor.scope.clause(HarmCase.area_code))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def close_case(session: Session, actor: Actor, sealer: Sealer, case_id: UUID, *, result: str) -> HarmCase:
    """Close a case with what was done; the same again by the same person changes nothing.

    Raises NotFoundError, IllegalStepError if it was closed otherwise.
    """
    row = harm_case(session, actor, case_id, lock=True)
    if row.closed_at is None:
        row.closed_at, row.closed_by = now(), actor.user_id
        row.result_sealed = sealer.seal(result, _cell(row))
    elif (row.closed_by, case_result_of(sealer, row)) != (actor.user_id, result):
        raise IllegalStepError(now="closed", asked="close")
    return row


def case_result_of(sealer: Sealer, row: HarmCase) -> str | None:
    """Give what was done, if the case is closed."""
    return sealer.open(row.result_sealed, _cell(row)) if row.result_sealed else None


def _cell(row: HarmCase) -> Cell:
    return Cell("harm_cases", "result_sealed", row.id)
