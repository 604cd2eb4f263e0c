"""The server's challenge: good for a quarter of an hour, one record, one person, place and phone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import Challenge, Checklist, PolicySwitch
from tests.cast import named
from tests.client import Client
from tests.hazard_world import HERE, file, inspection_body, write_code
from tests.presence_world import challenged, device, presence, turn_on


def test_a_challenge_is_met_once(worker: Client, checklist: Checklist) -> None:
    """S-169: the second record with it is told so, and taken all the same."""
    phone = new_id()
    nonce = challenged(worker, phone)["nonce"]
    signals = {"challenge": nonce, "device": device(phone)}

    first = presence(file(worker, inspection_body(checklist, **signals)))
    second = presence(file(worker, inspection_body(checklist, challenge=nonce, device=device(phone, 2))))

    assert "challenge_met" in first[1]
    assert "challenge_used" in second[1]


def test_the_same_record_again_has_met_it_still(worker: Client, checklist: Checklist) -> None:
    """S-169: a copy whose answer was lost uses nothing up."""
    phone, record_id = new_id(), new_id()
    body = inspection_body(checklist, challenge=challenged(worker, phone)["nonce"], device=device(phone))

    first, again = file(worker, body, record_id), file(worker, body, record_id)

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert "challenge_met" in again.json["presence_reasons"]


@pytest.mark.parametrize("late, reason", [(15 * 60, "challenge_met"), (15 * 60 + 1, "challenge_late")])
def test_a_challenge_lasts_a_quarter_of_an_hour(
    worker: Client, checklist: Checklist, late: int, reason: str
) -> None:
    """S-169: what comes later is told as late."""
    phone, at = new_id(), now()
    with set_to(at):
        nonce = challenged(worker, phone)["nonce"]
    with set_to(at + timedelta(seconds=late)):
        told = presence(file(worker, inspection_body(checklist, challenge=nonce, device=device(phone))))

    assert reason in told[1]


def test_a_challenge_of_another_person_place_or_phone_is_foreign(
    worker: Client, colleague: Client, checklist: Checklist
) -> None:
    """S-169: it is bound to all three; one that nobody issued is foreign too."""
    phone = new_id()
    elsewhere = challenged(colleague, phone, place_id=named("workshop"))["nonce"]
    his = challenged(colleague, phone)["nonce"]
    mine = challenged(worker, phone)["nonce"]

    def told(client: Client, nonce: str, **signals: object) -> list[str]:
        return presence(file(client, inspection_body(checklist, challenge=nonce, **signals)))[1]

    assert "challenge_foreign" in told(colleague, elsewhere, device=device(phone))
    assert "challenge_foreign" in told(worker, his, device=device(phone, 2))
    assert "challenge_foreign" in told(worker, mine, device=device(new_id()))
    assert "challenge_foreign" in told(worker, mine)
    assert "challenge_foreign" in told(worker, "made-up", device=device(phone, 3))
    assert "challenge_met" in told(worker, mine, device=device(phone, 4)), "nothing of it was used up"


def test_a_foreign_challenge_keeps_a_record_from_being_confirmed(
    session: Session, app: Flask, worker: Client, checklist: Checklist
) -> None:
    code = write_code(session, app)

    plain = presence(file(worker, inspection_body(checklist, code=code, position=HERE)))
    doubtful = presence(file(worker, inspection_body(checklist, code=code, position=HERE, challenge="x")))

    assert (plain[0], doubtful[0]) == ("confirmed", "probable")


def test_a_step_sent_again_gives_the_same_word(session: Session, worker: Client) -> None:
    body = {"step_id": str(new_id()), "place_id": str(named("block")), "device_id": str(new_id())}

    first, again = (worker.post("/v1/challenges", json=body) for _ in range(2))

    assert first.json == again.json
    assert len(first.json["digits"]) == 4
    rows = session.scalars(select(Challenge).where(Challenge.nonce == first.json["nonce"])).all()
    assert len(rows) == 1
    other = worker.post("/v1/challenges", json=body | {"device_id": str(new_id())})
    assert (other.status_code, other.json["code"]) == (409, "other_content")


def test_a_code_alone_lacks_evidence_only_where_presence_is_asked_for(
    session: Session, app: Flask, worker: Client, checklist: Checklist
) -> None:
    """S-170: the record is whole, hazards and all, and marked ``evidence_missing``."""
    code = write_code(session, app)

    off = presence(file(worker, inspection_body(checklist, code=code)))
    turn_on(session, PolicySwitch.COMPULSORY_CHECK_IN)
    problem = {"result": "problem", "note": "堆满了"}
    on = file(worker, inspection_body(checklist, code=code, _1=problem))
    there = presence(file(worker, inspection_body(checklist, code=code, position=HERE)))

    assert off == ("probable", ["code_scanned", "position_missing", "no_photo"])
    assert presence(on)[1][-2:] == ["challenge_missing", "evidence_missing"]
    assert on.json["answers"][0]["hazard_id"] is not None
    assert "evidence_missing" not in there[1]


def test_a_photo_is_asked_for_only_where_photos_are_compulsory(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    turn_on(session, PolicySwitch.PHOTO_COMPULSORY)

    bare = presence(file(worker, inspection_body(checklist)))
    pictured = presence(file(worker, inspection_body(checklist, photo_ids=[str(new_id())])))

    assert ("evidence_missing" in bare[1], "evidence_missing" in pictured[1]) == (True, False)
