from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import Relation, Resident, Sex
from tests.cast import GRID, LONG_AGO, named
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
    beside = {"area_code": GRID, "presence": "home", "phone": None, "id_number": None}
    beside |= {"left_on": None, "left_why": None, "back_on": None, "same_as_id": None}
    beside |= {"birth_date": None, "age_group": "child"}
    assert first.json == ROW | {"id": path.rsplit("/", 1)[1]} | beside
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert session.scalar(select(func.count()).where(Resident.name == "王小明")) == 1


def test_a_household_has_one_head(admin: Client, session: Session) -> None:
    head = ROW | {"relation": "head"}
    home = admin.put(_path(), json=head)
    door = {"place_id": str(named("block")), "door": "9单元901"}
    household = new_id()
    assert admin.put(f"/v1/households/{household}", json=door).status_code == 201
    path, head = _path(), head | {"household_id": str(household)}

    first, again, other = (
        admin.put(path, json=head),
        admin.put(path, json=head),
        admin.put(_path(), json=head | {"name": "王小亮"}),
    )

    assert (first.status_code, again.status_code) == (201, 200)
    for refused in (home, other):
        assert (refused.status_code, refused.json["code"]) == (409, "head_taken")
        assert refused.json["errors"] == {"relation": ["这一户已经登记了户主，请核对这个人和户主的关系"]}
    heads = select(func.count()).where(Resident.household_id == household, Resident.relation == Relation.HEAD)
    assert session.scalar(heads) == 1
    assert admin.put(_path(), json=head | {"name": "王小亮", "relation": "sibling"}).status_code == 201


@pytest.mark.parametrize("relation", list(Relation))
def test_the_database_itself_refuses_a_second_head_only(session: Session, relation: Relation) -> None:
    session.add(
        Resident(
            id=new_id(),
            household_id=named("household home"),
            area_code=GRID,
            name="王小明",
            sex=Sex.MALE,
            birth_date=date(1980, 1, 1),
            relation=relation,
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    if relation is Relation.HEAD:
        with pytest.raises(IntegrityError, match="uq_residents_head"):
            session.flush()
    else:
        session.flush()


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
