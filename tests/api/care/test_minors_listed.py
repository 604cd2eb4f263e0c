"""What the list of care records tells of minors whose records its reader may not read."""

import base64
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import AuditEntry, CareCategory, CareRecord, HarmCase
from tests.care_world import NOON, TODAY, file_visit, write_care, write_form
from tests.cast import GRID, named, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client

KIND = CareCategory.LEFT_BEHIND_CHILD
LIST = "/v1/care-records"
OF_THE_CARE = {
    "category",
    "level",
    "every_days",
    "worker_id",
    "doer_id",
    "started_on",
    "last_visited_on",
    "risk",
    "not_reached",
}
UNSET = {
    "back_on",
    "ended_on",
    "ended_why",
    "substitute_id",
    "willingness",
    "willing_on",
    "willing_speaker",
} | {
    "regular_due_on",
    "alert_id",
    "alert_kind",
    "escalated_at",
}
"""Of a record that nobody changed."""
WHEN_DUE = {"next_due_on", "overdue_days", "due", "due_in_days"}


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child whose guardian agreed to visits."""
    return write_guarded_child(session)


@pytest.fixture
def record(session: Session, child: UUID) -> UUID:
    """Give the child's care, with a visit that is long overdue."""
    found = write_care(session, resident_id=child, category=KIND, next_due_on=TODAY - timedelta(days=40))
    session.execute(update(CareRecord).values(last_visited_on=date(2026, 12, 1)))
    session.commit()
    return found


def listed(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(LIST, query_string=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def hidden(item: dict[str, Any]) -> set[str]:
    """Give what is left out of what the list tells of an open record."""
    return {name for name, value in item.items() if value is None} - UNSET


def test_without_a_ticket_the_list_tells_what_the_roster_does(
    admin: Client, child: UUID, record: UUID
) -> None:
    """S-95: what the one record refuses, the list does not tell either."""
    one = admin.get(f"{LIST}/{record}")
    (item,) = listed(admin)
    roster = admin.get(f"/v1/residents/{child}").json

    assert (one.status_code, one.json["code"]) == (403, "ticket_needed")
    assert hidden(item) == OF_THE_CARE | WHEN_DUE
    assert item["ticket_needed"] is True
    assert (item["id"], item["resident_id"], item["resident_name"]) == (
        str(record),
        str(child),
        roster["name"],
    )
    assert item["presence"] == roster["presence"]


def test_with_a_ticket_list_and_record_tell_the_same(
    admin: Client, child: UUID, record: UUID, session: Session
) -> None:
    """S-95: and the trail names the ticket of either."""
    ticket = write_ticket(session, child, "admin")

    one, (item,) = admin.get(f"{LIST}/{record}").json, listed(admin)

    assert (item, hidden(item), item["ticket_needed"]) == (one, set(), False)
    looks = session.scalars(select(AuditEntry.facts).order_by(AuditEntry.id.desc()).limit(2))
    named = [(name, one[name]) for one in looks for name in ("ticket_id", "ticket_ids") if name in one]
    assert sorted(named) == [("ticket_id", str(ticket)), ("ticket_ids", [str(ticket)])]


def test_an_open_case_of_harm_is_leave_for_the_list_too(
    admin: Client, worker: Client, child: UUID, record: UUID, session: Session
) -> None:
    """S-95, S-98: of records and of follow-ups, as for one record."""
    need = {"need": "补课", "due_on": NOON.date().isoformat()}
    assert file_visit(worker, record, write_form(session, KIND), follow_ups=[need]).status_code == 201
    before = admin.get("/v1/follow-ups?whose=area").json["items"]
    told = new_id()
    session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
    values: dict[str, Any] = {"visit_id": told, "told_id": told, "signals": ["flag"], "opened_at": NOON}
    session.add(HarmCase(id=new_id(), area_code=GRID, resident_id=child, **values))
    session.commit()

    (item,), one = listed(admin), admin.get(f"{LIST}/{record}")
    after = admin.get("/v1/follow-ups?whose=area").json["items"]

    assert (item, hidden(item)) == (one.json, set())
    assert (len(before), len(after)) == (0, 1)
    assert hidden(listed(worker)[0]) == OF_THE_CARE, "it is the admins' leave"


def test_place_cursor_and_filters_tell_nothing_of_it(
    admin: Client, child: UUID, record: UUID, session: Session
) -> None:
    """S-95: the longest overdue comes last, where its day cannot be told from any other."""
    write_care(session, next_due_on=TODAY)
    second = write_care(
        session, resident_id=child, category=CareCategory.DISABLED, next_due_on=TODAY - timedelta(days=90)
    )

    pages, cursors, query = [], [], {"limit": 1}
    while True:
        answer = admin.get(LIST, query_string=query).json
        pages += [item["id"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursors.append(answer["next_cursor"])
        query["cursor"] = answer["next_cursor"]

    assert pages[1:] == sorted([str(record), str(second)])
    keys = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)).decode() for one in cursors]
    assert [key[5:15] for key in keys] == [TODAY.isoformat(), "9999-12-31"]
    assert listed(admin, category=KIND.value) == []
    assert [item["resident_id"] for item in listed(admin, due_by=TODAY.isoformat())] == [
        str(named("resident"))
    ]
    write_ticket(session, child, "admin")
    assert [item["id"] for item in listed(admin)][:2] == [str(second), str(record)]
    assert [item["id"] for item in listed(admin, category=KIND.value)] == [str(record)]


def test_the_worker_sees_when_he_is_to_go_and_no_more(worker: Client, record: UUID, session: Session) -> None:
    """S-95: his ticket is over after a while; the child is to be visited all the same."""
    write_care(session, next_due_on=TODAY)

    first = listed(worker, due_by=TODAY.isoformat())[0]

    assert (first["id"], hidden(first)) == (str(record), OF_THE_CARE)
    assert (first["next_due_on"], first["overdue_days"]) == ("2026-12-22", 40)
    assert worker.get(f"{LIST}/{record}").json["code"] == "ticket_needed"
    assert listed(worker, category=KIND.value) == []


def test_who_opens_and_ends_it_reads_no_more_by_that(admin: Client, child: UUID, session: Session) -> None:
    """S-95: sent again later, it would tell of the visits since."""
    path, worker_id = f"{LIST}/{new_id()}", str(person("worker").user_id)
    body = {"resident_id": str(child), "category": KIND.value, "level": "low", "worker_id": worker_id}
    body["reason"] = "父母外出"
    first = admin.put(path, json=body)
    session.execute(update(CareRecord).values(last_visited_on=TODAY, next_due_on=TODAY))
    session.commit()

    again, ended = (
        admin.put(path, json=body),
        admin.post(f"{path}/end", json={"ended_on": TODAY.isoformat(), "why": "not_in_category"}),
    )

    assert (first.status_code, again.status_code, ended.status_code) == (201, 200, 200)
    assert first.json == again.json == ended.json | {"ended_on": None}
    assert hidden(again.json) == OF_THE_CARE | WHEN_DUE
