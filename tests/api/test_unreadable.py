"""One sealed value that does not open: it hides nothing else, and nothing is written by guess."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.identity import sealed_phone
from app.models import Resident, User
from app.people import Numbers, keep_numbers, numbers_of
from tests.approval_world import Become, outcome
from tests.breaking import UNREADABLE, break_sealed, lose_key
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.export_world import exported, rows
from tests.own_data.correcting import NEW_PHONE, PHONE, asked, decide
from tests.own_data_world import copy_of
from tests.sealer import SEALER

ID_NUMBER = "000000195503081029"
PATH = f"/v1/residents/{named('resident')}"
WRITE_REFUSED, READ_REFUSED = (
    "系统里有一项资料读不出来，这一步没有办成，请联系管理员",
    "系统里有一项资料读不出来，请联系管理员",
)


@pytest.fixture(autouse=True)
def _numbers(session: Session) -> None:
    keep_numbers(SEALER, session.get_one(Resident, named("resident")), Numbers(PHONE, ID_NUMBER))
    session.commit()


@pytest.mark.parametrize("damage, why", [(break_sealed, "SealBrokenError"), (lose_key, "KeyGoneError")])
def test_a_list_of_residents_answers_and_the_log_has_the_place(
    admin: Client, session: Session, damage: Any, why: str
) -> None:
    """S-108: the one number shows as unreadable; the log tells where, and never what."""
    whole = admin.get(PATH).json
    damage(session, "residents", "phone_sealed")
    with capture_logs() as logged:
        one = admin.get(PATH)
        listed = admin.get(f"/v1/households/{whole['household_id']}/residents")

    assert (one.status_code, one.json) == (200, whole | {"phone": UNREADABLE})
    assert one.json in listed.json["items"], listed.text
    assert logged[0] == {
        "event": "sealed_unreadable",
        "log_level": "error",
        "table": "residents",
        "column": "phone_sealed",
        "row_id": str(named("resident")),
        "why": why,
    }


def test_what_depends_on_it_fails_clearly(admin: Client, session: Session) -> None:
    """S-108: a number that does not open is not shown in clear, and not compared or sealed again."""
    break_sealed(session, "residents", "id_number_sealed")
    before = session.get_one(Resident, named("resident")).phone_sealed

    revealed = admin.post(f"{PATH}/reveal", json={"field": "id_number", "purpose": "核对身份证信息"})

    assert (outcome(revealed), revealed.json["title"]) == ((500, "unreadable"), WRITE_REFUSED)
    assert session.get_one(Resident, named("resident"), populate_existing=True).phone_sealed == before


def test_a_correction_of_the_other_number_waits(admin: Client, resident: Client, session: Session) -> None:
    """S-108: it would seal the unreadable one anew."""
    correction = asked(resident, "phone", NEW_PHONE)
    break_sealed(session, "residents", "id_number_sealed")

    answer = decide(admin, correction)

    assert (outcome(answer), answer.json["title"]) == ((500, "unreadable"), WRITE_REFUSED)


def test_both_numbers_written_again_put_it_right(admin: Client, session: Session) -> None:
    break_sealed(session, "residents", "phone_sealed")

    answer = admin.put(f"{PATH}/numbers", json={"phone": PHONE, "id_number": ID_NUMBER})

    assert (answer.status_code, answer.json["phone"]) == (200, "139******34")
    row = session.get_one(Resident, named("resident"), populate_existing=True)
    assert numbers_of(SEALER, row) == Numbers(PHONE, ID_NUMBER)


def test_a_childs_number_written_again_is_no_new_one(admin: Client, session: Session) -> None:
    """S-108: it asks for no consent of the guardian, which another number does."""
    child = write_child(session)
    keep_numbers(SEALER, session.get_one(Resident, child), Numbers(PHONE))
    session.commit()
    break_sealed(session, "residents", "phone_sealed")
    path = f"/v1/residents/{child}/numbers"

    other = admin.put(path, json={"phone": NEW_PHONE, "id_number": None})
    answer = admin.put(path, json={"phone": PHONE, "id_number": None})

    assert outcome(other) == (403, "no_basis")
    assert (answer.status_code, answer.json["phone"]) == (200, "139******34")
    assert numbers_of(SEALER, session.get_one(Resident, child, populate_existing=True)) == Numbers(PHONE)


def test_users_guardianships_and_corrections_answer(
    be: Become, admin: Client, resident: Client, session: Session
) -> None:
    """S-108: for every sealed field that is shown, the same words in its place."""
    guardianship = write_guardian(session, write_child(session))
    correction = asked(resident)
    staff = session.get_one(User, person("worker").user_id)
    for name, value in sealed_phone(SEALER, staff.id, PHONE).items():
        setattr(staff, name, value)
    session.commit()
    system = be("system")
    break_sealed(session, "guardianships", "proof_sealed")
    break_sealed(session, "corrections", "wanted_sealed", "said_sealed")
    lose_key(session, "users", "phone_sealed")

    proofs = admin.get("/v1/guardianships").json["items"]
    opened = admin.get(f"/v1/corrections/{correction}").json
    phones = {one["phone"] for one in system.get("/v1/users?limit=100").json["items"]}

    assert [one["proof"] for one in proofs if one["id"] == str(guardianship)] == [UNREADABLE]
    assert (opened["value"], opened["said"]) == (UNREADABLE, UNREADABLE)
    assert phones == {UNREADABLE, None}


@pytest.mark.parametrize("clear", [False, True])
def test_a_file_of_the_roster_is_made(
    app: Flask, session: Session, admin: Client, be: Become, *, clear: bool
) -> None:
    """S-153: one number of a community does not keep all others in."""
    break_sealed(session, "residents", "phone_sealed")

    _, data = exported(app, session, admin, be("county"), columns=["phone", "id_number"], clear=clear)

    id_number = ID_NUMBER if clear else f"0{'*' * 16}9"
    assert [UNREADABLE, id_number] in rows(data)


def test_a_copy_of_ones_own_data_is_made(app: Flask, session: Session, resident: Client) -> None:
    """S-141: the rest is his due all the same."""
    break_sealed(session, "residents", "phone_sealed")

    unpacked = copy_of(app, session, resident)

    assert UNREADABLE in unpacked.everything
    assert ID_NUMBER in unpacked.everything
    assert PHONE not in unpacked.everything


def test_a_file_whose_key_does_not_open_says_so_in_words_of_reading(
    app: Flask, session: Session, resident: Client
) -> None:
    """S-136: who only looks is not told that something was not stored."""
    copy_of(app, session, resident)
    break_sealed(session, "own_copies", "key_sealed")
    copy_id = resident.get("/v1/me/copies").json["items"][0]["id"]

    answer = resident.get(f"/v1/me/copies/{copy_id}/file")

    assert (outcome(answer), answer.json["title"]) == ((500, "unreadable"), READ_REFUSED)
