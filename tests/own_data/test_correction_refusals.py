"""What of a correction is refused, and to whom."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    Binding,
    Correction,
    CorrectionField,
    PresenceState,
    Relation,
    Resident,
    Reveal,
    Sex,
    SignIn,
    User,
)
from app.people import Numbers
from app.people.correcting import FORMS
from tests.cast import named, person
from tests.child_world import write_child
from tests.client import Client
from tests.own_data.correcting import (
    ID_NUMBER,
    NEW_ID_NUMBER,
    PHONE,
    ask,
    asked,
    decide,
    give_numbers,
    outcome,
    row_of,
)
from tests.points_world import Be

NUMBER_OF_A_CHILD = "000000201603090035"
"""Of somebody under 14 until March 2030, for whom no guardian agreed."""


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", ""),
        ("name", "王" * 41),
        ("sex", "女"),
        ("birth_date", "1955-02-30"),
        ("birth_date", "2100-01-01"),
        ("birth_date", "1800-01-01"),
        ("relation", "uncle"),
        ("presence", ""),
        ("phone", "23900001234"),
        ("phone", "1390000123"),
        ("id_number", "00000019550308102"),
        ("id_number", "00000019550308102x"),
        ("id_number", "000000195503081020"),
        ("id_number", "000000180001010026"),
        ("id_number", "000000195502300023"),
        ("door", ""),
        ("other", ""),
    ],
)
def test_what_cannot_stand_there_is_refused_at_once(
    session: Session, resident: Client, field: str, value: str
) -> None:
    answer = ask(resident, field, value)

    assert outcome(answer) == (422, "correction_value")
    assert FORMS[CorrectionField(field)] in answer.json["errors"]["value"][0]
    assert session.scalar(select(func.count()).select_from(Correction)) == 0


@pytest.mark.parametrize("field, words", [("sex", Sex), ("relation", Relation), ("presence", PresenceState)])
def test_each_word_that_a_field_takes_is_told(field: str, words: type[StrEnum]) -> None:
    told = FORMS[CorrectionField(field)]

    assert [one for one in words if f"填{one}" not in told] == []


@pytest.mark.parametrize(
    "field, value, refusal",
    [
        ("birth_date", "1955-03-09", (422, "id_number")),
        ("sex", "male", (422, "id_number")),
        ("id_number", NUMBER_OF_A_CHILD, (403, "no_basis")),
        ("id_number", NEW_ID_NUMBER, (409, "id_number_taken")),
        ("relation", "head", (409, "head_taken")),
        ("door", "1单元201", (409, "door_taken")),
        ("door", "1单元 \uff12\uff10\uff11室", (409, "door_taken")),
    ],
)
def test_what_the_roster_cannot_hold_is_not_put_right(
    session: Session, resident: Client, admin: Client, field: str, value: str, refusal: tuple[int, str]
) -> None:
    give_numbers(session, "resident", Numbers(PHONE, ID_NUMBER))
    give_numbers(session, "neighbour", Numbers(None, NEW_ID_NUMBER))
    if field == "relation":
        session.execute(update(Resident).where(Resident.id == named("resident")).values(relation="spouse"))
        write_child(session)
        head = update(Resident).where(Resident.name == "王小明").values(relation="head")
        session.execute(head)
        session.commit()
    correction_id = asked(resident, field, value)
    answer = decide(admin, correction_id)

    assert outcome(answer) == refusal
    assert row_of(session, correction_id).state == "open"


def test_the_same_is_asked_for_once(session: Session, resident: Client) -> None:
    correction_id = new_id()
    first = ask(resident, "name", "王桂蓝", correction_id)
    again = ask(resident, "name", "王桂蓝", correction_id)
    other = ask(resident, "name", "王贵兰", correction_id)
    second = ask(resident, "name", "王贵兰")
    else_ = ask(resident, "presence", "away")
    withdrawn = [resident.post(f"/v1/me/corrections/{correction_id}/withdraw") for _ in range(2)]
    third = ask(resident, "name", "王贵兰")

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert outcome(other) == (409, "other_content")
    assert outcome(second) == (409, "correction_open")
    assert else_.status_code == 201
    assert [one.json["state"] for one in withdrawn] == ["withdrawn", "withdrawn"]
    assert third.status_code == 201
    assert row_of(session, str(correction_id)).wanted_sealed is None


def test_nobody_decides_for_himself_or_his_household(
    session: Session, resident: Client, admin: Client
) -> None:
    by_resident = asked(resident)
    home = {"resident_id": named("neighbour")}
    session.execute(update(User).where(User.id == person("neighbour").user_id).values(resident_id=None))
    session.execute(
        update(Binding)
        .where(Binding.resident_id == named("neighbour"))
        .values(user_id=person("admin").user_id)
    )
    session.execute(update(User).where(User.id == person("admin").user_id).values(**home))
    session.commit()
    own = asked(admin)
    session.execute(
        update(Resident)
        .where(Resident.id == named("neighbour"))
        .values(household_id=person("resident").household_id, relation="other")
    )
    session.commit()

    for correction_id in (by_resident, own):
        for verb in ("approve", "refuse"):
            assert outcome(decide(admin, correction_id, verb)) == (403, "own_correction")


def test_others_do_not_see_it(session: Session, resident: Client, be: Be, admin: Client) -> None:
    correction_id = asked(resident)
    moved, neighbour = be("far_admin"), be("neighbour")
    gone = neighbour.post(f"/v1/me/corrections/{correction_id}/withdraw")

    assert neighbour.get("/v1/me/corrections").json["items"] == []
    assert outcome(gone) == (404, "not_found")
    assert moved.get("/v1/corrections").json["items"] == []
    assert outcome(moved.get(f"/v1/corrections/{correction_id}")) == (404, "not_found")
    assert outcome(decide(moved, correction_id)) == (404, "not_found")
    assert outcome(be("worker").get("/v1/corrections")) == (403, "forbidden")
    assert [one["id"] for one in admin.get("/v1/corrections?state=open").json["items"]] == [correction_id]
    assert admin.get("/v1/corrections?state=done").json["items"] == []
    assert "王桂蓝" not in admin.get("/v1/corrections").text
    assert session.get(Correction, UUID(correction_id)) is not None


def test_what_is_wanted_is_read_and_put_right_with_a_fresh_proof(
    session: Session, resident: Client, admin: Client
) -> None:
    correction_id = asked(resident)
    signed_in = session.get_one(SignIn, named("sign-in admin"))
    signed_in.checked_at = now() - timedelta(minutes=5, seconds=1)
    session.commit()

    assert outcome(admin.get(f"/v1/corrections/{correction_id}")) == (403, "reauth_required")
    assert outcome(decide(admin, correction_id)) == (403, "reauth_required")


def test_a_wanted_number_counts_among_those_seen_today(
    session: Session, resident: Client, admin: Client
) -> None:
    """S-36: opening a wished-for number is a look at a number: it has its purpose, and the 21st is 429."""
    number, name = asked(resident, "phone", "13900004321"), asked(resident, "name", "王桂蓝")
    nothing = asked(resident, "id_number", "")
    for other in (name, nothing):
        assert admin.get(f"/v1/corrections/{other}").status_code == 200
    before = session.scalar(select(func.count()).select_from(Reveal))
    seen = [admin.get(f"/v1/corrections/{number}").status_code for _ in range(20)]
    late, still = admin.get(f"/v1/corrections/{number}"), admin.get(f"/v1/corrections/{name}")
    looks = session.scalars(select(Reveal)).all()

    assert before == 0
    assert seen == [200] * 20
    assert outcome(late) == (429, "reveal_limit")
    assert still.status_code == 200
    assert {(one.user_id, one.resident_id, one.field, one.purpose) for one in looks} == {
        (person("admin").user_id, named("resident"), "phone", f"核对更正申请 {number}")
    }
