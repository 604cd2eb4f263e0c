from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.models import Resident, Reveal
from app.people import Numbers, sealed_numbers
from tests.cast import GRID, named, person
from tests.client import Client
from tests.races.together import at_once
from tests.sealer import SEALER


@pytest.fixture
def _phone(app: Flask, engine: Engine) -> Iterator[None]:
    assert app
    _forget_reveals(engine)
    _keep(engine, Numbers("13900001234"))
    yield
    _keep(engine, Numbers())
    _forget_reveals(engine)


def _forget_reveals(engine: Engine) -> None:
    """Leave none of today, by whichever test."""
    with Session(engine) as session:
        session.execute(delete(Reveal))
        session.commit()


def _keep(engine: Engine, numbers: Numbers) -> None:
    with Session(engine) as session:
        row = session.get_one(Resident, named("resident"))
        for name, value in sealed_numbers(SEALER, row.id, GRID, numbers).items():
            setattr(row, name, value)
        session.commit()


@pytest.mark.usefixtures("_phone")
def test_of_twenty_four_reveals_at_once_twenty_are_answered(app: Flask, engine: Engine) -> None:
    """S-36: the limit holds for requests side by side."""
    path = f"/v1/residents/{named('resident')}/reveal"
    body = {"field": "phone", "purpose": "联系家属送药"}

    answers = at_once([partial(Client(app, person("worker")).post, path, json=body) for _ in range(24)])

    assert sorted(answer.status_code for answer in answers) == [200] * 20 + [429] * 4
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Reveal)) == 20
