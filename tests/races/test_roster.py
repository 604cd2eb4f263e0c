from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household, Resident
from tests.cast import named, person
from tests.client import Client
from tests.races.together import at_once
from tests.roster_world import forget_changes

DOOR, NAME = "8单元801", "赛跑的人"


@pytest.fixture
def _cleared(app: Flask, engine: Engine) -> Iterator[None]:
    assert app
    yield
    with Session(engine) as session:
        forget_changes(session)
        session.execute(delete(Resident).where(Resident.name == NAME))
        session.execute(delete(Household).where(Household.door == DOOR))
        session.commit()


@pytest.mark.usefixtures("_cleared")
def test_twenty_households_want_one_door(app: Flask, engine: Engine) -> None:
    spellings = [DOOR, "8单元 801", "\uff18单元801", "8单元\uff18\uff10\uff11"]

    answers = at_once(
        [
            partial(
                Client(app, person("admin")).put,
                f"/v1/households/{new_id()}",
                json={"place_id": str(named("block")), "door": spellings[number % len(spellings)]},
            )
            for number in range(20)
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"door_taken"}
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(Household.door == DOOR)) == 1


@pytest.mark.usefixtures("_cleared")
def test_twenty_copies_of_a_resident_are_one(app: Flask, engine: Engine) -> None:
    path = f"/v1/residents/{new_id()}"
    body = {
        "household_id": str(named("household home")),
        "name": NAME,
        "sex": "male",
        "birth_date": "1990-01-01",
        "relation": "other",
    }

    answers = at_once([partial(Client(app, person("admin")).put, path, json=body) for _ in range(20)])

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(Resident.name == NAME)) == 1


@pytest.mark.usefixtures("_cleared")
def test_of_twenty_who_enter_one_person_one_does(app: Flask, engine: Engine) -> None:
    body = {
        "household_id": str(named("household home")),
        "name": NAME,
        "sex": "male",
        "birth_date": "1990-01-01",
        "relation": "other",
    }

    answers = at_once(
        [partial(Client(app, person("admin")).put, f"/v1/residents/{new_id()}", json=body) for _ in range(20)]
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"person_there"}
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(Resident.name == NAME)) == 1
