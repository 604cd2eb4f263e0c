"""The history of the roster: each write of it leaves a change, which workers and admins of the area read."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.clock import business_day, set_to
from app.ids import new_id
from app.models import RosterChange
from app.own_data import COPIED
from app.own_data.rows import told
from app.own_data.whose import whose_data
from app.people import Numbers
from tests import import_world
from tests.cast import named, person
from tests.child_world import write_child, write_guardian, write_ticket
from tests.client import Client
from tests.counting import statements
from tests.matrix.stage import Stage
from tests.own_data.closing import close
from tests.own_data.correcting import NEW_ID_NUMBER, NEW_PHONE, asked, decide, give_numbers
from tests.sealer import SEALER
from tests.test_retention_categories import AT, DAY, applied
from tests.test_retention_ended import IN_36_MONTHS
from tests.trail import entries_of

HOME, KIN = named("household home"), named("resident")


def changes(client: Client, path: str) -> list[dict[str, Any]]:
    """Give the changes of a resident or a household, the oldest first."""
    answer = client.get(f"/v1/{path}/changes")
    assert answer.status_code == 200, answer.json
    return list(reversed(answer.json["items"]))


def of_resident(client: Client, resident_id: UUID = KIN) -> list[dict[str, Any]]:
    """Give the changes of a resident, the oldest first."""
    return changes(client, f"residents/{resident_id}")


def test_a_new_household_and_who_is_entered_into_it_stand_in_its_history(admin: Client) -> None:
    home, one = new_id(), new_id()
    admin.put(f"/v1/households/{home}", json={"place_id": str(named("block")), "door": "9单元901"})
    body = {
        "household_id": str(home),
        "name": "赵大山",
        "sex": "male",
        "birth_date": "1970-01-01",
        "relation": "head",
    }
    for _ in range(2):
        admin.put(f"/v1/residents/{one}", json=body)

    listed = changes(admin, f"households/{home}")

    assert [(row["kind"], row["resident_id"]) for row in listed] == [("created", None), ("created", str(one))]
    assert {row["actor_id"] for row in listed} == {str(person("admin").user_id)}
    assert {row["day"] for row in listed} == {business_day().isoformat()}
    assert changes(admin, f"residents/{one}") == listed[1:]


@pytest.mark.parametrize(
    "field, value, kind, before",
    [
        ("name", "王桂蓝", "corrected", "王桂兰"),
        ("presence", "away", "presence", "home"),
        ("relation", "parent", "relation", "head"),
        ("door", "7单元701", "corrected", "1单元101"),
    ],
)
def test_what_was_put_right_is_told_as_it_was_and_as_it_is(
    admin: Client,
    worker: Client,
    resident: Client,
    session: Session,
    field: str,
    value: str,
    kind: str,
    before: str,
) -> None:
    assert decide(admin, asked(resident, field, value)).status_code == 200

    (change,) = of_resident(worker)

    assert (change["kind"], change["data"]) == (kind, {"fields": [field]})
    assert change["after"] == {field: value}
    assert change["before"][field] != value
    assert set(change["before"]) == {field}
    if field != "door":
        assert change["before"] == {field: before}
    row = session.get_one(RosterChange, UUID(change["id"]))
    assert row.said_sealed is not None
    assert value.encode() not in row.said_sealed


def test_of_a_number_no_history_says_more_than_that_it_is_another(admin: Client, resident: Client) -> None:
    """S-83: who has it deleted has it deleted everywhere."""
    admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": NEW_PHONE})
    admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": NEW_PHONE})
    admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": None})
    decide(admin, asked(resident, "id_number", NEW_ID_NUMBER))

    told = of_resident(admin)

    assert [one["data"] for one in told[:2]] == [{"fields": ["phone"]}] * 2
    assert told[2]["data"]["fields"][-1] == "id_number"
    assert NEW_PHONE not in str(told)
    assert NEW_ID_NUMBER not in str(told)
    assert told[2]["after"].keys() <= {"birth_date", "sex"}


def test_what_becomes_of_a_guardian_stands_in_the_history_of_the_child(
    admin: Client, worker: Client, session: Session
) -> None:
    child = write_child(session)
    session.commit()
    body = {
        "child_id": str(child),
        "guardian_id": str(KIN),
        "relation": "grandparent",
        "proof": "户口本",
        "valid_until": "2029-12-31",
    }
    row = worker.put(f"/v1/guardianships/{new_id()}", json=body).json["id"]
    for verb in ("verify", "verify", "end", "end"):
        admin.post(f"/v1/guardianships/{row}/{verb}")

    write_ticket(session, child, "admin")
    told = of_resident(admin, child)

    assert [(one["kind"], one["data"]["guardian"]) for one in told] == [
        ("relation", "recorded"),
        ("relation", "verified"),
        ("relation", "ended"),
    ]
    assert {one["data"]["guardian_id"] for one in told} == {str(KIN)}
    assert [one["actor_id"] for one in told[:2]] == [
        str(person("worker").user_id),
        str(person("admin").user_id),
    ]


def test_an_import_leaves_the_same_changes(app: Flask, session: Session, admin: Client) -> None:
    rows = import_world.residents(import_world.person("赵大山"), import_world.person("赵小山"))
    import_world.entered(app, session, admin, rows)
    made = import_world.people(session)["赵大山"]

    assert [one["kind"] for one in of_resident(admin, made.id)] == ["created"]
    listed = changes(admin, f"households/{made.household_id}")
    assert sorted(one["kind"] for one in listed) == ["created"] * len(listed)
    assert [one["resident_id"] for one in listed].count(None) == 1

    import_world.entered(
        app, session, admin, import_world.residents(import_world.person("赵大山", presence="外出"))
    )
    assert of_resident(admin, made.id)[-1]["after"] == {"presence": "away"}


def test_numbers_that_went_with_an_account_or_by_a_deletion_are_told_so(
    admin: Client, resident: Client, session: Session, app: Flask
) -> None:
    give_numbers(session, "resident", Numbers(phone=NEW_PHONE))
    wish = resident.put(f"/v1/me/deletions/{new_id()}", json={"what": "numbers"}).json["id"]
    assert admin.post(f"/v1/deletions/{wish}/approve", json={"note": "删了"}).status_code == 200
    give_numbers(session, "resident", Numbers(phone=NEW_PHONE))
    close(app, session, resident)

    told = of_resident(admin)

    assert [one["data"] for one in told] == [{"fields": ["phone"]}] * 2
    assert [one["actor_id"] for one in told] == [str(person("admin").user_id), None]


def test_of_a_minor_it_is_told_by_a_ticket_only(
    admin: Client, worker: Client, resident: Client, session: Session
) -> None:
    """S-95: neither the name nor the birthday before is a way around the ticket."""
    child = write_child(session)
    write_guardian(session, child)
    assert decide(admin, asked(resident, "name", "王小亮", resident_id=str(child))).status_code == 200

    (hidden,) = of_resident(worker, child)
    write_ticket(session, child, "worker")
    (shown,) = changes(worker, f"households/{HOME}")

    unsaid = {"data": None, "before": None, "after": None, "reason": None}
    assert {name: hidden[name] for name in unsaid} == unsaid
    assert (shown["before"], shown["after"]) == ({"name": "王小明"}, {"name": "王小亮"})
    assert hidden == shown | unsaid


def test_it_is_read_in_ones_own_areas_and_each_look_is_recorded(
    admin: Client, far_admin: Client, resident: Client, session: Session
) -> None:
    admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": NEW_PHONE})
    with entries_of(session) as came:
        assert len(of_resident(admin)) == 1
        assert far_admin.get(f"/v1/residents/{KIN}/changes").status_code == 404
        assert far_admin.get(f"/v1/households/{HOME}/changes").status_code == 404
        assert resident.get(f"/v1/residents/{KIN}/changes").status_code == 403

    assert came[0].object_id == KIN
    assert len(came) >= 2


def test_long_histories_are_read_in_pages_in_as_many_queries(admin: Client, connection: Connection) -> None:
    for number in range(4):
        admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": f"1390000{number:04d}"})
    with statements(connection) as few:
        first = admin.get(f"/v1/residents/{KIN}/changes?limit=1").json
    with statements(connection) as many:
        whole = admin.get(f"/v1/residents/{KIN}/changes?limit=4").json
    rest = admin.get(f"/v1/residents/{KIN}/changes?limit=3&cursor={first['next_cursor']}").json

    assert whole["items"] == first["items"] + rest["items"]
    assert len(few) == len(many)


@pytest.mark.parametrize("sql", ["UPDATE roster_changes SET day = day - 1", "DELETE FROM roster_changes"])
def test_nobody_changes_what_was_written(admin: Client, session: Session, sql: str) -> None:
    admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": NEW_PHONE})

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(sql))


@pytest.mark.parametrize("harmed", [False, True])
def test_what_it_says_goes_after_three_years(
    admin: Client, resident: Client, session: Session, *, harmed: bool
) -> None:
    """S-81: that something was changed stays; of whom a case of harm is, all stays."""
    with set_to(AT):
        decide(admin, asked(resident))
        if harmed:
            stage = Stage(session)
            stage.harm_case(stage.visit()[0])
            session.commit()
    (row,) = session.scalars(select(RosterChange).where(RosterChange.resident_id == KIN))
    with set_to(IN_36_MONTHS - DAY):
        assert applied(session, "words of changes of the roster") == 0
    with set_to(IN_36_MONTHS + 2 * DAY):
        assert applied(session, "words of changes of the roster") == (0 if harmed else 1)
    session.refresh(row)

    assert (row.said_sealed is not None, row.data) == (harmed, {"fields": ["name"]})


def test_ones_own_copy_has_what_was_changed_of_oneself(
    admin: Client, resident: Client, session: Session
) -> None:
    """S-76: what it was and is, and nothing of others in a step."""
    decide(admin, asked(resident))
    whose = whose_data(session, person("resident").user_id, None)
    (kind,) = (one for one in COPIED if one.name == "roster_changes")

    (rows,) = told(session, SEALER, kind, whose)

    assert [(row["kind"], row["said"]) for row in rows] == [
        ("corrected", '{"before": {"name": "王桂兰"}, "after": {"name": "王桂蓝"}}')
    ]
