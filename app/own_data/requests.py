"""Requests about one's own data that the community decides: taken in, decided once, told, reminded of.

Nobody decides for himself or for his own household, nor on what an account asked into which he made the way:
he may have asked himself. Where that leaves no admin an officer above decides. What a decision changes is the
matter of each kind: see ``corrections`` and ``deletions``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor, Role
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.identity import inviters, officers, seeing_to
from app.models import NoticeKind, OwnRequest, OwnRequestState, Resident, User
from app.own_data.whose import speaks_for
from app.people import accounts_of_home, lock_accounts

DECIDED_WITHIN = timedelta(days=15)
"""Half of what GB/T 35273-2020, 8.7, allows for an answer."""
REMINDED_BEFORE = timedelta(days=3)

Row = TypeVar("Row", bound=OwnRequest)


class AskerGoneError(DomainError):
    """Whoever asked is not the resident any more, nor his guardian: he asks for nothing in his name."""

    code = "asker_gone"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class RequestKind(Generic[Row]):
    """One kind of requests."""

    table: type[Row]
    word: str
    """What it is called in notices: ``<word>_asked``, ``<word>_id``."""
    own: type[DomainError]
    """The refusal for whoever would decide for himself or his own household."""


def new_request(actor: Actor, resident: Resident) -> dict[str, Any]:
    """Give the columns in which every new request about this resident begins alike."""
    at = now()
    return {
        "area_code": resident.area_code,
        "asked_by": actor.user_id,
        "let_in_by": actor.let_in_by,
        "resident_id": resident.id,
        "asked_at": at,
        "due_at": at + DECIDED_WITHIN,
        "state": OwnRequestState.OPEN,
        "decision_note": "",
    }


def withdraw(session: Session, actor: Actor, kind: RequestKind[Row], request_id: UUID) -> Row:
    """Take back a request of the actor's own; again changes nothing.

    Raises NotFoundError, IllegalStepError once it was decided.
    """
    lock_accounts(session, User.id == actor.user_id)
    row = _locked(session, kind, kind.table.id == request_id, kind.table.asked_by == actor.user_id)
    if row.state is not OwnRequestState.WITHDRAWN:
        row.advance(OwnRequestState.WITHDRAWN)
        row.decided_by, row.decided_at = actor.user_id, now()
    return row


def to_decide(
    session: Session, actor: Actor, kind: RequestKind[Row], request_id: UUID
) -> tuple[Row, Resident]:
    """Give a request of somebody else and the resident it is about, locked after the accounts.

    These are his, the asker's and the actor's.

    Raises NotFoundError, and the kind's refusal for one's own.
    """
    which = (kind.table.id == request_id, _lies_before(actor, kind))
    about = select(kind.table.resident_id).where(*which).scalar_subquery()
    asker = select(kind.table.asked_by).where(*which).scalar_subquery()
    lock_accounts(session, (User.resident_id == about) | (User.id == asker) | (User.id == actor.user_id))
    row = _locked(session, kind, *which)
    resident = session.get_one(Resident, row.resident_id, with_for_update=True, populate_existing=True)
    if not actor.scope.covers(resident.area_code):
        raise NotFoundError
    _check_own(session, actor, kind, row, resident)
    return row, resident


def _check_own(session: Session, actor: Actor, kind: RequestKind[Row], row: Row, resident: Resident) -> None:
    if resident.household_id in actor.homes or actor.user_id in _may_have_asked(session, row):
        raise kind.own


def _lies_before(actor: Actor, kind: RequestKind[Row]) -> ColumnElement[bool]:
    """Say in SQL that a request lies before the actor: as an admin, or as the office that it is left to.

    An officer finds what he decided on again.
    """
    table = kind.table
    barred = (table.asked_by, table.let_in_by, inviters.inviter_of(table.asked_by))
    left = seeing_to.left_to_office(actor, table.area_code, table.resident_id, but=barred)
    by_him = seeing_to.areas_of(actor, officers.OFFICERS).clause(table.area_code)
    return or_(
        seeing_to.areas_of(actor, {Role.COMMUNITY_ADMIN}).clause(table.area_code),
        and_(by_him, table.decided_by == actor.user_id),
        and_(table.state == OwnRequestState.OPEN, left),
    )


def one_to_open(session: Session, actor: Actor, kind: RequestKind[Row], request_id: UUID) -> Row:
    """Give one request that lies before the actor; of his own home he opens none, whatever it tells.

    Raises NotFoundError, and the kind's refusal for one's own.
    """
    which = (kind.table.id == request_id, _lies_before(actor, kind))
    row = session.scalars(select(kind.table).where(*which)).one_or_none()
    if row is None:
        raise NotFoundError
    _check_own(session, actor, kind, row, session.get_one(Resident, row.resident_id))
    return row


def is_decided(row: OwnRequest, actor: Actor, to: OwnRequestState, note: str) -> bool:
    """Say whether this very decision was made before. Raises IllegalStepError if another one was."""
    if row.state is OwnRequestState.OPEN:
        return False
    if (row.state, row.decided_by, row.decision_note) == (to, actor.user_id, note):
        return True
    raise IllegalStepError(now=row.state, asked=to)


def check_asker(session: Session, row: OwnRequest) -> None:
    """Refuse to do what somebody asked for whom staff unbound since, or who is no guardian any more.

    He may have been somebody else, so it can only be refused. Raises AskerGoneError.
    """
    if not speaks_for(session, row.asked_by, row.resident_id):
        raise AskerGoneError


def decide(
    session: Session, actor: Actor, kind: RequestKind[Row], row: Row, to: OwnRequestState, note: str
) -> None:
    """Keep the decision, and tell who asked. Raises IllegalStepError."""
    row.advance(to)
    row.decided_by, row.decided_at, row.decision_note = actor.user_id, now(), note
    session.flush()
    _tell(session, kind, row, row.asked_by, to)


def refuse(session: Session, actor: Actor, kind: RequestKind[Row], request_id: UUID, *, note: str) -> Row:
    """Say no and why, and tell who asked; the same again changes nothing.

    Raises NotFoundError, the kind's refusal for one's own, IllegalStepError.
    """
    row, _ = to_decide(session, actor, kind, request_id)
    if not is_decided(row, actor, OwnRequestState.REFUSED, note):
        decide(session, actor, kind, row, OwnRequestState.REFUSED, note)
    return row


def asked_by_actor(
    session: Session, actor: Actor, kind: RequestKind[Row], *, after: UUID | None, limit: int
) -> list[Row]:
    """List what the actor asked for, the newest first."""
    return _listed(session, kind, kind.table.asked_by == actor.user_id, after=after, limit=limit)


def asked_in_scope(
    session: Session,
    actor: Actor,
    kind: RequestKind[Row],
    *,
    state: OwnRequestState | None,
    after: UUID | None,
    limit: int,
) -> list[Row]:
    """List the requests that lie before the actor, the newest first, on request of one state."""
    which = _lies_before(actor, kind)
    if state is not None:
        which &= kind.table.state == state
    return _listed(session, kind, which, after=after, limit=limit)


def remind(session: Session, kind: RequestKind[Row], *, limit: int) -> int:
    """Tell the admins, once, of requests whose time is nearly over; give of how many."""
    table = kind.table
    soon = session.scalars(
        select(table)
        .where(
            table.state == OwnRequestState.OPEN,
            table.due_at <= now() + REMINDED_BEFORE,
            table.reminded_at.is_(None),
        )
        .order_by(table.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in soon:
        row.reminded_at = now()
        tell_admins(session, kind, row, "due")
    return len(soon)


def tell_admins(session: Session, kind: RequestKind[Row], row: Row, what: str) -> None:
    """Tell the admins, but neither who may have asked nor whose home it is; or else the office above."""
    home = accounts_of_home(session, session.get_one(Resident, row.resident_id).household_id)
    barred = home | _may_have_asked(session, row)
    _, to_know = seeing_to.who_sees_to_it(session, row.area_code, but=barred)
    for user_id in sorted(to_know):
        _tell(session, kind, row, user_id, what)


def _may_have_asked(session: Session, row: OwnRequest) -> set[UUID | None]:
    """Give who may have been the one who asked: the account's owner, and whoever of the staff let him in."""
    return {row.asked_by, row.let_in_by, inviters.inviter(session, row.asked_by)}


def _tell(session: Session, kind: RequestKind[Row], row: Row, to: UUID, what: str) -> None:
    told = {"what": f"{kind.word}_{what}", f"{kind.word}_id": row.id}
    notices.post(session, NoticeKind.OWN_DATA, to=to, area_code=row.area_code, **told)


def _locked(session: Session, kind: RequestKind[Row], *which: ColumnElement[bool]) -> Row:
    row = session.scalars(
        select(kind.table).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _listed(
    session: Session,
    kind: RequestKind[Row],
    which: ColumnElement[bool],
    *,
    after: UUID | None,
    limit: int,
) -> list[Row]:
    query = select(kind.table).where(which).order_by(kind.table.id.desc()).limit(limit)
    if after is not None:
        query = query.where(kind.table.id < after)
    return list(session.scalars(query))
