"""Batches that write down the same people lock them in one order."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from app import employment
from app.employment import Unchanged
from app.ids import new_id
from app.models import Employment, Resident, WorkSource
from tests.races.beside import beside, staff, taking_one
from tests.sealer import SEALER
from tests.work_world import write_adult, write_work


@pytest.fixture
def two(engine: Engine) -> Iterator[dict[UUID, UUID]]:
    """Give what is written down of the month before of two, by their ids."""
    before = employment.months_before(employment.this_month(), 1)
    with Session(engine) as session:
        rows = {one: write_work(session, one, before) for one in (write_adult(session), write_adult(session))}
    yield rows
    with Session(engine) as session:
        session.execute(delete(Employment).where(Employment.resident_id.in_(rows)))
        session.execute(delete(Resident).where(Resident.id.in_(rows)))
        session.commit()


def test_a_batch_in_another_order_waits_and_answers_in_the_order_sent(
    engine: Engine, two: dict[UUID, UUID]
) -> None:
    first, last = sorted(two)
    month: date = employment.this_month()
    items = [(new_id(), Unchanged(one, month, WorkSource.PHONE)) for one in (last, first)]

    def step(session: Session) -> list[tuple[UUID, str | None]]:
        outcomes = employment.write_unchanged_each(session, staff("worker"), SEALER, items)
        return [(one.resident_id, one.code) for one in outcomes]

    gave = beside(engine, taking_one(Employment, two[first]), step, taking_one(Employment, two[last]))

    assert gave == [(last, None), (first, None)]
