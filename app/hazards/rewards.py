"""What a resident earns for a report that proved true."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import points
from app.actors import Actor
from app.models import AutomaticSource, Hazard, HazardSource, Household, Resident, SourceKind, User


def claim_reward(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Make the reporter's claim for an accepted report (domain.md, inspections and hazards).

    Only a resident's own report earns points: staff report as their job, a visitor has no household.
    """
    if hazard.source is not HazardSource.RESIDENT:
        return
    reporter = session.execute(
        select(Resident.id, Resident.household_id, Household.area_code)
        .select_from(User)
        .join(Resident, Resident.id == User.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .where(User.id == hazard.reported_by)
    ).one_or_none()
    if reporter is None:
        return
    resident_id, household_id, area_code = reporter
    points.claim_for(
        session,
        source_kind=SourceKind.HAZARD,
        source_id=hazard.id,
        household_id=household_id,
        resident_id=resident_id,
        automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED,
        area_code=area_code,
        happened_at=hazard.happened_at,
        actor=actor,
    )
