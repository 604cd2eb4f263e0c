"""What the clock, the code and the position of an inspection amount to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Checklist,
    PlaceCode,
)
from tests.cast import named
from tests.client import Answer, Client
from tests.hazard_world import BLOCK, HERE, file, inspection_body, tampered, write_code


@pytest.mark.parametrize(
    "ago, flag",
    [
        (timedelta(), "ok"),
        (timedelta(days=7), "ok"),
        (timedelta(days=7, seconds=1), "stale"),
        (timedelta(minutes=-5), "ok"),
        (timedelta(minutes=-5, seconds=-1), "future"),
    ],
)
def test_an_unlikely_clock_is_flagged_and_kept(
    worker: Client, checklist: Checklist, ago: timedelta, flag: str
) -> None:
    at = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
    with set_to(at):
        filed = file(worker, inspection_body(checklist, captured_at=(at - ago).isoformat())).json

    assert filed["clock_flag"] == flag
    assert datetime.fromisoformat(filed["captured_at"]) == at - ago
    assert datetime.fromisoformat(filed["received_at"]) == at
    assert (f"clock_{flag}" in filed["presence_reasons"]) == (flag != "ok")


def presence(answer: Answer) -> tuple[str, list[str]]:
    assert answer.status_code == 201
    return answer.json["presence"], answer.json["presence_reasons"]


def test_presence_lists_its_reasons(
    session: Session, app: Flask, worker: Client, checklist: Checklist
) -> None:
    code = write_code(session, app)
    away = {**HERE, "lat": 29.7}
    vague, blurred = ({**HERE, "accuracy_m": metres} for metres in (150, 151))

    def filed(**signals: Any) -> tuple[str, list[str]]:
        return presence(file(worker, inspection_body(checklist, **signals)))

    assert filed() == ("unverified", ["code_missing", "position_missing", "no_photo"])
    assert filed(code=code) == ("probable", ["code_scanned", "position_missing", "no_photo"])
    assert filed(code=code, position=HERE) == ("confirmed", ["code_scanned", "inside", "no_photo"])
    assert filed(position=HERE) == ("probable", ["code_missing", "inside", "no_photo"])
    assert filed(code=code, position=away) == ("unverified", ["code_scanned", "outside", "no_photo"])
    assert filed(code=code, position=vague)[1] == ["code_scanned", "inside", "no_photo"]
    assert filed(code=code, position=blurred)[1] == ["code_scanned", "position_unknown", "no_photo"]
    silent = HERE | {"accuracy_m": 0}  # so some phones say that they do not know
    assert filed(code=code, position=silent)[1] == ["code_scanned", "position_unknown", "no_photo"]
    assert filed(code=tampered(code))[1][0] == "code_unknown"
    assert filed(photo_ids=[str(new_id())])[1][2] == "photo"


@pytest.mark.parametrize(
    "scanned",
    [
        "http://127.0.0.1:8000/q/{}",
        "https://gongdi.a-county-with-a-long-name.example.gov.cn:8443/q/{}",
        "HTTPS://GONGDI.EXAMPLE/q/{}?from=timeline&isappinstalled=0",
        "https://gongdi.example/q/{}/#report",
    ],
)
def test_a_code_may_be_sent_as_the_scanner_gave_it(
    session: Session, app: Flask, worker: Client, checklist: Checklist, scanned: str
) -> None:
    """Scanners give the whole address; a phone that sends it on has scanned the code no less."""
    code = write_code(session, app)
    record_id, body = new_id(), inspection_body(checklist, code=scanned.format(code))
    filed = file(worker, body, record_id)

    assert presence(filed) == ("probable", ["code_scanned", "position_missing", "no_photo"])
    assert file(worker, body | {"code": code}, record_id).status_code == 200
    assert presence(file(worker, body | {"code": scanned.format(tampered(code))}))[1][0] == "code_unknown"


def test_another_place_s_code_and_a_revoked_one_prove_nothing(
    session: Session, app: Flask, worker: Client, checklist: Checklist
) -> None:
    elsewhere = write_code(session, app, named("workshop"))
    revoked = write_code(session, app)
    row = session.scalars(select(PlaceCode).where(PlaceCode.place_id == BLOCK)).one()
    row.revoked_at = now()
    session.commit()
    before = (now() - timedelta(hours=1)).isoformat()

    assert presence(file(worker, inspection_body(checklist, code=elsewhere)))[1][0] == "code_other_place"
    assert presence(file(worker, inspection_body(checklist, code=revoked)))[1][0] == "code_revoked"
    offline = file(worker, inspection_body(checklist, code=revoked, captured_at=before))
    assert presence(offline)[1][0] == "code_scanned"
