"""What a visit's paper says beside the visit: where it was, and by name who called and who sees to what."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Household, Place, User
from app.visits.listings import WholeVisit


@dataclass(frozen=True)
class Around:
    """The home as it stands today, and staff by name."""

    place_name: str
    door: str
    names: dict[UUID, str]


def around(session: Session, whole: WholeVisit) -> Around:
    """Give what stands in other rows, for who reads the visit."""
    home = select(Place.name, Household.door).join(Household, Household.place_id == Place.id)
    place_name, door = session.execute(
        home.where(Household.id == whole.visit.care_record.resident.household_id)
    ).one()
    staff = {whole.visit.worker_id, *(one.row.owner_id for one in whole.follow_ups)}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(staff)))
    return Around(place_name, door, {one.id: one.name for one in rows})
