"""How long what shows presence is kept: as long as positions, and then it goes whole."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import retention
from app.clock import now, set_to
from app.ids import new_id
from app.models import Challenge, DeviceMark, WitnessCode, WitnessUse
from tests.approval_world import Become
from tests.client import Client
from tests.hazard_world import file, inspection_body, write_checklist
from tests.presence_world import challenged, device, presence, shown

TABLES = (Challenge, WitnessCode, WitnessUse, DeviceMark)


def applied(session: Session) -> list[int]:
    """Take away what is over; give how many rows are left of each."""
    for rule in retention.presence_rules():
        retention.apply(session, rule, limit=100)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_what_shows_presence_goes_after_ninety_days(session: Session, be: Become, worker: Client) -> None:
    """S-181: a day before nothing goes, at day 91 nothing is left but the record and its reasons."""
    phone, record_id = new_id(), new_id()
    body = inspection_body(
        write_checklist(session),
        challenge=challenged(worker, phone)["nonce"],
        witness_code=shown(be("resident"))[0],
        device=device(phone),
    )
    filed = presence(file(worker, body, record_id))

    with set_to(now() + timedelta(days=89)):
        assert applied(session) == [1, 1, 1, 1]
    with set_to(now() + timedelta(days=91)):
        assert applied(session) == [0, 0, 0, 0]
    left = worker.get(f"/v1/inspections/{record_id}").json
    assert (left["presence"], left["presence_reasons"]) == filed
    assert filed[1][-2:] == ["challenge_met", "witness_met"]
