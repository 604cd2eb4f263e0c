"""A household in which nobody lives any more is closed: its door is free, and its points go somewhere."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.errors import DomainError, Kind
from app.identity import binding_codes
from app.models import Household, RosterChange, RosterChangeKind
from app.moves.outlook import (
    Outlook,
    PointsGo,
    SameHouseholdError,
    about_day,
    about_homes,
    about_open,
    homes,
    reached,
)
from app.moves.steps import begun
from app.people import history
from app.points import carrying
from app.sealing import Sealer


class StillLivedInError(DomainError):
    """Somebody lives in the household (data: ``people``): who lives nowhere there leaves or moves first."""

    code = "still_lived_in"
    kind = Kind.CONFLICT


class PointsLeftError(DomainError):
    """The household has points (data: ``points``): the closing says where they go."""

    code = "points_left"
    kind = Kind.CONFLICT


class PointsElsewhereError(DomainError):
    """Points stay in the community that gave them."""

    code = "points_elsewhere"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class PointsTo:
    """Where the points of a household go, and why: to another household, or to the community without one."""

    household_id: UUID | None
    why: str


@dataclass(frozen=True)
class Closing:
    """Since when nobody lives there, and where the points go if there are any."""

    closed_on: date
    points: PointsTo | None = None
    reason: str = ""


def close(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID, step_id: UUID, new: Closing
) -> RosterChange:
    """Close a household that nobody lives in. The same again changes nothing.

    Raises NotFoundError, OwnHouseholdError, HouseholdClosedError, StillLivedInError, LeftDayError,
    StillOpenError, PointsLeftError, SameHouseholdError, PointsElsewhereError, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "close", household_id, new)
    if (first := step.taken()) is not None:
        return first
    outlook, household, target = _looked_at(session, actor, household_id, new, locked=True)
    if (first := step.taken()) is not None:
        return first
    outlook.check()
    for one in outlook.points:
        assert new.points is not None, "points go where it was said"
        carrying.carry(
            session, household, target, one.points, change_id=step_id, by=actor.user_id, note=new.points.why
        )
    household.closed_on = new.closed_on
    binding_codes.end_binding_code(session, household_id)
    data = {"points": sum(one.points for one in outlook.points)}
    told = {"data": data, "reason": new.reason, "day": new.closed_on}
    return step.keep(history.change_of_home(RosterChangeKind.CLOSED, household, **told))


def preview_closing(session: Session, actor: Actor, household_id: UUID, new: Closing) -> Outlook:
    """Say what closing a household would do, and what stands in its way. Raises NotFoundError."""
    return _looked_at(session, actor, household_id, new, locked=False)[0]


def _looked_at(
    session: Session, actor: Actor, household_id: UUID, new: Closing, *, locked: bool
) -> tuple[Outlook, Household, Household | None]:
    """Give what closing it does, the household, and that to which its points go."""
    reached(session, actor, household_id)
    to_id = new.points.household_id if new.points is not None else None
    if to_id is not None:
        reached(session, actor, to_id, field="points")
    ids = [household_id, *([to_id] if to_id else [])]
    found = homes(session, *ids, locked=locked)
    household = found.households[household_id]
    outlook = Outlook(closes=[household_id])
    outlook.obstacles += about_homes(actor, found, [household_id])
    if people := found.of(household_id):
        outlook.obstacles.append(StillLivedInError(people=len(people)))
    outlook.obstacles += about_day(new.closed_on, [], field="closed_on")
    points = found.points_of(*ids)[household_id].balance
    outlook.obstacles += about_open(session, household_id)
    if points:
        outlook.points.append(PointsGo(household_id, to_id, points))
        if new.points is None:
            outlook.obstacles.append(PointsLeftError(field="points", points=points))
    target = found.households[to_id] if to_id is not None else None
    if target is not None:
        outlook.obstacles += about_homes(actor, found, [target.id], field="points")
        if target.id == household_id:
            outlook.obstacles.append(SameHouseholdError(field="points"))
        if community_of(target.area_code) != community_of(household.area_code):
            outlook.obstacles.append(PointsElsewhereError(field="points"))
    return outlook, household, target
