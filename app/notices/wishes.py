"""Quiet hours, and kinds of notices that somebody does not want on his phone.

The inbox has every notice in any case; what is urgent comes at night too, and cannot be switched off.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import SHANGHAI, now
from app.errors import DomainError, Kind
from app.ids import new_id
from app.models import Notice, NoticeKind, NoticeSettings
from app.notices.pace import URGENT, rings_at_once

QUIET_FROM, QUIET_UNTIL = time(21, 30), time(7, 30)
_DEFAULTS: dict[str, Any] = {"quiet_from": QUIET_FROM, "quiet_until": QUIET_UNTIL, "off": []}
LONGEST_QUIET = timedelta(hours=14)
"""What waits longer than a day is not sent at all, so some hours must be left."""


class NoticeSettingsChangedError(DomainError):
    """The settings are others than the caller thought (data: ``revision``)."""

    code = "notice_settings_changed"
    kind = Kind.CONFLICT


class UrgentKindError(DomainError):
    """What is urgent cannot be switched off."""

    code = "urgent_kind"
    kind = Kind.INVALID


class QuietHoursError(DomainError):
    """Quiet hours have a beginning and another end, and leave some of the day."""

    code = "quiet_hours"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Wishes:
    """What somebody chooses."""

    quiet_from: time | None
    quiet_until: time | None
    off: Collection[NoticeKind] = ()


def settings_of(session: Session, user_id: UUID) -> NoticeSettings:
    """Give what somebody chose, or the defaults as they are until he does."""
    chosen = session.scalars(select(NoticeSettings).where(NoticeSettings.user_id == user_id)).one_or_none()
    return chosen or NoticeSettings(user_id=user_id, revision=0, **_DEFAULTS)


def own_settings(session: Session, actor: Actor) -> NoticeSettings:
    """Give what the actor chose, or the defaults."""
    assert actor.user_id is not None, "a person has an inbox"
    return settings_of(session, actor.user_id)


def keep_settings(session: Session, actor: Actor, wishes: Wishes, *, revision: int) -> NoticeSettings:
    """Replace the actor's settings of this revision; the same again changes nothing.

    Raises NoticeSettingsChangedError if they were replaced since, UrgentKindError, QuietHoursError.
    """
    assert actor.user_id is not None, "a person has an inbox"
    _check(wishes)
    row = _locked(session, actor.user_id)
    off = [kind.value for kind in sorted(set(wishes.off))]
    chosen = (wishes.quiet_from, wishes.quiet_until, off)
    if row.revision == revision + 1 and chosen == (row.quiet_from, row.quiet_until, row.off):
        return row
    if row.revision != revision:
        raise NoticeSettingsChangedError(revision=row.revision)
    row.quiet_from, row.quiet_until, row.off = wishes.quiet_from, wishes.quiet_until, off
    row.revision, row.changed_at = revision + 1, now()
    return row


def wanted(session: Session, user_id: UUID, found: Iterable[Notice]) -> set[UUID]:
    """Give which of somebody's notices he wants on his phone; what rings at once, he cannot refuse.

    So of the alarms of hazards, which may be off, that of a major one still comes.
    """
    off = settings_of(session, user_id).off
    return {notice.id for notice in found if notice.kind not in off or rings_at_once(notice)}


def is_quiet() -> ColumnElement[bool]:
    """Say in SQL, beside ``NoticeSettings`` or none, that it is the reader's quiet time."""
    at = literal(now().astimezone(SHANGHAI).time().replace(microsecond=0))
    none = NoticeSettings.user_id.is_(None)
    begin = case((none, literal(QUIET_FROM)), else_=NoticeSettings.quiet_from)
    end = case((none, literal(QUIET_UNTIL)), else_=NoticeSettings.quiet_until)
    over_midnight = or_(at >= begin, at < end)
    within = case((begin <= end, and_(at >= begin, at < end)), else_=over_midnight)
    return func.coalesce(within, false())


def _check(wishes: Wishes) -> None:
    if urgent := URGENT & set(wishes.off):
        raise UrgentKindError(field="off", kind=min(urgent))
    if (wishes.quiet_from is None) != (wishes.quiet_until is None):
        raise QuietHoursError(field="quiet_until" if wishes.quiet_until is None else "quiet_from")
    if wishes.quiet_from is not None and wishes.quiet_until is not None:
        day = date(2026, 1, 1)  # any: only the span between two times of day counts
        lasts = datetime.combine(day, wishes.quiet_until) - datetime.combine(day, wishes.quiet_from)
        if not timedelta(0) < lasts % timedelta(days=1) <= LONGEST_QUIET:
            raise QuietHoursError(field="quiet_until")


def _locked(session: Session, user_id: UUID) -> NoticeSettings:
    """Give somebody's row, made of the defaults if need be; who changes it at the same time waits."""
    first = insert(NoticeSettings).values(
        id=new_id(), user_id=user_id, revision=0, changed_at=now(), **_DEFAULTS
    )
    session.execute(first.on_conflict_do_nothing())
    query = select(NoticeSettings).where(NoticeSettings.user_id == user_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
