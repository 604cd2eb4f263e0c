"""Who is at home, away for work, or back for the holidays: it says who is visited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day
from app.errors import DomainError, Kind, NotFoundError
from app.models import PresenceState, Resident, RosterChange, RosterChangeKind
from app.moves.leaving import LeftDayError
from app.moves.steps import Step, begun
from app.people import (
    check_lives_here,
    check_other_household,
    history,
    household_in_scope,
    resident_in_scope,
    resident_locked,
    whereabouts,
)
from app.sealing import Sealer

_LONGEST = timedelta(days=2 * 366)
"""Who is away for longer has no day on which he is expected."""


class BackDayError(DomainError):
    """Only who is away is expected back, on a later day than he went, and within two years."""

    code = "back_day"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewPresence:
    """Where somebody lives now, since when, and when he is expected back, if anybody knows."""

    presence: PresenceState
    since: date
    back_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class HomePresence:
    """The same of these of a household, or of all who live there."""

    new: NewPresence
    resident_ids: Sequence[UUID] | None = None


def set_presence(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, step_id: UUID, new: NewPresence
) -> RosterChange:
    """Say whether somebody is at home, away or back for the holidays. The same again changes nothing.

    From then on he is due for visits or not; on the day on which he is expected back he is again.

    Raises NotFoundError, OwnHouseholdError, ResidentLeftError, LeftDayError, BackDayError, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "presence", resident_id, new)
    if (first := step.taken()) is not None:
        return first
    resident = resident_in_scope(session, actor, resident_id)
    resident_locked(session, resident_id)
    if (first := step.taken()) is not None:
        return first
    check_other_household(actor, resident.household_id)
    check_lives_here(resident)
    _check_days(new)
    if new.since < resident.birth_date:
        raise LeftDayError(field="since")
    return step.keep(_changed(resident, new))


def set_presence_of_home(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID, step_id: UUID, sent: HomePresence
) -> RosterChange:
    """Say the same of several of a household at once; of whom it holds already nothing is written.

    Raises as ``set_presence``, and NotFoundError for whoever of ``resident_ids`` does not live there.
    """
    chosen = None if sent.resident_ids is None else sorted(set(sent.resident_ids))
    step = begun(session, actor, sealer, step_id, "presence_of_home", household_id, sent.new, chosen)
    if (first := step.taken()) is not None:
        return first
    household = household_in_scope(session, actor, household_id)
    check_other_household(actor, household_id)
    _check_days(sent.new)
    living = select(Resident).where(Resident.household_id == household_id, Resident.left_on.is_(None))
    if chosen is not None:
        living = living.where(Resident.id.in_(chosen))
    in_order = living.order_by(Resident.id).with_for_update()
    people = session.scalars(in_order.execution_options(populate_existing=True)).all()
    if (first := step.taken()) is not None:
        return first
    if chosen is not None and len(people) != len(chosen):
        raise NotFoundError(field="resident_ids")
    wanted = (sent.new.presence, sent.new.back_on)
    others = [one for one in people if (one.presence, one.back_on) != wanted]
    for one in others:
        _keep_part(step, one, sent.new)
    return step.keep(
        history.change_of_home(
            RosterChangeKind.PRESENCE,
            household,
            data={"resident_ids": [str(one.id) for one in others]},
            after={"presence": sent.new.presence, "back_on": sent.new.back_on},
            reason=sent.new.reason,
            day=sent.new.since,
        )
    )


def _keep_part(step: Step, resident: Resident, new: NewPresence) -> None:
    change = _changed(resident, new, part_of=step.id)
    history.keep_change(step.session, change, by=step.actor.user_id, sealer=step.sealer)


def _changed(resident: Resident, new: NewPresence, *, part_of: UUID | None = None) -> history.Change:
    """Write it on the roster, and give the change to be kept."""
    before = {"presence": resident.presence, "back_on": resident.back_on}
    whereabouts.write(resident, new.presence, back_on=new.back_on)
    return history.change_of(
        RosterChangeKind.PRESENCE,
        resident,
        data={} if part_of is None else {"part_of": str(part_of)},
        before=before,
        after={"presence": new.presence, "back_on": new.back_on},
        reason="" if part_of else new.reason,
        day=max(new.since, resident.birth_date),
    )


def _check_days(new: NewPresence) -> None:
    today = business_day()
    if new.since > today:
        raise LeftDayError(field="since")
    if new.back_on is None:
        return
    if new.presence is not PresenceState.AWAY or not new.since < new.back_on <= today + _LONGEST:
        raise BackDayError(field="back_on")
