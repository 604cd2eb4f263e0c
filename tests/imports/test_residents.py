"""People entered from a workbook: new ones, changed ones, and those who are there already."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.models import PresenceState, Relation, Sex
from app.people import numbers_of
from tests.client import Client
from tests.import_world import (
    HEADINGS,
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
    send,
    shown_of,
    states,
)
from tests.sealer import SEALER

HEAD_ID = id_number("1955-03-08", man=True)


@pytest.fixture
def admin(be: Callable[[str | None], Client]) -> Client:
    return be("admin")


def test_a_household_is_entered_with_its_people_and_numbers(
    app: Flask, session: Session, admin: Client
) -> None:
    data = residents(
        person("赵大", id=HEAD_ID, phone="13900000001", sex=None, birth=None),
        person("钱二", door="9单元赵大", relation="妻子", sex="女", birth=date(1957, 10, 1), presence="外出"),
    )
    before = count(session)

    import_id = checked(app, session, admin, data)
    checked_only = count(session)
    shown = enter(session, admin, import_id)

    assert checked_only == before
    assert count(session) == (before[0] + 1, before[1] + 2)
    assert shown["counts"] == [{"sheet": "residents", "state": "new", "outcome": "done", "rows": 2}]
    assert (shown["rows_total"], shown["rows_done"]) == (2, 2)
    there = people(session)
    head, wife = there["赵大"], there["钱二"]
    assert head.household_id == wife.household_id
    assert (head.sex, head.birth_date, head.relation) == (Sex.MALE, date(1955, 3, 8), Relation.HEAD)
    assert (wife.sex, wife.birth_date, wife.presence) == (Sex.FEMALE, date(1957, 10, 1), PresenceState.AWAY)
    numbers = numbers_of(SEALER, head)
    assert (numbers.id_number, numbers.phone) == (HEAD_ID, "13900000001")
    assert (head.phone_at, head.phone_by) == (None, None)


def test_the_same_file_again_changes_nothing(app: Flask, session: Session, admin: Client) -> None:
    data = residents(
        person("赵大", id=HEAD_ID, phone="13900000001"),
        person(
            "小孙",
            door="9单元赵大",
            relation="孙子",
            birth="2020-05-01",
            id=id_number("2020-05-01", man=True),
        ),
    )
    entered(app, session, admin, data)
    before = count(session)

    again = entered(app, session, admin, data)

    assert states(again) == ["same", "same"]
    assert count(session) == before


def test_what_changed_is_shown_and_entered_with_numbers_masked(
    app: Flask, session: Session, admin: Client
) -> None:
    entered(app, session, admin, residents(person("赵大", id=HEAD_ID, phone="13900000001")))
    changed = person("赵达", door="9单元赵大", id=HEAD_ID, phone="13900000002", presence="外出")

    import_id = checked(app, session, admin, residents(changed))
    (row,) = rows_of(admin, import_id)
    enter(session, admin, import_id)

    assert row["state"] == "changed"
    assert {one["heading"]: (one["before"], one["after"]) for one in row["changes"]} == {
        "姓名": ("赵大", "赵达"),
        "是否在家": ("在家", "外出"),
        "手机号": ("139******01", "139******02"),
    }
    (after,) = people(session).values()
    assert (after.name, after.presence) == ("赵达", PresenceState.AWAY)
    assert numbers_of(SEALER, after).phone == "13900000002"


def test_empty_cells_take_nothing_away(app: Flask, session: Session, admin: Client) -> None:
    entered(app, session, admin, residents(person("赵大", id=HEAD_ID, phone="13900000001", presence="外出")))

    (row,) = entered(app, session, admin, residents(person("赵大")))

    assert row["state"] == "same"
    (after,) = people(session).values()
    assert numbers_of(SEALER, after).phone == "13900000001"


def test_a_namesake_elsewhere_is_entered_only_if_somebody_says_so(
    app: Flask, session: Session, admin: Client
) -> None:
    entered(app, session, admin, residents(person("赵大")))
    before = count(session)
    other = residents(person("赵大", door="9单元别处"))

    (unasked,) = entered(app, session, admin, other)
    without = count(session)
    (asked,) = entered(app, session, admin, other, chosen=[{"sheet": "residents", "rows": [2]}])

    assert (unasked["state"], unasked["outcome"], found(unasked)) == ("doubtful", None, {"C2": "same_person"})
    assert without == before
    assert asked["outcome"] == "done"
    assert count(session) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize(
    "said, relation",
    [
        ("老婆", "spouse"),
        ("丈 夫", "spouse"),
        ("大儿子", "child"),
        ("外婆", "grandparent"),
        ("儿媳", "other"),
    ],
)
def test_plain_words_for_a_relation_are_taken(
    app: Flask, session: Session, admin: Client, said: str, relation: str
) -> None:
    (row,) = entered(app, session, admin, residents(person("赵二", relation=said)))

    assert row["outcome"] == "done"
    assert people(session)["赵二"].relation == relation


@pytest.mark.parametrize("said", ["不在", "在外", "务工", "外出打工"])
def test_plain_words_for_who_is_away_are_taken(
    app: Flask, session: Session, admin: Client, said: str
) -> None:
    entered(app, session, admin, residents(person("赵二", presence=said)))

    assert people(session)["赵二"].presence is PresenceState.AWAY


def test_two_namesakes_behind_two_doors_are_known_there(app: Flask, session: Session, admin: Client) -> None:
    """The same file again changes nothing, also where somebody chooses the rows."""
    both = residents(person("赵大"), person("赵大", door="9单元别处"))
    chosen = [{"sheet": "residents", "rows": [2, 3]}]
    first = entered(app, session, admin, both, chosen=chosen)
    before = count(session)

    again = entered(app, session, admin, both)
    changed = residents(person("赵大", presence="外出"), person("赵大", door="9单元别处", presence="外出"))
    later = entered(app, session, admin, changed, chosen=chosen)

    assert [row["outcome"] for row in first] == ["done", "done"]
    assert [(row["state"], found(row)) for row in again] == [("same", {}), ("same", {})]
    assert [(row["state"], row["outcome"]) for row in later] == [("changed", "done"), ("changed", "done")]
    assert count(session) == before


def test_only_chosen_rows_are_entered(app: Flask, session: Session, admin: Client) -> None:
    data = residents(person("赵大"), person("钱二"), person("孙三", phone="12"))
    import_id = checked(app, session, admin, data)

    faulty = admin.step(f"/v1/imports/{import_id}/apply", {"chosen": [{"sheet": "residents", "rows": [4]}]})
    enter(session, admin, import_id, chosen=[{"sheet": "residents", "rows": [3]}])

    assert (faulty.status_code, faulty.json["code"]) == (422, "import_rows")
    assert people(session).keys() == {"钱二"}


def test_a_childs_numbers_wait_for_its_guardian(app: Flask, session: Session, admin: Client) -> None:
    child = person("小孙", birth="2020-05-01", id=id_number("2020-05-01", man=True), phone="13900000003")

    (row,) = entered(app, session, admin, residents(child))

    assert found(row) == {"G2": "minors_numbers", "H2": "minors_numbers"}
    after = people(session)["小孙"]
    assert (after.birth_date, after.id_number_sealed, after.phone_sealed) == (date(2020, 5, 1), None, None)


def test_a_minors_age_is_not_changed_by_a_file(app: Flask, session: Session, admin: Client) -> None:
    number = id_number("2012-05-01", man=True, number=2)
    entered(app, session, admin, residents(person("小周", birth="2012-05-01")))
    entered(app, session, admin, residents(person("小周", birth="2012-05-01", id=number)))

    (row,) = entered(app, session, admin, residents(person("小周", birth="2000-05-01", id=number)))

    assert row["state"] == "faulty"
    assert "id_birth_date" in found(row).values()


def test_a_second_head_is_named(app: Flask, session: Session, admin: Client) -> None:
    entered(app, session, admin, residents(person("赵大")))

    rows = entered(
        app,
        session,
        admin,
        residents(person("钱二", door="9单元赵大"), person("孙三"), person("李四", door="9单元孙三")),
    )

    assert [(row["state"], found(row)) for row in rows] == [
        ("faulty", {"D2": "two_heads"}),
        ("new", {}),
        ("faulty", {"D4": "two_heads"}),
    ]


def test_somebody_who_lives_elsewhere_is_not_moved(app: Flask, session: Session, admin: Client) -> None:
    entered(app, session, admin, residents(person("赵大", id=HEAD_ID)))

    (row,) = entered(app, session, admin, residents(person("赵大", door="9单元别处", id=HEAD_ID)))

    assert (row["state"], found(row)) == ("faulty", {"G2": "other_household"})


def test_what_changed_since_the_check_is_not_entered(app: Flask, session: Session, admin: Client) -> None:
    first = checked(app, session, admin, residents(person("赵大", presence="外出")))
    register_by_hand(admin)
    enter(session, admin, first)

    (row,) = rows_of(admin, first)

    assert (row["outcome"], row["refusal"]["code"]) == ("refused", "changed_since")


def register_by_hand(admin: Client) -> None:
    """Let the head be registered by hand while his row waits to be entered."""
    homes = admin.get("/v1/places").json["items"]
    block = next(one["id"] for one in homes if one["name"] == "1号楼")
    household, resident = "0199f000-0000-7000-8000-000000000001", "0199f000-0000-7000-8000-000000000002"
    made = admin.put(f"/v1/households/{household}", json={"place_id": block, "door": "9单元赵大"})
    assert made.status_code == 201, made.text
    body = {
        "household_id": household,
        "name": "赵大",
        "sex": "male",
        "birth_date": "1955-03-08",
        "relation": "head",
    }
    made = admin.put(f"/v1/residents/{resident}", json=body)
    assert made.status_code == 201, made.text


def test_one_import_is_open_at_a_time_and_may_be_given_up(
    app: Flask, session: Session, admin: Client
) -> None:
    import_id = checked(app, session, admin, residents(person("赵大")))

    second = send(admin, residents(person("钱二")))
    given_up = [admin.post(f"/v1/imports/{import_id}/cancel") for _ in range(2)]
    applied = admin.step(f"/v1/imports/{import_id}/apply")
    third = send(admin, residents(person("钱二")))

    assert (second.status_code, second.json["code"]) == (409, "import_open")
    assert [one.json["state"] for one in given_up] == ["cancelled", "cancelled"]
    assert (applied.status_code, applied.json["code"]) == (409, "illegal_step")
    assert rows_of(admin, import_id) == []
    assert third.status_code == 201


def test_columns_are_found_by_their_headings(app: Flask, session: Session, admin: Client) -> None:
    row = person("赵大", phone="13900000001")
    headings = [*reversed(HEADINGS), "政治面貌"]
    headings[headings.index("姓名")] = "姓　名*"

    import_id = checked(app, session, admin, residents([*reversed(row), "群众"], headings=headings))

    assert states(rows_of(admin, import_id)) == ["new"]
    assert [(one["code"], one["cell"]) for one in shown_of(admin, import_id)["notes"]] == [
        ("heading_unknown", "J1")
    ]


def test_the_template_is_read_back_and_its_examples_are_not_entered(
    app: Flask, session: Session, admin: Client
) -> None:
    given = admin.get("/v1/imports/template")

    import_id = checked(app, session, admin, given.data)
    shown = shown_of(admin, import_id)

    assert rows_of(admin, import_id) == []
    assert {(one["sheet"], one["code"]) for one in shown["notes"]} == {("工作人员", "others_sheet")}
    assert (shown["state"], shown["rows_total"]) == ("checked", 0)
