from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import Resident
from tests.cast import GRID, named
from tests.client import Client

ROW: dict[str, Any] = {
    "household_id": str(named("household home")),
    "name": "王小明",
    "sex": "male",
    "birth_date": "2016-02-29",
    "relation": "grandchild",
}


def _path(resident_id: UUID | None = None) -> str:
    return f"/v1/residents/{resident_id or new_id()}"


def test_a_resident_is_registered_once(admin: Client, session: Session) -> None:
    path = _path()

    first, again = admin.put(path, json=ROW), admin.put(path, json=ROW)
    other = admin.put(path, json=ROW | {"presence": "away"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == admin.get(path).json
    assert first.json == ROW | {"id": path.rsplit("/", 1)[1], "area_code": GRID, "presence": "home"}
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert session.scalar(select(func.count()).where(Resident.name == "王小明")) == 1


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"birth_date": "2023-02-29"}, "birth_date"),
        ({"birth_date": "1886-01-01"}, "birth_date"),
        ({"birth_date": None}, "birth_date"),
        ({"name": ""}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"sex": "unknown"}, "sex"),
        ({"relation": "boss"}, "relation"),
        ({"presence": "gone"}, "presence"),
        ({"household_id": "1"}, "household_id"),
        ({"id_number": "421224195503080000"}, "id_number"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    admin: Client, session: Session, wrong: dict[str, Any], field: str
) -> None:
    before = session.scalar(select(func.count(Resident.id)))

    answer = admin.put(_path(), json=ROW | wrong)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert session.scalar(select(func.count(Resident.id))) == before


def test_birth_dates_end_today_and_begin_130_years_ago(admin: Client) -> None:
    today = business_day()
    too_old = today.replace(year=today.year - 130)
    tried = [today, today + timedelta(days=1), too_old + timedelta(days=1), too_old]

    answers = [admin.put(_path(), json=ROW | {"birth_date": day.isoformat()}) for day in tried]

    assert [answer.status_code for answer in answers] == [201, 422, 201, 422]
    assert answers[1].json["code"] == answers[3].json["code"] == "birth_date"


def test_only_the_admin_of_the_area_registers(
    worker: Client, resident: Client, far_admin: Client, visitor: Client
) -> None:
    assert worker.put(_path(), json=ROW).status_code == 403
    assert resident.put(_path(), json=ROW).status_code == 403
    assert visitor.put(_path(), json=ROW).status_code == 401
    answer = far_admin.put(_path(), json=ROW)
    assert (answer.status_code, list(answer.json["errors"])) == (404, ["household_id"])


def test_a_resident_reads_his_own_household_only(resident: Client, worker: Client, far_admin: Client) -> None:
    mine, neighbours = _path(named("resident")), _path(named("neighbour"))

    assert resident.get(mine).json["name"] == "王桂兰"
    assert resident.get(neighbours).status_code == 404
    assert (worker.get(mine).status_code, worker.get(neighbours).status_code) == (200, 200)
    assert far_admin.get(mine).status_code == 404
    assert "phone" not in resident.get(mine).json
