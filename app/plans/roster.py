"""Who does an occurrence: by the plan's roster, by his post, or as a substitute."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.actors import Role, community_of
from app.clock import now, start_of
from app.errors import DomainError, Kind
from app.identity import in_force
from app.models import DIGITS, Absence, Area, Grant, User

PATROLLERS = frozenset({Role.GRID_WORKER, Role.COMMUNITY_ADMIN})
"""Who may file inspections."""
DEEPEST = 5
"""How many absences in a chain are followed: a substitute may be away himself."""
_NAMED_MOST = 3


class AbsentError(DomainError):
    """Who is to get the work is away, of a unit all (data: ``since``, ``until``, ``substitute``)."""

    code = "absent"
    kind = Kind.CONFLICT


class Chosen(NamedTuple):
    """Whose place it is, and who does it; None where nobody has a post for it."""

    original_id: UUID | None
    worker_id: UUID | None


@dataclass
class Roster:
    """Everybody of a community who may be chosen, read once for many occurrences."""

    posts: list[tuple[str, Role, UUID]] = field(default_factory=list)
    """Areas, roles and people, in the order in which they got their posts."""
    away: dict[UUID, list[Absence]] = field(default_factory=lambda: defaultdict(list))

    def choose(self, roster: Iterable[dict[str, Any]], place_id: UUID, area_code: str, day: date) -> Chosen:
        """Give whose place it is, and who does it on a day."""
        original = self.responsible(roster, place_id, area_code)
        return Chosen(original, self.present(original, day))

    def responsible(self, roster: Iterable[dict[str, Any]], place_id: UUID, area_code: str) -> UUID | None:
        """Give who is responsible for a place, on whichever day.

        First whom the plan names for the place, then for the smallest area around it, then the grid worker
        with the smallest area around it, then an admin. Who has no post there any more is passed over.
        """
        able = self.over(area_code)
        return next((one for one in self._in_turn(roster, place_id, area_code) if one in able), None)

    def over(self, area_code: str) -> set[UUID]:
        """Give everybody who has a post over an area."""
        return {user_id for over, _, user_id in self.posts if area_code.startswith(over)}

    def present(self, user_id: UUID | None, day: date) -> UUID | None:
        """Follow the substitutes of whoever is away; who has none with a post there keeps it himself.

        A substitute's post may be over another part of the community.
        """
        return self.stands_in(user_id, day) or user_id if user_id is not None else None

    def stands_in(self, user_id: UUID, day: date) -> UUID | None:
        """Do the same, and give None for whoever is away with nobody of a post there to stand in for him."""
        able = {holder_id for _, _, holder_id in self.posts}
        present = user_id
        for _ in range(DEEPEST):
            away = self.away.get(present, ())
            absence = next((one for one in away if one.from_on <= day <= one.until_on), None)
            if absence is None:
                return present
            if absence.substitute_id not in able:
                break
            present = absence.substitute_id
        return None

    def stood_in(self, user_id: UUID, day: date) -> set[UUID]:
        """Give everybody who may have stood in for somebody in the course of a day, by any of its absences.

        Also who went away himself on that day: he was there before, and what he did may arrive later.
        """
        able = {holder_id for _, _, holder_id in self.posts}
        found: set[UUID] = set()
        reached = {user_id}
        for _ in range(DEEPEST - 1):  # he himself is the first on the way, as in ``stands_in``
            reached = {
                one.substitute_id
                for who in reached
                for one in self.away.get(who, ())
                if one.from_on <= day <= one.until_on and one.substitute_id in able
            } - found
            found |= reached
        return found

    def _in_turn(self, roster: Iterable[dict[str, Any]], place_id: UUID, area_code: str) -> Iterable[UUID]:
        named = list(roster)
        yield from (UUID(one["worker_id"]) for one in named if one["place_id"] == str(place_id))
        around = [one for one in named if one["area_code"] and area_code.startswith(one["area_code"])]
        yield from (UUID(one["worker_id"]) for one in sorted(around, key=lambda one: -len(one["area_code"])))
        over = [post for post in self.posts if area_code.startswith(post[0])]
        for role in (Role.GRID_WORKER, Role.COMMUNITY_ADMIN):
            held = [post for post in over if post[1] is role]
            yield from (post[2] for post in sorted(held, key=lambda post: -len(post[0])))


def check_present(
    session: Session, user_ids: Collection[UUID], area_code: str, *, since: date, until: date, field: str
) -> None:
    """Refuse to give work to people of whom nobody is there on any of its days, for whatever absences.

    Raises AbsentError.
    """
    away = _absences_of(session, user_ids, area_code, since=since, until=until)
    if not _leave_nobody(away, user_ids, since=since, until=until):
        return
    roster = roster_of(session, area_code, since=since)
    there = [roster.stands_in(one.worker_id, max(one.from_on, since)) or one.substitute_id for one in away]
    raise AbsentError(
        field=field,
        since=away[0].from_on,
        until=max(one.until_on for one in away),
        substitute=_names(session, list(dict.fromkeys(there))),
    )


def are_away(
    session: Session, user_ids: Collection[UUID], area_code: str, *, since: date, until: date
) -> bool:
    """Say whether ``check_present`` would refuse; of nobody at all nobody is there."""
    away = _absences_of(session, user_ids, area_code, since=since, until=until)
    return _leave_nobody(away, user_ids, since=since, until=until)


def _absences_of(
    session: Session, user_ids: Collection[UUID], area_code: str, *, since: date, until: date
) -> Sequence[Absence]:
    """Give by which absences people are away within a span, the first one first."""
    query = (
        select(Absence)
        .where(
            Absence.area_code == community_of(area_code),
            Absence.worker_id.in_(user_ids),
            Absence.ended_at.is_(None),
            Absence.from_on <= until,
            Absence.until_on >= since,
        )
        .order_by(Absence.from_on, Absence.id)
    )
    return session.scalars(query).all()


def _leave_nobody(away: Sequence[Absence], user_ids: Collection[UUID], *, since: date, until: date) -> bool:
    """Say whether on each day of a span all of these people are away."""
    day = since
    while user_ids and day <= until:
        last_days = {one.worker_id: one.until_on for one in away if one.from_on <= day <= one.until_on}
        if len(last_days) < len(user_ids):
            return False
        day = min(last_days.values()) + timedelta(days=1)
    return True


def _names(session: Session, user_ids: Sequence[UUID]) -> str:
    """Give some of these people's names, in their order."""
    query = select(User.id, User.name).where(User.id.in_(user_ids[:_NAMED_MOST]))
    called = dict(session.execute(query).all())
    some = "、".join(called[one] for one in user_ids[:_NAMED_MOST])
    return some if len(user_ids) <= _NAMED_MOST else f"{some}等{len(user_ids)}人"


def standing_in(session: Session, area_code: str, *, on: date) -> set[UUID]:
    """Give who is there on a day for those who have a post over an area: themselves or their substitutes."""
    roster = roster_of(session, area_code, since=on)
    there = {roster.stands_in(user_id, on) for user_id in roster.over(area_code)}
    return {user_id for user_id in there if user_id is not None}


def keep_absences(session: Session, area_code: str, *, writing: bool = False) -> None:
    """Keep the absences of an area's community as they are until the end of the transaction.

    Whoever makes occurrences and whoever writes an absence see what the other wrote: nothing is made for
    somebody who is away by then. Those who make do not wait for each other.
    """
    query = select(Area.code).where(Area.code == community_of(area_code))
    session.execute(query.with_for_update(read=not writing, key_share=writing))


def roster_of(session: Session, area_code: str, *, since: date) -> Roster:
    """Read who may be chosen in the community of an area, and who is away from a day on: two queries."""
    community = community_of(area_code)
    return rosters_of(session, {community}, since=since)[community]


def rosters_of(
    session: Session, communities: Collection[str], *, since: date, ended_too: bool = False
) -> dict[str, Roster]:
    """Read the same of several communities, in two queries as well.

    ``ended_too``: with absences that ended before their last day, on that day or later.
    """
    above = {one[:digits] for one in communities for digits in DIGITS.values() if digits <= len(one)}
    query = (
        select(Grant.area_code, Grant.role, Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(
            Grant.role.in_(PATROLLERS),
            or_(
                Grant.area_code.in_(sorted(above)), *(Grant.area_code.startswith(one) for one in communities)
            ),
            in_force(now()),
        )
        .order_by(Grant.created_at, Grant.id)
    )
    found = {community: Roster() for community in communities}
    for code, role, user_id in session.execute(query):
        for community, roster in found.items():
            if community.startswith(code) or code.startswith(community):
                roster.posts.append((code, role, user_id))
    going_on: ColumnElement[bool] = Absence.ended_at.is_(None)
    if ended_too:
        going_on = or_(going_on, Absence.ended_at >= start_of(since))
    absences = (
        select(Absence)
        .where(Absence.area_code.in_(sorted(communities)), going_on, Absence.until_on >= since)
        .order_by(Absence.id.desc())
    )
    for absence in session.scalars(absences):
        found[absence.area_code].away[absence.worker_id].append(absence)
    return found
