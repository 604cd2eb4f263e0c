"""What residents live by, for several tests: written straight into the tables, or sent as a phone does."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.employment import sealed_wage
from app.ids import new_id
from app.models import Employment, WageBand, WorkPlace, WorkSource, WorkState, WorkWay
from tests.care_world import write_resident
from tests.cast import GRID, LONG_AGO, person
from tests.client import Answer, Client
from tests.sealer import SEALER

BORN = date(1990, 5, 1)


def write_adult(session: Session, **columns: Any) -> UUID:
    """Add somebody of working age to the first household of the cast."""
    return write_resident(session, **{"birth_date": BORN, "name": "王大力"} | columns)


def write_work(session: Session, resident_id: UUID, month: date, **columns: Any) -> UUID:
    """Write that somebody works in a workshop of the county."""
    entry_id = new_id()
    values: dict[str, Any] = {
        "id": entry_id,
        "area_code": GRID,
        "resident_id": resident_id,
        "month": month,
        "state": WorkState.EMPLOYED,
        "place": WorkPlace.COUNTY,
        "way": WorkWay.WORKSHOP,
        "months": 1,
        "wage_sealed": sealed_wage(SEALER, entry_id, WageBand.FROM_2000),
        "source": WorkSource.VISIT,
        "written_by": person("worker").user_id,
        "written_at": LONG_AGO,
        "content_hash": b"",
    }
    if columns.get("state") in {WorkState.LOOKING, WorkState.NOT_WORKING}:
        values |= {"place": None, "way": None, "wage_sealed": None}
    session.add(Employment(**values | columns))
    session.commit()
    return entry_id


def sent(resident_id: UUID, month: str, **fields: Any) -> dict[str, Any]:
    """Give the body of an entry: employed outside the province, by himself."""
    body = {
        "resident_id": str(resident_id),
        "month": month,
        "state": "employed",
        "place": "outside",
        "way": "oneself",
        "wage": "from_5000",
        "months": 3,
        "source": "phone",
    }
    return body | fields


def put_work(client: Client, resident_id: UUID, month: str, **fields: Any) -> Answer:
    """Send an entry under a new id."""
    return client.put(f"/v1/employments/{new_id()}", json=sent(resident_id, month, **fields))
