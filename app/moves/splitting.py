"""Some people of a household become a household of their own (分户), and are put back if that was wrong."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day, now
from app.errors import DomainError, Kind, OtherContentError
from app.identity import binding_codes
from app.models import Household, Place, Relation, Resident, RosterChange, RosterChangeKind
from app.moves.homes import OtherCommunityError, residential
from app.moves.outlook import (
    Goes,
    HeadNeededError,
    Homes,
    NotOfHomeError,
    Outlook,
    Placed,
    PointsGo,
    about_day,
    about_door,
    about_homes,
    about_open,
    homes,
    reached,
)
from app.moves.reversals import (
    Asked,
    Part,
    PointsMovedOnError,
    RosterMovedOnError,
    Undoing,
    about_people,
    parts_of,
    rows_of,
)
from app.moves.steps import Step, begun
from app.once import insert_once
from app.people import DoorTakenError, HeadTakenError, history, kept_door
from app.points import InsufficientPointsError, carrying
from app.sealing import Sealer

_KIND = RosterChangeKind.SPLIT


class NobodyStaysError(DomainError):
    """All who live there would go: the household itself moves then."""

    code = "nobody_stays"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Split:
    """Who goes, behind which door, and as what; who heads those who stay; how many points go along."""

    household_id: UUID
    """Of the new one, made by whoever asks."""
    place_id: UUID
    door: str
    people: tuple[Placed, ...]
    moved_on: date
    head_id: UUID | None = None
    points: int = 0
    reason: str = ""


def split(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID, step_id: UUID, new: Split
) -> RosterChange:
    """Let some of a household live in one of their own, with what is open of them. Again changes nothing.

    Points stay with the household but for those that are named.

    Raises NotFoundError, OwnHouseholdError, HouseholdClosedError, LeftDayError, NotOfHomeError,
    NobodyStaysError, HeadNeededError, HeadTakenError, NotResidentialError, OtherCommunityError,
    DoorTakenError, InsufficientPointsError, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "split", household_id, new)
    if (first := step.taken()) is not None:
        return first
    outlook, found, place = _looked_at(session, actor, household_id, new, locked=True)
    if (first := step.taken()) is not None:
        return first
    outlook.check()
    assert place is not None, "without a place there is an obstacle"
    household = found.households[household_id]
    made = _made(step, new, place)
    for goes in outlook.people:  # a head goes before another one takes his place
        found.put(step, goes, made if goes.to_id == made.id else household, _KIND, day=new.moved_on)
    if new.points:
        carrying.carry(session, household, made, new.points, change_id=step_id, by=actor.user_id)
    door = {"place_id": made.place_id, "door": made.door}
    told = {"former_id": household_id, "after": door, "day": new.moved_on}
    step.keep_part(history.change_of_home(_KIND, made, **told))
    told = {"data": {"new_id": str(made.id), "points": new.points}, "reason": new.reason}
    return step.keep(history.change_of_home(_KIND, household, day=new.moved_on, **told))


def preview_split(session: Session, actor: Actor, household_id: UUID, new: Split) -> Outlook:
    """Say what splitting a household would do, and what stands in its way. Raises NotFoundError."""
    return _looked_at(session, actor, household_id, new, locked=False)[0]


def _made(step: Step, new: Split, place: Place) -> Household:
    household, made = insert_once(
        step.session,
        Household,
        new.household_id,
        step.sent,
        taken=DoorTakenError(field="door"),
        area_code=place.area_code,
        place_id=place.id,
        door=kept_door(new.door),
        created_at=now(),
    )
    if not made:
        raise OtherContentError(id=new.household_id)
    return household


def _looked_at(
    session: Session, actor: Actor, household_id: UUID, new: Split, *, locked: bool
) -> tuple[Outlook, Homes, Place | None]:
    """Give what it does, the household with its people, and the place of the new one if there is such."""
    reached(session, actor, household_id)
    outlook, place = Outlook(makes=[new.household_id]), None
    try:
        place = residential(session, actor, new.place_id)
    except DomainError as error:
        outlook.obstacles.append(error)
    found = homes(session, household_id, locked=locked)
    there = {one.id: one for one in found.of(household_id)}
    outlook.obstacles += about_homes(actor, found, [household_id])
    outlook.obstacles += about_day(new.moved_on, there.values(), field="moved_on")
    going = {one.resident_id: one.relation for one in new.people}
    if len(going) < len(new.people) or not going.keys() <= there.keys():
        outlook.obstacles.append(NotOfHomeError(field="people"))
    staying = [one for one in there.values() if one.id not in going]
    if not staying:
        outlook.obstacles.append(NobodyStaysError(field="people"))
    if sum(one.relation is Relation.HEAD for one in new.people) != 1:
        outlook.obstacles.append(HeadNeededError(field="people"))
    outlook.people = [
        Goes(one, household_id, new.household_id, there[one].relation, relation)
        for one, relation in sorted(going.items())
        if one in there
    ]
    _let_head(outlook, new, list(there.values()), staying)
    if place is not None:
        if community_of(place.area_code) != community_of(found.households[household_id].area_code):
            outlook.obstacles.append(OtherCommunityError(field="place_id"))
        outlook.obstacles += about_door(session, actor, place.id, new.door)
    if session.get(Household, new.household_id) is not None:
        outlook.obstacles.append(OtherContentError(field="id"))
    if new.points:
        outlook.points.append(PointsGo(household_id, new.household_id, new.points))
        available = found.points_of(household_id)[household_id].available
        if available < new.points:
            told = {"available": available, "needed": new.points}
            outlook.obstacles.append(InsufficientPointsError(field="points", **told))
    return outlook, found, place


def _let_head(outlook: Outlook, new: Split, there: list[Resident], staying: list[Resident]) -> None:
    """Say who heads those who stay: whoever does, or whoever is named where the head goes."""
    head = next((one for one in staying if one.relation is Relation.HEAD), None)
    named = next((one for one in staying if one.id == new.head_id), None)
    had_one = any(one.relation is Relation.HEAD for one in there)
    if head is not None:
        if new.head_id not in {None, head.id}:
            outlook.obstacles.append(HeadTakenError(field="head_id"))
    elif new.head_id is not None and named is None:
        outlook.obstacles.append(NotOfHomeError(field="head_id"))
    elif named is not None:
        home = named.household_id
        outlook.people.append(Goes(named.id, home, home, named.relation, Relation.HEAD))
    elif had_one and staying:
        outlook.obstacles.append(HeadNeededError(field="head_id"))


def look_at_split(asked: Asked) -> Undoing:
    """Say what undoing a split does: all who went are back, and the household that was made is closed."""
    session, change = asked.session, asked.change
    old_id, made_id, points = change.household_id, UUID(change.data["new_id"]), change.data["points"]
    for one in (old_id, made_id):
        reached(session, asked.actor, one)
    rows = rows_of(asked, old_id, made_id)
    parts = parts_of(asked, rows)
    found = homes(session, old_id, made_id, locked=asked.locked)
    old, made = found.households[old_id], found.households[made_id]
    went = [one for one in parts if one.former_id == old_id]
    outlook = Outlook(closes=[made_id])
    outlook.people = [
        Goes(one.resident_id, one.household_id, old_id, one.after, one.before)
        for one in sorted(parts, key=lambda one: one.former_id is not None)
    ]
    outlook.obstacles += about_homes(asked.actor, found, [old_id, made_id])
    outlook.obstacles += about_people(found, parts) or _about_rest(asked, found, parts, rows)
    outlook.obstacles += about_open(session, made_id)
    has = found.points_of(old_id, made_id)[made_id].balance
    if points:
        outlook.points.append(PointsGo(made_id, old_id, points))
    if has != points:
        outlook.obstacles.append(PointsMovedOnError(points=points, left=has))

    def carry_out(step: Step) -> None:
        for goes in outlook.people:
            found.put(step, goes, old, RosterChangeKind.UNDONE, day=business_day())
        carrying.carry_back(session, change.id, undoing_id=step.id, by=asked.actor.user_id)
        made.closed_on = business_day()
        binding_codes.end_binding_code(session, made_id)
        told = {"former_id": old_id, "day": business_day()}
        step.keep_part(history.change_of_home(RosterChangeKind.UNDONE, made, **told))

    def written() -> history.Change:
        data = {"new_id": str(made_id), "points": points, "people": len(went)}
        return history.change_of_home(RosterChangeKind.UNDONE, old, data=data)

    return Undoing(outlook, carry_out, written)


def _about_rest(asked: Asked, found: Homes, parts: list[Part], rows: list[RosterChange]) -> list[DomainError]:
    """Give whether others came to those who went, or the new household moved."""
    went = [one for one in parts if one.former_id == asked.change.household_id]
    (made_id,) = {one.household_id for one in went}
    (of_home,) = (one for one in rows if one.resident_id is None)
    said, made = history.said_in(asked.sealer, of_home)["after"], found.households[made_id]
    alone = {one.id for one in found.of(made_id)} == {one.resident_id for one in went}
    is_there = (said.get("place_id"), said.get("door")) == (str(made.place_id), made.door)
    return [] if alone and is_there else [RosterMovedOnError()]
