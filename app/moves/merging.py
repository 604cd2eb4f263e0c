"""A household goes into another one (并户), which takes in its people and points; and is put back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day
from app.errors import DomainError
from app.identity import binding_codes
from app.models import Household, Relation, RosterChange, RosterChangeKind
from app.moves.homes import OtherCommunityError
from app.moves.outlook import (
    Goes,
    HeadNeededError,
    Homes,
    NotOfHomeError,
    Outlook,
    Placed,
    PointsGo,
    SameHouseholdError,
    about_day,
    about_door,
    about_heads,
    about_homes,
    about_open,
    homes,
    reached,
    refusals,
)
from app.moves.reversals import (
    Asked,
    PointsMovedOnError,
    RosterMovedOnError,
    Undoing,
    about_people,
    parts_of,
    rows_of,
)
from app.moves.steps import Step, begun
from app.once import unique
from app.people import DoorTakenError, check_home_open, check_other_household, history
from app.points import carrying
from app.sealing import Sealer

_KIND = RosterChangeKind.MERGED


@dataclass(frozen=True)
class Merge:
    """Into which household, since when, and what each of those who live there is to its head."""

    into_id: UUID
    people: tuple[Placed, ...]
    moved_on: date
    reason: str = ""


def merge(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID, step_id: UUID, new: Merge
) -> RosterChange:
    """Let a household go into another one of its community, and close it. The same again changes nothing.

    Raises NotFoundError, SameHouseholdError, OwnHouseholdError, HouseholdClosedError, LeftDayError,
    NotOfHomeError, HeadTakenError, HeadNeededError, OtherCommunityError, StillOpenError, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "merge", household_id, new)
    if (first := step.taken()) is not None:
        return first
    outlook, found = _looked_at(session, actor, household_id, new, locked=True)
    if (first := step.taken()) is not None:
        return first
    outlook.check()
    household, into = found.households[household_id], found.households[new.into_id]
    for goes in outlook.people:
        found.put(step, goes, into, _KIND, day=new.moved_on)
    for one in outlook.points:
        carrying.carry(session, household, into, one.points, change_id=step_id, by=actor.user_id)
    household.closed_on, household.merged_into = new.moved_on, into.id
    binding_codes.end_binding_code(session, household_id)
    step.keep_part(history.change_of_home(_KIND, into, former_id=household_id, day=new.moved_on))
    data = {"into_id": str(into.id), "points": sum(one.points for one in outlook.points)}
    told = {"data": data, "reason": new.reason, "day": new.moved_on}
    return step.keep(history.change_of_home(_KIND, household, **told))


def preview_merge(session: Session, actor: Actor, household_id: UUID, new: Merge) -> Outlook:
    """Say what merging a household would do, and what stands in its way. Raises NotFoundError."""
    return _looked_at(session, actor, household_id, new, locked=False)[0]


def _looked_at(
    session: Session, actor: Actor, household_id: UUID, new: Merge, *, locked: bool
) -> tuple[Outlook, Homes]:
    """Give what it does, and both households with their people."""
    reached(session, actor, household_id)
    reached(session, actor, new.into_id, field="into_id")
    found = homes(session, household_id, new.into_id, locked=locked)
    household, into = found.households[household_id], found.households[new.into_id]
    outlook = Outlook(closes=[household_id])
    if into is household:
        outlook.obstacles.append(SameHouseholdError(field="into_id"))
    outlook.obstacles += about_homes(actor, found, [household_id])
    outlook.obstacles += about_homes(actor, found, [new.into_id], field="into_id")
    there = {one.id: one for one in found.of(household_id)}
    outlook.obstacles += about_day(new.moved_on, there.values(), field="moved_on")
    coming = {one.resident_id: one.relation for one in new.people}
    if len(coming) < len(new.people) or coming.keys() != there.keys():
        outlook.obstacles.append(NotOfHomeError(field="people"))
    outlook.people = [
        Goes(one, household_id, into.id, there[one].relation, relation)
        for one, relation in sorted(coming.items())
        if one in there
    ]
    outlook.obstacles += _about_head(new, found)
    if community_of(into.area_code) != community_of(household.area_code):
        outlook.obstacles.append(OtherCommunityError(field="into_id"))
    points = found.points_of(household_id, into.id)[household_id].balance
    if points:
        outlook.points.append(PointsGo(household_id, into.id, points))
    outlook.obstacles += about_open(session, household_id)
    return outlook, found


def _about_head(new: Merge, found: Homes) -> list[DomainError]:
    """Give whether there would be two heads, or people without one."""
    there = found.of(new.into_id)
    relations = [*(one.relation for one in there), *(one.relation for one in new.people)]
    if new.people and Relation.HEAD not in relations:
        return [HeadNeededError(field="people")]
    return about_heads(new.people, there=there, field="people")


def look_at_merge(asked: Asked) -> Undoing:
    """Say what undoing a merge does: the household is open again, with its people and points."""
    session, change = asked.session, asked.change
    closed_id, into_id, points = change.household_id, UUID(change.data["into_id"]), change.data["points"]
    for one in (closed_id, into_id):
        reached(session, asked.actor, one)
    parts = parts_of(asked, rows_of(asked, into_id))
    found = homes(session, closed_id, into_id, locked=asked.locked)
    closed, into = found.households[closed_id], found.households[into_id]
    outlook = Outlook(opens=[closed_id])
    outlook.people = [
        Goes(one.resident_id, into_id, closed_id, one.after, one.before)
        for one in sorted(parts, key=lambda one: one.resident_id)
    ]
    outlook.obstacles += _about_both(asked, closed, into)
    outlook.obstacles += about_people(found, parts)
    left = found.points_of(closed_id, into_id)[into_id].available
    if points:
        outlook.points.append(PointsGo(into_id, closed_id, points))
    if left < points:
        outlook.obstacles.append(PointsMovedOnError(points=points, left=left))

    def carry_out(step: Step) -> None:
        closed.closed_on = closed.merged_into = None
        with unique({"uq_households_open_door": DoorTakenError()}):
            session.flush()
        for goes in outlook.people:
            found.put(step, goes, closed, RosterChangeKind.UNDONE, day=business_day())
        carrying.carry_back(session, change.id, undoing_id=step.id, by=asked.actor.user_id)
        told = {"former_id": closed_id, "day": business_day()}
        step.keep_part(history.change_of_home(RosterChangeKind.UNDONE, into, **told))

    def written() -> history.Change:
        data = {"into_id": str(into_id), "points": points, "people": len(parts)}
        return history.change_of_home(RosterChangeKind.UNDONE, closed, data=data)

    return Undoing(outlook, carry_out, written)


def _about_both(asked: Asked, closed: Household, into: Household) -> list[DomainError]:
    """Give what is otherwise with the two households than the merging left it."""
    obstacles = [*refusals(lambda: check_other_household(asked.actor, closed.id, into.id))]
    obstacles += refusals(lambda: check_home_open(into))
    if closed.closed_on is None or closed.merged_into != into.id:
        obstacles.append(RosterMovedOnError())
    else:
        obstacles += about_door(asked.session, asked.actor, closed.place_id, closed.door, field=None)
    return obstacles
