"""What a visit's paper says beside the visit: where it was, and by name who called and who sees to what."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Household, User
from app.visits.listings import WholeVisit


@dataclass(frozen=True)
class Around:
    """The home as it stands today, and staff by name."""

    place_name: str
    door: str
    names: dict[UUID, str]


def around(session: Session, whole: WholeVisit) -> Around:
    """Give what stands in other rows, for who reads the visit."""
    home_id = whole.visit.care_record.resident.household_id
    home = session.get_one(Household, home_id, options=[joinedload(Household.place)])
    staff = {whole.visit.worker_id, *(one.row.owner_id for one in whole.follow_ups)}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(staff)))
    return Around(home.place.name, home.door, dict(rows.tuples().all()))
