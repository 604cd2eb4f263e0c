"""A care record and its form, at noon of the last day of a month."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.models import CareCategory
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.set_to(NOON):
        yield


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form for the elderly."""
    return write_form(session)


@pytest.fixture
def record(session: Session) -> UUID:
    """Give the care record of an elderly woman, whom ``worker`` looks after every seven days."""
    return write_care(session)


@pytest.fixture
def visited(worker: Client, record: UUID, form: UUID) -> UUID:
    """Let the worker call on the resident, who says what he would not tell everybody."""
    follow_ups = [{"need": "修扶手", "due_on": "2027-02-05"}]
    made = file_visit(worker, record, form, note="跟儿子吵架了", follow_ups=follow_ups)
    assert made.status_code == 201, made.text
    return UUID(made.json["id"])


@pytest.fixture
def child_visited(worker: Client, session: Session) -> UUID:
    """Let the worker call on a child whose guardian is the resident."""
    child = write_guarded_child(session)
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    write_ticket(session, child, "worker")
    made = file_visit(worker, care, write_form(session, CareCategory.LEFT_BEHIND_CHILD))
    assert made.status_code == 201, made.text
    return UUID(made.json["id"])


@pytest.fixture
def need(worker: Client, record: UUID, form: UUID) -> str:
    """Give a follow-up of ``worker``, due in two days."""
    wanted = [{"need": "修扶手", "due_on": "2027-02-02"}]
    return str(file_visit(worker, record, form, follow_ups=wanted).json["follow_ups"][0]["id"])
