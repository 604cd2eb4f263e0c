"""Cases of harm to a minor: opened by what somebody wrote, restricted, and told to whoever must act at once.

Who sees signs must report (Minor Protection Law, art. 11), and what tells of them is kept
(未成年人网络保护条例, art. 38). Only the community's admins read a case, and none of his own home; nothing
deletes it, nor the record that it names. Whoever wrote is told nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.harm.home import about_home, people_of_home
from app.harm.words import tells_of_harm
from app.identity import inviters, seeing_to
from app.ids import new_id
from app.models import HARM_RECORDS, HarmCase, HarmRecord, NoticeKind, Resident
from app.people import is_minor
from app.sealing import Cell, Opener, Sealer


class OwnCaseError(DomainError):
    """Nobody closes a case that he, or somebody whom he let in, opened."""

    code = "own_case"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Told:
    """Where a text stands: in a record, or beside it in a step of its course."""

    kind: HarmRecord
    record_id: UUID
    area_code: str
    step_id: UUID | None = None
    """The step, or the follow-up, whose text it is; None: the record's own."""


def watch(
    session: Session, actor: Actor, told: Told, texts: Iterable[str], *, about: Resident | None = None
) -> None:
    """Open a case if one of these texts, just written, tells of harm; ``about`` is whose record it is."""
    signals = signs_of_harm(session, actor, texts, about=about)
    if signals:
        open_case(session, actor, told, signals, about=about)


def signs_of_harm(
    session: Session,
    actor: Actor,
    texts: Iterable[str],
    *,
    about: Resident | None = None,
    flagged: bool = False,
) -> list[str]:
    """Give what says that a minor may come to harm: the worker's flag, or the words that somebody wrote.

    About a minor, or by one, plain words are enough; else a child must be spoken of beside them.
    """
    told = [text for text in texts if tells_of_harm(text, of_minor=True)]
    worded = bool(told) and (
        _minor(session, actor, about) is not None or any(tells_of_harm(text, of_minor=False) for text in told)
    )
    return ["flag"] * flagged + ["words"] * worded


def open_case(
    session: Session, actor: Actor, told: Told, signals: list[str], *, about: Resident | None = None
) -> None:
    """Open the case of a record that tells of harm, and tell the community's admins, but none of that home.

    Where there is no other, also none but who may have opened it, the office above is told that somebody
    must see to it, and no more.
    """
    minor = _minor(session, actor, about)
    case = HarmCase(
        id=new_id(),
        area_code=told.area_code,
        resident_id=minor.id if minor else None,
        told_id=told.step_id or told.record_id,
        signals=signals,
        opened_at=now(),
        opened_by=actor.user_id,
        let_in_by=actor.let_in_by,
        **{HARM_RECORDS[told.kind]: told.record_id},
    )
    session.add(case)
    session.flush()
    home = people_of_home(session, case.id)
    to_tell: dict[UUID, str] = {}
    for but in (home | _may_have_opened(session, case), home):
        what, people = seeing_to.who_sees_to_it(session, told.area_code, but=but)
        to_tell |= dict.fromkeys(people, what)
    for user_id, what in sorted(to_tell.items()):
        about_it: dict[str, object] = {"harm_case_id": case.id} if what == "asked" else {"what": what}
        notices.post(session, NoticeKind.HARM_CASE, to=user_id, area_code=told.area_code, **about_it)


def _may_have_opened(session: Session, case: HarmCase) -> set[UUID | None]:
    """Give who may have written what opened it: the account's owner, and whoever of the staff let him in."""
    inviter = inviters.inviter(session, case.opened_by) if case.opened_by is not None else None
    return {case.opened_by, case.let_in_by, inviter}


def opened_by_others(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, beside ``HarmCase``, that the actor is none of those who may have opened it."""
    may_have = (HarmCase.opened_by, HarmCase.let_in_by, inviters.inviter_of(HarmCase.opened_by))
    return and_(*(one.is_distinct_from(actor.user_id) for one in may_have))


def _minor(session: Session, actor: Actor, about: Resident | None) -> Resident | None:
    """Give the minor whose record it is, or who wrote it."""
    if about is not None and is_minor(about):
        return about
    writer = session.get(Resident, actor.resident_id) if actor.resident_id is not None else None
    return writer if writer is not None and is_minor(writer) else None


def harm_cases(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[HarmCase]:
    """List the cases of the actor's areas, the newest first, but none of his own home."""
    query = select(HarmCase).where(_seen_to_by(actor)).order_by(HarmCase.id.desc()).limit(limit)
    if after is not None:
        query = query.where(HarmCase.id < after)
    return list(session.scalars(query))


def harm_case(session: Session, actor: Actor, case_id: UUID, *, lock: bool = False) -> HarmCase:
    """Give one case of the actor's areas. Raises NotFoundError, also for one of his own home."""
    query = select(HarmCase).where(HarmCase.id == case_id, _seen_to_by(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _seen_to_by(actor: Actor) -> ColumnElement[bool]:
    return and_(actor.scope.clause(HarmCase.area_code), ~about_home(actor.homes))


def close_case(session: Session, actor: Actor, sealer: Sealer, case_id: UUID, *, result: str) -> HarmCase:
    """Close a case with what was done; the same again by the same person changes nothing.

    Raises NotFoundError, OwnCaseError, IllegalStepError if it was closed otherwise.
    """
    row = harm_case(session, actor, case_id, lock=True)
    if row.closed_at is None:
        if actor.user_id in _may_have_opened(session, row):
            raise OwnCaseError
        row.closed_at, row.closed_by = now(), actor.user_id
        row.result_sealed = sealer.seal(result, _cell(row))
    elif (row.closed_by, case_result_of(sealer, row)) != (actor.user_id, result):
        raise IllegalStepError(now="closed", asked="close")
    return row


def case_result_of(sealer: Opener, row: HarmCase) -> str | None:
    """Give what was done, if the case is closed."""
    return sealer.open(row.result_sealed, _cell(row)) if row.result_sealed else None


def _cell(row: HarmCase) -> Cell:
    return Cell("harm_cases", "result_sealed", row.id)
