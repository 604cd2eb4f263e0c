"""Somebody at the place shows a code that changes: presence without a position."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import set_to
from app.ids import new_id
from app.models import Checklist, PolicySwitch
from tests.approval_world import Become
from tests.cast import named
from tests.client import Client
from tests.hazard_world import file, inspection_body, write_code
from tests.presence_world import presence, shown, turn_on

AT = datetime(2026, 9, 10, 2, 0, 10, tzinfo=UTC)
"""Ten seconds into a half minute."""


@pytest.mark.parametrize("who", ["resident", "lead", "clerk", "colleague", "admin"])
def test_whoever_is_there_proves_a_worker_who_gives_no_position(
    session: Session, app: Flask, be: Become, worker: Client, checklist: Checklist, who: str
) -> None:
    """S-182: refusing GPS costs nothing; a witness and the scanned code confirm."""
    turn_on(session, PolicySwitch.COMPULSORY_CHECK_IN)
    code = write_code(session, app)
    with set_to(AT):
        digits = shown(be(who))[0]
        both = presence(file(worker, inspection_body(checklist, code=code, witness_code=digits)))

    assert both[0] == "confirmed"
    assert both[1] == ["code_scanned", "position_missing", "no_photo", "witness_met"]


def test_a_code_is_good_for_one_record(
    be: Become, worker: Client, colleague: Client, checklist: Checklist
) -> None:
    """S-171: a second worker who sends it within the window is told so, and his record is taken."""
    record_id = new_id()
    with set_to(AT):
        digits = shown(be("resident"))[0]
        body = inspection_body(checklist, witness_code=digits)
        first = file(worker, body, record_id)
        again = file(worker, body, record_id)
        replayed = presence(file(colleague, inspection_body(checklist, witness_code=digits)))

    assert presence(first) == ("probable", ["code_missing", "position_missing", "no_photo", "witness_met"])
    assert (again.status_code, again.json) == (200, first.json)
    assert replayed == ("unverified", ["code_missing", "position_missing", "no_photo", "witness_used"])


@pytest.mark.parametrize("code", ["到场", "١٢٣٤٥٦", "１２３", "\N{PILE OF POO}"])
def test_a_code_of_any_signs_keeps_no_record_out(
    be: Become, worker: Client, checklist: Checklist, code: str
) -> None:
    """S-171: it is a wrong one, while somebody shows codes there too."""
    with set_to(AT):
        shown(be("resident"))
        body = inspection_body(checklist, witness_code=code)
        told = presence(file(worker, body))
        draft = {"kind": "inspection", "id": str(new_id()), "body": body}
        sent = worker.post("/v1/drafts", json={"drafts": [draft]})

    assert "witness_wrong" in told[1]
    assert [one["status"] for one in sent.json["results"]] == [201]


@pytest.mark.parametrize("skew_s", [-20, 0, 20])
def test_clocks_may_differ_by_twenty_seconds(
    be: Become, worker: Client, checklist: Checklist, skew_s: int
) -> None:
    """S-171: one window before and one after count."""
    with set_to(AT):
        digits = shown(be("lead"))[0]
        at = (AT + timedelta(seconds=skew_s)).isoformat()
        told = presence(file(worker, inspection_body(checklist, captured_at=at, witness_code=digits)))

    assert "witness_met" in told[1]


def test_two_windows_later_a_code_is_over(be: Become, worker: Client, checklist: Checklist) -> None:
    """S-171: and the showing itself goes on with the next codes."""
    with set_to(AT):
        codes = shown(be("lead"))
    with set_to(AT + timedelta(seconds=60)):
        old = presence(file(worker, inspection_body(checklist, witness_code=codes[0])))
        new = presence(file(worker, inspection_body(checklist, witness_code=codes[2])))

    assert ("witness_wrong" in old[1], "witness_met" in new[1]) == (True, True)
    assert len(codes) == 11


def test_a_code_of_another_place_and_ones_own_prove_nothing(
    be: Become, worker: Client, colleague: Client, checklist: Checklist
) -> None:
    """S-171: it is bound to the place, and to somebody else who shows it."""
    with set_to(AT):
        elsewhere = shown(colleague, named("workshop"))[0]
        own = shown(worker)[0]
        far = presence(file(worker, inspection_body(checklist, witness_code=elsewhere)))
        self_shown = presence(file(worker, inspection_body(checklist, witness_code=own)))

    assert "witness_wrong" in far[1]
    assert ("witness_self" in self_shown[1], self_shown[0]) == (True, "unverified")
    assert be("far_resident").step(f"/v1/places/{named('block')}/witness-codes").status_code == 404


def test_a_record_made_without_a_net_is_judged_by_its_own_time(
    be: Become, worker: Client, checklist: Checklist
) -> None:
    with set_to(AT):
        digits = shown(be("resident"))[0]
    with set_to(AT + timedelta(hours=5)):
        body = inspection_body(checklist, captured_at=AT.isoformat(), witness_code=digits)
        told = presence(file(worker, body))

    assert "witness_met" in told[1]
