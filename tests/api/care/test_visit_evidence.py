"""Visits where the community asks for presence or photos: they are whole, and marked."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import PolicySwitch
from tests.care_world import file_visit
from tests.client import Client
from tests.presence_world import turn_on


@pytest.mark.parametrize("switch", [PolicySwitch.COMPULSORY_CHECK_IN, PolicySwitch.PHOTO_COMPULSORY])
def test_a_visit_in_person_lacks_evidence_only_where_it_is_asked_for(
    session: Session, worker: Client, record: UUID, form: UUID, switch: PolicySwitch
) -> None:
    """S-170: a call shows no presence, and is asked for none."""
    off = file_visit(worker, record, form)
    turn_on(session, switch)
    on, call = (
        file_visit(worker, record, form),
        file_visit(worker, record, form, mode="phone", outcome="fine_by_phone"),
    )
    pictured = file_visit(worker, record, form, photo_ids=[str(new_id())])

    assert [answer.status_code for answer in (off, on, call, pictured)] == [201] * 4
    marked = ["evidence_missing" in answer.json["presence_reasons"] for answer in (off, on, call, pictured)]
    assert marked == [False, True, False, switch is PolicySwitch.COMPULSORY_CHECK_IN]
