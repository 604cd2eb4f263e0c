"""Whom to call in an emergency: kept with the care, sealed, and at hand on the spot."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock, retention
from app.clock import business_day
from app.config import RetentionSettings
from app.ids import new_id
from app.models import CareRecord, HarmCase
from tests.breaking import break_sealed
from tests.care_world import NOON, TODAY, write_care, write_not_reached
from tests.cast import GRID, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Answer, Client
from tests.trail import entries_of

SON = {"name": "赵强", "relation": "儿子", "phone": "10000107701"}
SISTER = {"name": "王桂香", "relation": "妹妹", "phone": "07150000001"}


def tell(client: Client, record: UUID, *contacts: dict[str, str], **sent: Any) -> Answer:
    """Say whom to call."""
    body = {"step_id": str(new_id()), "contacts": list(contacts), **sent}
    return client.post(f"/v1/care-records/{record}/contacts", json=body)


def known(client: Client, record: UUID) -> list[dict[str, str]]:
    """Give who is to be called."""
    answer = client.get(f"/v1/care-records/{record}/contacts")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json["contacts"]
    return found


def test_they_stand_in_the_order_in_which_they_are_to_be_called(
    worker: Client, admin: Client, record: UUID
) -> None:
    assert tell(worker, record, SON).status_code == 200
    assert tell(admin, record, SISTER, SON).json["contacts"] == [SISTER, SON]

    assert known(worker, record) == [SISTER, SON]
    assert tell(worker, record).json["contacts"] == []
    assert known(admin, record) == []


def test_they_are_sealed_and_the_history_says_only_how_many(
    session: Session, worker: Client, record: UUID
) -> None:
    tell(worker, record, SON)
    tell(worker, record, SON, SISTER)

    row = session.get_one(CareRecord, record, populate_existing=True)
    assert row.contacts_sealed is not None
    assert SON["phone"].encode() not in row.contacts_sealed
    steps = worker.get(f"/v1/care-records/{record}/history").json["items"]
    assert [(one["step"], one["data"]) for one in steps] == [
        ("contacts", {"before": {"contacts": "1"}, "now": {"contacts": "2"}}),
        ("contacts", {"before": {"contacts": "0"}, "now": {"contacts": "1"}}),
    ]


def test_each_look_stands_in_the_trail(session: Session, worker: Client, record: UUID) -> None:
    tell(worker, record, SON)
    with entries_of(session) as entries:
        known(worker, record)

    (entry,) = entries
    assert (entry.action, entry.object_id) == ("GET /v1/care-records/<uuid:record_id>/contacts", record)


def test_only_who_reads_the_care_record_reads_them(
    session: Session, worker: Client, admin: Client, record: UUID, be: Any
) -> None:
    """S-95: of a minor by ticket only."""
    tell(worker, record, SON)
    child = write_care(session, resident_id=write_guarded_child(session))
    assert tell(admin, child, SON).status_code == 200

    assert be("colleague").get(f"/v1/care-records/{record}/contacts").status_code == 403
    refused = worker.get(f"/v1/care-records/{child}/contacts")
    assert (refused.status_code, refused.json["code"]) == (403, "ticket_needed")
    write_ticket(session, session.get_one(CareRecord, child).resident_id, "worker")
    assert known(worker, child) == [SON]


def test_who_is_to_call_today_has_them_with_the_draft_also_before_the_first_visit(
    session: Session, worker: Client, record: UUID
) -> None:
    tell(worker, record, SON)
    session.execute(update(CareRecord).values(next_due_on=TODAY))
    session.commit()

    with entries_of(session) as entries:
        (draft,) = worker.get("/v1/me/today").json["visit_drafts"]

    assert (draft["care_record_id"], draft["contacts"]) == (str(record), [SON])
    assert worker.get(f"/v1/care-records/{record}/visit-draft").json["contacts"] == [SON]
    row = session.get_one(CareRecord, record)
    assert [one.facts["resident_ids"] for one in entries] == [[str(row.resident_id)]]


@pytest.mark.parametrize(
    "contacts, at",
    [
        ([SON, SON, SON, SON], ["contacts"]),
        ([SON | {"phone": "12"}], ["contacts", "0", "phone"]),
        ([SON | {"phone": "7150000001"}], ["contacts", "0", "phone"]),
        ([SON | {"name": ""}], ["contacts", "0", "name"]),
    ],
)
def test_what_is_no_contact_is_named_where_it_stands(
    worker: Client, record: UUID, contacts: list[dict[str, str]], at: list[str]
) -> None:
    refused = tell(worker, record, *contacts)

    assert refused.status_code == 422
    told = refused.json["errors"]
    for step in at:
        told = told[step]
    assert told


def test_a_number_may_be_written_as_on_paper(worker: Client, record: UUID) -> None:
    answer = tell(worker, record, SISTER | {"phone": "0715-0000 001"})

    assert answer.json["contacts"] == [SISTER]


def test_thirty_days_after_the_care_they_are_gone_but_where_a_child_was_harmed(
    session: Session, worker: Client, admin: Client, record: UUID, form: UUID
) -> None:
    """S-81: numbers of people who have no share in the care."""
    tell(worker, record, SON)
    child = write_care(session, resident_id=write_guarded_child(session))
    tell(admin, child, SON)
    visit = write_not_reached(session, child, form)
    session.add(
        HarmCase(
            id=new_id(),
            area_code=GRID,
            resident_id=session.get_one(CareRecord, child).resident_id,
            visit_id=visit,
            told_id=visit,
            signals=["flag"],
            opened_at=NOON,
            opened_by=person("worker").user_id,
        )
    )
    session.execute(
        update(CareRecord).values(ended_on=business_day() - timedelta(days=30), ended_why="other")
    )
    session.commit()

    def over() -> int:
        (rule,) = (one for one in retention.rules(RetentionSettings()) if one.name == "emergency contacts")
        return retention.apply(session, rule, limit=10)

    assert over() == 0
    with clock.set_to(NOON + timedelta(days=1)):
        assert (over(), over()) == (1, 0)
    assert session.get_one(CareRecord, record, populate_existing=True).contacts_sealed is None
    assert session.get_one(CareRecord, child, populate_existing=True).contacts_sealed is not None


def test_what_does_not_open_any_more_is_said_so(session: Session, worker: Client, record: UUID) -> None:
    tell(worker, record, SON)
    break_sealed(session, "care_records", "contacts_sealed")

    assert [one["name"] for one in known(worker, record)] == ["无法读取"]
