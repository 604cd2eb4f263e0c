"""What a resident earns for a report that proved true."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import points
from app.actors import Actor
from app.hazards.steps import is_hidden
from app.models import AutomaticSource, Hazard, HazardSource, Household, Resident, SourceKind, User

_OF_RESIDENTS = frozenset({HazardSource.RESIDENT, HazardSource.VISITOR})
"""A visitor has no household, unless he proves to be a resident (``taking_over``)."""


def claim_reward(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Make the reporter's claim for an accepted report (domain.md, inspections and hazards).

    What somebody reported for a resident is that one's. Only a resident's report earns points: staff
    report as their job, a visitor has no household. A minor's that tells of harm earns none: nobody asked for
    the points, and their entry and public notice would tell the home that he reported something.
    """
    if hazard.source not in _OF_RESIDENTS or is_hidden(session, hazard):
        return
    own = select(User.resident_id).where(User.id == hazard.reported_by).scalar_subquery()
    reporter = session.execute(
        select(Resident.id, Resident.household_id, Household.area_code)
        .join(Household, Household.id == Resident.household_id)
        .where(Resident.id == (hazard.acted_for or own))
    ).one_or_none()
    if reporter is None:
        return
    resident_id, household_id, area_code = reporter
    points.claim_for(
        session,
        points.Fact(
            SourceKind.HAZARD,
            hazard.id,
            hazard.happened_at,
            brought_by=hazard.reported_by,
            acted_for=hazard.acted_for,
            let_in_by=hazard.let_in_by,
        ),
        household_id=household_id,
        resident_id=resident_id,
        automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED,
        area_code=area_code,
        actor=actor,
    )
