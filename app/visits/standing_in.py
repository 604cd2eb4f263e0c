"""Who does the care of somebody on a day: the worker, whoever stands in for him, or the record's substitute.

A worker who is away is stood in for by whom his absence names, who may be away himself and so on.
Where nobody of them has a post in the community, or the worker has none over the home any more, it is the
record's own substitute, on the same terms. Else nobody does it but the community's admins.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor, Role, community_of
from app.clock import business_day, end_of, start_of
from app.identity import holding
from app.models import CareEvent, CareRecord, CareStep, FollowUp
from app.once import of_community
from app.plans import Roster, rosters_of, stands_in_over
from app.visits.former_homes import moved_since

CARERS = frozenset({Role.GRID_WORKER, Role.COMMUNITY_ADMIN})
"""Who may be responsible for a care record or a follow-up."""


class Cared(NamedTuple):
    """Whose care it is, of one record or of many alike."""

    area_code: str
    worker_id: UUID
    substitute_id: UUID | None


@dataclass(frozen=True)
class Hands:
    """Who is there, of some communities, on a day."""

    rosters: Mapping[str, Roster]
    day: date

    def doer(self, record: CareRecord | Cared) -> UUID | None:
        """Give who does the care of somebody; None where only the admins can."""
        by_post = self.by_post(record)
        if by_post is not None or record.substitute_id is None:
            return by_post
        roster = self.rosters[community_of(record.area_code)]
        has_post = any(holder_id == record.substitute_id for _, _, holder_id in roster.posts)
        return roster.stands_in(record.substitute_id, self.day) if has_post else None

    def may_have_done(self, record: CareRecord | Cared) -> set[UUID]:
        """Give everybody but the worker who may have done the care of somebody in the course of the day."""
        roster = self.rosters[community_of(record.area_code)]
        has_post = record.worker_id in roster.over(record.area_code)
        found = roster.stood_in(record.worker_id, self.day) if has_post else set()
        if record.substitute_id is not None and self.by_post(record) is None:
            found |= roster.stood_in(record.substitute_id, self.day)
            found |= {record.substitute_id} & {holder_id for _, _, holder_id in roster.posts}
        return found

    def by_post(self, record: CareRecord | Cared) -> UUID | None:
        """Give the worker, or whoever stands in for him; None where the record's own substitute is wanted."""
        roster = self.rosters[community_of(record.area_code)]
        if record.worker_id not in roster.over(record.area_code):
            return None
        return roster.stands_in(record.worker_id, self.day)

    def sees_to(self, area_code: str, owner_id: UUID) -> UUID | None:
        """Give who sees to what belongs to somebody over an area: he, or whoever stands in for him.

        An owner without a post over it stands in for one who has, or it is nobody's.
        """
        roster = self.rosters[community_of(area_code)]
        if owner_id in roster.over(area_code) or owner_id in self.stood_in_over(area_code):
            return roster.stands_in(owner_id, self.day)
        return None

    def seen_to(self) -> dict[tuple[str, UUID | None], set[UUID]]:
        """Give by whom what belongs to people of each community is seen to, if it is; by None: by nobody."""
        found = defaultdict[tuple[str, UUID | None], set[UUID]](set)
        for code, roster in self.rosters.items():
            for one in {holder_id for _, _, holder_id in roster.posts}:
                found[code, roster.stands_in(one, self.day)].add(one)
        return dict(found)

    def stood_in_over(self, area_code: str) -> set[UUID]:
        """Give everybody who may have stood in on that day for one with a post over an area."""
        roster = self.rosters[community_of(area_code)]
        return {who for one in roster.over(area_code) for who in roster.stood_in(one, self.day)}

    def sees_to_others(self, user_id: UUID | None) -> ColumnElement[bool]:
        """Say in SQL, of ``FollowUp``, that its owner is away and a user stands in for him.

        Of what is done only that which he did: to stand in is no leave to read what was before.
        """
        owner, area = FollowUp.owner_id, FollowUp.area_code
        has_post = or_(holding(CARERS, owner, area), stands_in_over(owner, area, on=self.day))
        others = (
            and_(
                of_community(FollowUp.area_code, code),
                FollowUp.owner_id.in_(self._stood_in_for(roster, user_id) - {user_id}),
                has_post,
                or_(FollowUp.done_at.is_(None), FollowUp.done_by == user_id),
            )
            for code, roster in self.rosters.items()
        )
        return or_(false(), *others)

    def _stood_in_for(self, roster: Roster, user_id: UUID | None) -> set[UUID]:
        people = {holder_id for _, _, holder_id in roster.posts}
        return {one for one in people if roster.stands_in(one, self.day) == user_id}

    def done_by(self, user_id: UUID | None) -> ColumnElement[bool]:
        """Say in SQL, of ``CareRecord``, that a user is the doer."""
        if user_id is None:
            return false()
        return or_(false(), *(self._here(code, roster, user_id) for code, roster in self.rosters.items()))

    def _here(self, code: str, roster: Roster, user_id: UUID) -> ColumnElement[bool]:
        people = sorted({holder_id for _, _, holder_id in roster.posts})
        stands_in = {one: roster.stands_in(one, self.day) for one in people}
        his = [one for one in people if stands_in[one] == user_id]
        nobodys = [one for one in people if stands_in[one] is None]
        has_post = holding(CARERS, CareRecord.worker_id, CareRecord.area_code)
        by_post = and_(CareRecord.worker_id.in_(his), has_post)
        left = or_(CareRecord.worker_id.in_(nobodys), ~has_post)
        here = of_community(CareRecord.area_code, code)
        return and_(here, or_(by_post, and_(CareRecord.substitute_id.in_(his), left)))


def hands(session: Session, area_codes: Collection[str], *, on: date | None = None) -> Hands:
    """Read who is there in the communities of these areas, today or on a day that is over: two queries.

    On a day that is over somebody stood in also where the absence ended in the middle of it.
    """
    day = on or business_day()
    communities = {community_of(one) for one in area_codes if len(one) >= COMMUNITY_DIGITS}
    if not communities:
        return Hands({}, day)
    return Hands(rosters_of(session, communities, since=day, ended_too=on is not None), day)


def hands_of(session: Session, actor: Actor) -> Hands:
    """Read who is there today in the communities in which the actor has a post."""
    return hands(session, actor.scope.areas)


def stands_in(session: Session, actor: Actor, record: CareRecord, *, on: date | None) -> bool:
    """Say whether the actor does the care of somebody today, or may have ``on`` a day whose visit is late."""
    if hands(session, [record.area_code]).doer(record) == actor.user_id:
        return True
    if on is None:
        return False
    there, former = hands(session, [record.area_code], on=on), _former_workers(session, record, on)
    if moved_since(session, record.resident_id, on):
        former |= _had_it_before(there, record)
    cared = [Cared(record.area_code, one, record.substitute_id) for one in (*former, record.worker_id)]
    return actor.user_id in former.union(*map(there.may_have_done, cared))


def _had_it_before(there: Hands, record: CareRecord) -> set[UUID]:
    """Give who may have called where somebody lived before: the worker, and whoever stood in for him."""
    roster = there.rosters[community_of(record.area_code)]
    if all(holder_id != record.worker_id for _, _, holder_id in roster.posts):
        return set()
    return {record.worker_id} | roster.stood_in(record.worker_id, there.day)


def _former_workers(session: Session, record: CareRecord, day: date) -> set[UUID]:
    """Give whose care it was in the course of a day, and was handed over on it or since."""
    query = (
        select(CareEvent.at, CareEvent.data["before"]["worker_id"].astext)
        .where(
            CareEvent.care_record_id == record.id,
            CareEvent.step == CareStep.WORKER,
            CareEvent.at >= start_of(day),
        )
        .order_by(CareEvent.at)
    )
    handed_over = session.execute(query).all()
    return {UUID(who) for at, who in handed_over if at < end_of(day) or at == handed_over[0].at}
