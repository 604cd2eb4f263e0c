"""Steps with the roster, as an admin sends them."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import (
    Household,
    Place,
    PlaceKind,
    Resident,
)
from tests.cast import LONG_AGO, named
from tests.client import Answer, Client

KIN, HERE, THERE = named("resident"), named("household home"), named("household neighbour")
TODAY = business_day


def refused(answer: Answer) -> tuple[int, str]:
    """Give status and code."""
    return answer.status_code, answer.json["code"]


def leave(client: Client, resident_id: UUID = KIN, step_id: UUID | None = None, **more: Any) -> Answer:
    """Say that somebody moved out, unless otherwise."""
    body = {"left_on": TODAY().isoformat(), "why": "moved_out", "reason": "去武汉跟女儿住", **more}
    return client.step(f"/v1/residents/{resident_id}/leave", body, step_id or new_id())


def move(
    client: Client, verb: str = "move", resident_id: UUID = KIN, step_id: UUID | None = None, **more: Any
) -> Answer:
    """Move somebody to the neighbours, or let him be back there."""
    body = {"household_id": str(THERE), "relation": "other", "moved_on": TODAY().isoformat(), **more}
    return client.step(f"/v1/residents/{resident_id}/{verb}", body, step_id or new_id())


def row(session: Session, resident_id: UUID = KIN) -> Resident:
    """Give a resident as he stands."""
    return session.get_one(Resident, resident_id, populate_existing=True)


def home_in(session: Session, area_code: str) -> UUID:
    """Write a household in another area."""
    place, home = new_id(), new_id()
    for made in (
        Place(
            id=place,
            area_code=area_code,
            kind=PlaceKind.RESIDENTIAL,
            name="新楼",
            content_hash=b"",
            created_at=LONG_AGO,
        ),
        Household(
            id=home,
            area_code=area_code,
            place_id=place,
            door="1单元101",
            content_hash=b"",
            created_at=LONG_AGO,
        ),
    ):
        session.add(made)
        session.flush()
    session.commit()
    return home
