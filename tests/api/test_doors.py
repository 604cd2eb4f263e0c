"""One household lives behind a door, however somebody writes it: by hand, by a workbook or put right."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household, Resident
from tests.cast import named
from tests.client import Answer, Client
from tests.import_world import checked, entered, person, residents, rows_of
from tests.moves_world import HERE, THERE, TODAY

WIDE = "\uff13单元\uff13\uff10\uff11"
SPELLINGS = [WIDE, "3单元 301", "3单元\u3000301", "3单元301室", " 3单元301 "]


def _put(admin: Client, door: str) -> Answer:
    body = {"place_id": str(named("block")), "door": door}
    return admin.put(f"/v1/households/{new_id()}", json=body)


@pytest.mark.parametrize("door", SPELLINGS)
def test_a_door_is_taken_however_it_is_written(admin: Client, door: str) -> None:
    first = _put(admin, "3单元301")

    again = _put(admin, door)

    assert (again.status_code, again.json["code"]) == (409, "door_taken")
    assert (again.json["there_id"], list(again.json["errors"])) == (first.json["id"], ["door"])


@pytest.mark.parametrize("first, second", [("1-101", "1101"), ("2-12", "21-2"), ("教室", "教")])
def test_doors_that_only_look_alike_are_two(admin: Client, first: str, second: str) -> None:
    assert [_put(admin, door).status_code for door in (first, second)] == [201, 201]


def test_it_is_kept_in_plain_signs(admin: Client) -> None:
    made = {door: _put(admin, door).json["door"] for door in (WIDE, "a座 101", "4\u20141002")}

    assert list(made.values()) == ["3单元301", "A座101", "4-1002"]


@pytest.mark.parametrize("kept", SPELLINGS[:4])
def test_what_was_kept_before_is_known_in_its_own_spelling(
    admin: Client, session: Session, kept: str
) -> None:
    first = _put(admin, "3单元301").json["id"]
    session.execute(update(Household).where(Household.id == first).values(door=kept))

    again = _put(admin, "3单元301")

    assert (again.json["code"], again.json["there_id"]) == ("door_taken", first)


def test_a_workbook_and_a_form_know_one_household(app: Flask, session: Session, admin: Client) -> None:
    by_hand = _put(admin, WIDE).json["id"]

    entered(app, session, admin, residents(person("赵大", door="3单元 301室")))

    entered_there = session.scalars(select(Resident).where(Resident.name == "赵大")).one()
    assert str(entered_there.household_id) == by_hand
    assert _put(admin, "3单元301").json["there_id"] == by_hand


def test_two_spellings_in_one_workbook_are_one_household(app: Flask, session: Session, admin: Client) -> None:
    rows = person("赵大", door="5单元501"), person("赵二", door="5单元501室", relation="兄弟姐妹")

    import_id = checked(
        app, session, admin, residents(*rows, person("赵三", door=WIDE), person("赵四", door="3单元301"))
    )

    assert [row["state"] for row in rows_of(admin, import_id)] == ["new", "new", "new", "faulty"]


@pytest.mark.parametrize("to", ["1单元２０１", "1单元 201", "1单元201室"])
def test_no_household_moves_or_is_split_behind_a_taken_door(admin: Client, to: str) -> None:
    body: dict[str, Any] = {"place_id": str(named("block")), "door": to, "moved_on": TODAY().isoformat()}
    split = body | {
        "id": str(new_id()),
        "people": [{"resident_id": str(named("resident")), "relation": "head"}],
    }

    moved = admin.step(f"/v1/households/{HERE}/move", body, new_id())
    told = admin.post(f"/v1/households/{HERE}/split/preview", json=split | {"step_id": str(new_id())})

    assert (moved.status_code, moved.json["code"], moved.json["there_id"]) == (409, "door_taken", str(THERE))
    assert "door_taken" in [one["code"] for one in told.json["obstacles"]]


def test_a_household_may_spell_its_own_door_anew(admin: Client) -> None:
    body = {
        "place_id": str(named("block")),
        "door": "1单元\uff11\uff10\uff11室",
        "moved_on": TODAY().isoformat(),
    }

    assert admin.step(f"/v1/households/{HERE}/move", body, new_id()).status_code == 200
    assert admin.get(f"/v1/households/{HERE}").json["door"] == "1单元101室"
