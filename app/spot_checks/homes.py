"""Whose home a drawn visit was to: who lives there does not look at it again, nor decides on it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CareRecord, Resident, SpotCheck, Visit
from app.people import accounts_of_home


def people_visited(session: Session, checks: Sequence[SpotCheck]) -> dict[UUID, frozenset[UUID]]:
    """Give of each spot check the accounts of those whose home its visit was to, none of an inspection."""
    query = (
        select(Visit.id, Resident.household_id)
        .join(CareRecord, CareRecord.id == Visit.care_record_id)
        .join(Resident, Resident.id == CareRecord.resident_id)
        .where(Visit.id.in_([row.record_id for row in checks]))
    )
    home_of = dict(session.execute(query).all())
    people = {home: frozenset(accounts_of_home(session, home)) for home in set(home_of.values())}
    nobody = frozenset[UUID]()
    return {row.id: people[home_of[row.record_id]] if row.record_id in home_of else nobody for row in checks}
