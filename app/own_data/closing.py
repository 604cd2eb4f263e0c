"""Closing an account (注销): asked for, taken back while there is time, carried out by a job, or refused.

PIPL, art. 47 and 50; 网络数据安全管理条例, art. 24; GB/T 35273-2020, 8.5: done, or refused with reasons in
writing, within fifteen working days. What the roster says is the community's and not the account's.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from app import identity, notices
from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.models import Closing, ClosingState, NoticeKind, Resident, User
from app.once import content_hash, insert_once, made_before
from app.own_data.closing_reasons import reasons_against
from app.own_data.scrubbing import numbers_known, scrub
from app.own_data.whose import speaks_for
from app.people import (
    GuardianNeededError,
    Numbers,
    is_child,
    keep_changed_numbers,
    keep_numbers,
    lock_fully,
    number_indexes,
    ward,
)
from app.sealing import Sealer
from app.workdays import HolidaysUnknownError, WorkCalendar

TAKEN_BACK_WITHIN = timedelta(days=7)
"""Long enough to think better of it, or to notice that somebody else asked; well within the fifteen days."""
DUE_WORKDAYS = 15
STUCK_AFTER = timedelta(hours=1)
"""Nobody holds a row for so long: whoever runs the system must look what does."""
_GIVES_WAY_MS = 100
"""How long the job waits for a row while it holds the account: far shorter than a second (deadlock_timeout),
after which PostgreSQL breaks off one of two who wait for each other, perhaps somebody's request."""
_DUE_AT_LEAST = timedelta(days=15)
"""Fifteen working days are never fewer days: it stands for them where a year's holidays are unknown."""


class ClosingOpenError(DomainError):
    """Closing this account was asked for already."""

    code = "closing_open"
    kind = Kind.CONFLICT


def ask_closing(
    session: Session, actor: Actor, calendar: WorkCalendar, closing_id: UUID, *, ward_id: UUID | None = None
) -> tuple[Closing, bool]:
    """Ask that the actor's account, or his ward's, be closed; where something stands in the way, it says so.

    Raises NotFoundError for somebody else's child or a ward without an account, GuardianNeededError for a
    child under 14, ClosingOpenError, OtherContentError.
    """
    assert actor.user_id is not None, "who asks is signed in"
    sent = content_hash(actor.user_id, "closing", ward_id)
    first = made_before(session, Closing, closing_id, sent, author=Closing.asked_by, by=actor.user_id)
    if first is not None:
        return first, False
    himself = session.get(Resident, actor.resident_id) if actor.resident_id and ward_id is None else None
    if himself is not None and is_child(himself):
        raise GuardianNeededError  # it takes the child's numbers off the roster, too
    user = lock_fully(session, account_of(session, actor, ward_id), beside=User.id == actor.user_id)
    assert user is not None, "it was found just now"
    at, reasons = now(), reasons_against(session, user.id)
    return insert_once(
        session,
        Closing,
        closing_id,
        sent,
        taken=ClosingOpenError(),
        area_code=user.area_code,
        asked_by=actor.user_id,
        user_id=user.id,
        ward_id=ward_id,
        asked_at=at,
        carry_out_at=at + TAKEN_BACK_WITHIN,
        due_at=_due(calendar, at),
        state=ClosingState.REFUSED if reasons else ClosingState.OPEN,
        reasons=list(reasons),
        ended_at=at if reasons else None,
    )


def account_of(session: Session, actor: Actor, ward_id: UUID | None) -> UUID:
    """Give whose account is meant: the actor's, or his ward's. Raises NotFoundError."""
    assert actor.user_id is not None, "who asks is signed in"
    if ward_id is None:
        return actor.user_id
    child = ward(session, actor.resident_id, ward_id)
    user_id = session.scalars(select(User.id).where(User.resident_id == child.id)).one_or_none()
    if user_id is None:
        raise NotFoundError(field="resident_id")
    return user_id


def withdraw_closing(session: Session, actor: Actor, closing_id: UUID) -> Closing:
    """Take back a wish that was asked for by the actor, or about him; again changes nothing.

    Raises NotFoundError, IllegalStepError once it is being carried out.
    """
    row = _locked(
        session,
        Closing.id == closing_id,
        (Closing.asked_by == actor.user_id) | (Closing.user_id == actor.user_id),
    )
    if row is None:
        raise NotFoundError
    if row.state is not ClosingState.WITHDRAWN:
        row.advance(ClosingState.WITHDRAWN)
        row.ended_at = now()
    return row


def own_closings(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Closing]:
    """List what the actor asked for, and what was asked about him, the newest first."""
    query = (
        select(Closing)
        .where((Closing.asked_by == actor.user_id) | (Closing.user_id == actor.user_id))
        .order_by(Closing.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Closing.id < after)
    return list(session.scalars(query))


def due_closings(session: Session, *, limit: int) -> list[UUID]:
    """Give the wishes whose time to be taken back is over, the oldest first."""
    query = select(Closing.id).where(Closing.state == ClosingState.OPEN, Closing.carry_out_at <= now())
    return list(session.scalars(query.order_by(Closing.carry_out_at, Closing.id).limit(limit)))


def stuck_closings(session: Session, *, limit: int) -> list[Closing]:
    """Give those that should have been shut, or emptied, an hour ago, the oldest first."""
    since = now() - STUCK_AFTER
    unshut = (Closing.state == ClosingState.OPEN) & (Closing.carry_out_at <= since)
    unemptied = (Closing.state == ClosingState.CARRYING) & (Closing.begun_at <= since)
    query = select(Closing).where(unshut | unemptied).order_by(Closing.carry_out_at, Closing.id)
    return list(session.scalars(query.limit(limit)))


def begin_closing(session: Session, sealer: Sealer, closing_id: UUID) -> bool:
    """Shut the account, or refuse with reasons if something came in the way since; False if it is too late.

    From here on nobody gets in, and no number of the person stands in what he wrote or on the roster. The
    wish of a guardian who is none any more counts as taken back, and so does one about an account that turned
    out not to be the ward's.

    It changes rows of every kind under the locked account, and who has one of them may want the account next.
    So it gives way: the database raises OperationalError (lock_not_available) where a row stays taken.
    """
    row = _locked(session, Closing.id == closing_id)
    if row is None or row.state is not ClosingState.OPEN or row.carry_out_at > now():
        return False
    session.execute(text(f"SET LOCAL lock_timeout = {_GIVES_WAY_MS}"))
    user = session.get_one(User, row.user_id, with_for_update=True, populate_existing=True)
    of_ward = row.ward_id is None or user.resident_id == row.ward_id
    if not of_ward or (row.ward_id is not None and not speaks_for(session, row.asked_by, row.ward_id)):
        row.advance(ClosingState.WITHDRAWN)
        row.ended_at = now()
        return True
    reasons = reasons_against(session, user.id)
    if reasons:
        row.advance(ClosingState.REFUSED)
        row.reasons, row.ended_at = list(reasons), now()
        _tell(session, row, "closing_refused")
        return True
    shut(session, sealer, row, user, user.resident_id)
    if row.ward_id is not None:
        _tell(session, row, "closing_begun")
    return True


def shut(session: Session, sealer: Sealer, row: Closing, user: User, resident_id: UUID | None) -> None:
    """Shut a locked account; the numbers of whom it was bound to leave its texts and the roster."""
    resident = (
        session.get_one(Resident, resident_id, with_for_update=True, populate_existing=True)
        if resident_id
        else None
    )
    scrub(session, sealer, user, resident, numbers_known(sealer, user, resident))
    if resident is not None:
        row.bound_to, indexes = resident.id, number_indexes(resident)
        keep_numbers(sealer, resident, Numbers())
        keep_changed_numbers(session, resident, indexes, by=None)
    row.advance(ClosingState.CARRYING)
    row.begun_at = now()
    identity.closing.close_account(session, user)


def _due(calendar: WorkCalendar, at: datetime) -> datetime:
    try:
        return calendar.deadline(at, DUE_WORKDAYS)
    except HolidaysUnknownError:
        return at + _DUE_AT_LEAST


def _locked(session: Session, *which: ColumnElement[bool]) -> Closing | None:
    return session.scalars(
        select(Closing).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def _tell(session: Session, row: Closing, what: str) -> None:
    """Tell whoever asked, if he belongs somewhere."""
    if row.area_code is not None:
        notices.post(
            session,
            NoticeKind.OWN_DATA,
            to=row.asked_by,
            area_code=row.area_code,
            what=what,
            closing_id=row.id,
        )
