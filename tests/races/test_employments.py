"""Of a month that several write down at once one entry stands, and what was answered well is kept."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.employment import this_month
from app.ids import new_id
from app.models import Employment, Resident
from tests.cast import person
from tests.client import Client
from tests.races.together import at_once
from tests.work_world import sent, write_adult


@pytest.fixture
def adult(app: Flask, engine: Engine) -> Iterator[UUID]:
    """Commit somebody of working age; remove him and what was written of him afterwards."""
    assert app
    with Session(engine) as session:
        resident_id = write_adult(session)
    yield resident_id
    with Session(engine) as session:
        session.execute(delete(Employment).where(Employment.resident_id == resident_id))
        session.execute(delete(Resident).where(Resident.id == resident_id))
        session.commit()


@pytest.mark.parametrize("there_before", [0, 1])
def test_of_ten_who_write_one_month_at_once_one_stands(
    app: Flask, engine: Engine, adult: UUID, there_before: int
) -> None:
    worker, body = Client(app, person("worker")), sent(adult, f"{this_month():%Y-%m}")
    if there_before:
        worker.put(f"/v1/employments/{new_id()}", json=body)
    answers = at_once(
        [
            partial(Client(app, person("worker")).put, f"/v1/employments/{new_id()}", json=body)
            for _ in range(10)
        ]
    )

    codes = [answer.json.get("code") for answer in answers]
    assert set(codes) <= {None, "work_changed"}
    with Session(engine) as session:
        rows = session.scalars(select(Employment).where(Employment.resident_id == adult)).all()
    assert len(rows) == codes.count(None) + there_before
    assert [row.replaced_at for row in rows].count(None) == 1
