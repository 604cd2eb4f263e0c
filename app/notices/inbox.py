"""Reading one's own notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import SHANGHAI, now
from app.errors import NotFoundError
from app.models import Notice, NoticeKind, User

_AREA: ColumnElement[str] = func.left(Notice.area_code, COMMUNITY_DIGITS)
_DAY: ColumnElement[date] = cast(func.timezone(SHANGHAI.key, Notice.created_at), Date)


@dataclass(frozen=True)
class ToldNotice:
    """A notice with the name of whoever did what it tells, as it is now, if the notice says who."""

    notice: Notice
    by_name: str | None


@dataclass(frozen=True)
class NoticeFilter:
    """Which notices are meant; the first three together name a group."""

    kind: NoticeKind | None = None
    area_code: str | None = None
    """The community, or a larger area that a notice is of as a whole."""
    day: date | None = None
    """In China."""
    unread: bool = False

    def narrowed(self, query: Select[Notice]) -> Select[Notice]:
        """Take away from a query what is not meant."""
        return query.where(*self.clauses())

    def clauses(self) -> list[ColumnElement[bool]]:
        """Say in SQL which are meant."""
        found: list[ColumnElement[bool]] = []
        if self.kind is not None:
            found.append(Notice.kind == self.kind)
        if self.area_code is not None:
            found.append(_AREA == self.area_code)  # noqa: SIM300 - a term of SQL
        if self.day is not None:
            found.append(_DAY == self.day)  # noqa: SIM300 - a term of SQL
        if self.unread:
            found.append(Notice.read_at.is_(None))
        return found


EVERY = NoticeFilter()


@dataclass(frozen=True)
class NoticeGroup:
    """Notices of one kind, community and day."""

    kind: NoticeKind
    area_code: str
    day: date
    count: int
    unread: int
    newest: ToldNotice


@dataclass(frozen=True)
class Summary:
    """How much is unread."""

    newest_id: UUID | None
    """Of all notices, read or not: as long as it is the same there is nothing new."""
    unread: dict[NoticeKind, int]


def inbox(
    session: Session, actor: Actor, *, which: NoticeFilter = EVERY, after: UUID | None, limit: int
) -> list[ToldNotice]:
    """List the actor's own notices, the newest first."""
    query = which.narrowed(select(Notice).where(Notice.user_id == actor.user_id))
    if after is not None:
        query = query.where(Notice.id < after)
    return _named(session, session.scalars(query.order_by(Notice.id.desc()).limit(limit)).all())


def groups(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[NoticeGroup]:
    """List the actor's notices by kind, community and day; the group with the newest notice first.

    A group stands where its newest notice does, so one that grows while somebody turns pages is not seen
    twice, but may be missed until he begins anew.
    """
    newest = func.array_agg(aggregate_order_by(Notice.id, Notice.id.desc()))[1]
    still_unread = func.count().filter(Notice.read_at.is_(None))
    query = (
        select(Notice.kind, _AREA, _DAY, func.count(), still_unread, newest)
        .where(Notice.user_id == actor.user_id)
        .group_by(Notice.kind, _AREA, _DAY)
        .order_by(newest.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.having(newest < after)
    rows = session.execute(query).all()
    found = session.scalars(select(Notice).where(Notice.id.in_([row[-1] for row in rows]))).all()
    told = {one.notice.id: one for one in _named(session, found)}
    return [
        NoticeGroup(kind, area_code, day, count, unread, told[newest_id])
        for kind, area_code, day, count, unread, newest_id in rows
    ]


def summary(session: Session, actor: Actor) -> Summary:
    """Count what the actor has not read, by kind, and name his newest notice: by indexes alone."""
    newest = select(Notice.id).where(Notice.user_id == actor.user_id).order_by(Notice.id.desc()).limit(1)
    unread = (
        select(Notice.kind, func.count())
        .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
        .group_by(Notice.kind)
        .order_by(Notice.kind)
    )
    return Summary(session.scalar(newest), {kind: count for kind, count in session.execute(unread)})  # noqa: C416 - rows are no pairs to a type checker


def mark_read(session: Session, actor: Actor, notice_id: UUID) -> ToldNotice:
    """Note that the actor has read a notice; again changes nothing. Raises NotFoundError."""
    row = _own(session, actor, notice_id)
    row.read_at = row.read_at or now()
    return _named(session, [row])[0]


def mark_read_until(session: Session, actor: Actor, notice_id: UUID, *, which: NoticeFilter = EVERY) -> None:
    """Note that the actor has read this notice and all before it that are meant; again changes nothing.

    What came later stays unread, however late a copy of this arrives. Raises NotFoundError.
    """
    _own(session, actor, notice_id)
    session.execute(
        update(Notice)
        .where(Notice.user_id == actor.user_id, Notice.id <= notice_id, Notice.read_at.is_(None))
        .where(*which.clauses())
        .values(read_at=now())
        .execution_options(synchronize_session=False)
    )


def _own(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    row = session.scalars(
        select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.user_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _named(session: Session, rows: Sequence[Notice]) -> list[ToldNotice]:
    by = [row.data.get("by_id") for row in rows]
    who = {UUID(one) for one in by if one is not None}
    names: dict[str, str] = {}
    if who:
        found = session.execute(select(User.id, User.name).where(User.id.in_(who)))
        names = {str(user_id): name for user_id, name in found}
    return [ToldNotice(row, names.get(one) if one else None) for row, one in zip(rows, by, strict=True)]
