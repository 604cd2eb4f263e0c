"""Who left and stands in a workbook again: shown as such, and back only if somebody says so."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PresenceState, Relation, Resident, RosterChange
from app.people import numbers_of
from tests.client import Client
from tests.import_world import (
    checked,
    count,
    enter,
    entered,
    found,
    id_number,
    people,
    person,
    residents,
    rows_of,
)
from tests.moves_world import TODAY, leave
from tests.sealer import SEALER

HEAD_ID = id_number("1955-03-08", man=True)
CHOSEN = [{"sheet": "residents", "rows": [2]}]


def lived(app: Flask, session: Session, admin: Client, why: str = "moved_out", **cells: Any) -> UUID:
    """Let a man live here and leave, three days ago; give his id."""
    entered(app, session, admin, residents(person("赵大", **cells)))
    who = people(session)["赵大"].id
    on = TODAY() - timedelta(days=3)
    assert leave(admin, who, left_on=on.isoformat(), why=why).status_code == 200
    return who


def test_the_same_file_again_brings_nobody_back(app: Flask, session: Session, admin: Client) -> None:
    """It may be older than his leaving."""
    who = lived(app, session, admin)
    before = count(session)

    (row,) = entered(app, session, admin, residents(person("赵大")))

    assert (row["state"], row["outcome"]) == ("returned", None)
    assert {one["heading"]: (one["before"], one["after"]) for one in row["changes"]} == {
        "搬走日期": ((TODAY() - timedelta(days=3)).isoformat(), "")
    }
    assert count(session) == before
    assert session.get_one(Resident, who).left_on is not None


def test_who_is_chosen_lives_there_again(app: Flask, session: Session, admin: Client) -> None:
    """By the same step as on the screen, with what else his row says; again it is the same."""
    who = lived(app, session, admin, id=HEAD_ID, phone="13900000001", presence="外出")
    data = residents(person("赵大", id=HEAD_ID, phone="13900000002"))
    before = count(session)

    (row,) = entered(app, session, admin, data, chosen=CHOSEN)
    (again,) = entered(app, session, admin, data)

    assert (row["state"], row["outcome"], again["state"]) == ("returned", "done", "same")
    assert [one["heading"] for one in row["changes"]] == ["搬走日期", "是否在家", "手机号"]
    assert count(session) == before
    back = session.get_one(Resident, who, populate_existing=True)
    assert (back.left_on, back.left_why, back.presence) == (None, None, PresenceState.HOME)
    assert back.came_back_at is not None
    assert numbers_of(SEALER, back).phone == "13900000002"
    change = session.scalars(
        select(RosterChange).where(RosterChange.resident_id == who, RosterChange.kind == "moved_in")
    ).one()
    assert change.day == TODAY()


@pytest.mark.parametrize("number", [HEAD_ID, None], ids=["by his number", "by name and birthday"])
def test_who_left_another_door_is_back_behind_this_one(
    app: Flask, session: Session, admin: Client, number: str | None
) -> None:
    """Also where nobody lives yet; who lives there is shown with where he lived before."""
    who = lived(app, session, admin, id=number)
    data = residents(person("赵大", door="9单元别处", id=number, presence="外出", relation="户主"))

    (row,) = entered(app, session, admin, data, chosen=CHOSEN)

    assert (row["state"], row["outcome"]) == ("returned", "done")
    changes = {one["heading"]: (one["before"], one["after"]) for one in row["changes"]}
    assert changes["门牌"] == ("9单元赵大", "9单元别处")
    back = people(session)["赵大"]
    assert (back.id, back.presence, back.relation) == (who, PresenceState.AWAY, Relation.HEAD)


def test_whoever_died_comes_back_by_no_file(app: Flask, session: Session, admin: Client) -> None:
    lived(app, session, admin, why="died")

    (row,) = entered(app, session, admin, residents(person("赵大")))

    assert (row["state"], found(row)) == ("faulty", {"C2": "person_dead"})


def test_a_namesake_who_lives_here_is_asked_about_first(app: Flask, session: Session, admin: Client) -> None:
    """Of two of one name and birthday nobody guesses which is back."""
    lived(app, session, admin)
    entered(app, session, admin, residents(person("赵大", door="9单元钱")), chosen=None)
    (back,) = entered(app, session, admin, residents(person("赵大", door="9单元钱")), chosen=CHOSEN)
    assert back["outcome"] == "done"

    (other,) = entered(app, session, admin, residents(person("赵大", door="9单元孙")))

    assert (other["state"], found(other)) == ("doubtful", {"C2": "same_person"})


def test_a_second_head_is_named_and_a_household_has_one(app: Flask, session: Session, admin: Client) -> None:
    lived(app, session, admin)
    entered(app, session, admin, residents(person("钱二", door="9单元赵大", birth="1960-01-02")))

    (row,) = entered(app, session, admin, residents(person("赵大")))

    assert (row["state"], found(row)) == ("faulty", {"D2": "two_heads"})


def test_who_came_back_meanwhile_is_not_let_back_twice(app: Flask, session: Session, admin: Client) -> None:
    who = lived(app, session, admin)
    import_id = checked(app, session, admin, residents(person("赵大")))
    home = people(session)["赵大"].household_id
    body = {"household_id": str(home), "relation": "head", "moved_on": TODAY().isoformat()}
    assert admin.step(f"/v1/residents/{who}/return", body).status_code == 200

    enter(session, admin, import_id, chosen=CHOSEN)

    assert rows_of(admin, import_id)[0]["outcome"] == "unchanged"
