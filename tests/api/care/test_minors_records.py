"""Reading a minor's record: with an approved ticket that is still good, and each look on record."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import AuditEntry, CareCategory, FollowUp, Grant, ViewingTicket
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.cast import named, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Answer, Client
from tests.trail import entries_of

KIND = CareCategory.LEFT_BEHIND_CHILD


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child whose guardian agreed to visits."""
    return write_guarded_child(session)


@pytest.fixture
def paths(worker: Client, session: Session, child: UUID) -> list[str]:
    """Give where the child's record, its visits, and one visit with its follow-up are read."""
    record = write_care(session, resident_id=child, category=KIND)
    need = {"need": "补课", "due_on": NOON.date().isoformat()}
    filed = file_visit(worker, record, write_form(session, KIND), follow_ups=[need])
    assert filed.status_code == 201, filed.text
    return [
        f"/v1/care-records/{record}",
        f"/v1/visits?care_record_id={record}",
        f"/v1/visits/{filed.json['id']}",
    ]


def read(client: Client, paths: list[str]) -> list[tuple[int, Any]]:
    answers = [client.get(path) for path in paths]
    return [(answer.status_code, answer.json.get("code")) for answer in answers]


def ask(client: Client, child: UUID, **fields: Any) -> Answer:
    body = {"resident_id": str(child), "purpose": "核对帮扶情况", "days": 7, **fields}
    return client.put(f"/v1/viewing-tickets/{new_id()}", json=body)


def test_without_a_ticket_nobody_reads_it(worker: Client, admin: Client, paths: list[str]) -> None:
    """S-95: no ticket is 403, for the responsible worker as for the admin."""
    assert read(worker, paths) == read(admin, paths) == [(403, "ticket_needed")] * 3


def test_each_look_leaves_its_ticket(worker: Client, child: UUID, paths: list[str], session: Session) -> None:
    """S-95: the audit entry of each view names the ticket."""
    ticket = write_ticket(session, child, "worker")

    assert read(worker, paths) == [(200, None)] * 3
    looks = select(AuditEntry.facts).where(
        AuditEntry.actor_id == person("worker").user_id, AuditEntry.action.startswith("GET")
    )
    facts = session.scalars(looks.order_by(AuditEntry.id)).all()
    assert [one["ticket_id"] for one in facts] == [str(ticket)] * 3


@pytest.mark.usefixtures("paths")
def test_a_list_of_needs_names_whose_it_shows_and_by_which_ticket(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    """S-95: also an answer to a step; without leave, or where nothing is there, nobody is named."""
    listed = "/v1/follow-ups?whose=area&done=all"
    need = session.scalars(select(FollowUp.id)).one()
    with entries_of(session) as entries:
        admin.get(listed), worker.get(listed)
        ticket = str(write_ticket(session, child, "admin"))
        admin.get(listed)
        step = {"step_id": str(new_id()), "due_on": "2027-02-20", "reason": "等开学"}
        assert admin.post(f"/v1/follow-ups/{need}/postpone", json=step).json["need"] == "补课"

    named = [
        {name: entry.facts.get(name) for name in ("resident_ids", "resident_id", "ticket_ids", "ticket_id")}
        for entry in entries
    ]
    nobody = dict.fromkeys(("resident_ids", "resident_id", "ticket_ids", "ticket_id"))
    assert named == [
        nobody,
        nobody | {"resident_ids": [str(child)]},
        nobody | {"resident_ids": [str(child)], "ticket_ids": [ticket]},
        nobody | {"resident_id": str(child), "ticket_id": ticket},
    ]


def test_a_ticket_is_over_when_its_time_is(
    worker: Client, child: UUID, paths: list[str], session: Session
) -> None:
    """S-95: expired is 403."""
    write_ticket(session, child, "worker", expires_at=now() + timedelta(minutes=1))

    with set_to(now() + timedelta(minutes=1)):
        assert read(worker, paths) == [(403, "ticket_needed")] * 3


def test_who_decides_is_told_and_who_asked_too(worker: Client, admin: Client, child: UUID) -> None:
    """S-95: nobody looks for tickets that wait; a notice names neither the child nor the purpose."""
    ticket_id = ask(worker, child).json["id"]
    waiting = admin.get("/v1/me/notices").json["items"]
    for _ in range(2):
        admin.post(f"/v1/viewing-tickets/{ticket_id}/decide", json={"approved": True})
    answered = worker.get("/v1/me/notices").json["items"]

    for told, what in ((waiting, "ticket_asked"), (answered, "ticket_approved")):
        assert [one["data"] for one in told if one["kind"] == "approval"] == [
            {"what": what, "ticket_id": ticket_id}
        ]


def test_another_admin_approves_and_nobody_his_own(
    be: Any, admin: Client, child: UUID, paths: list[str]
) -> None:
    """S-95: the asker cannot approve; a refused ticket opens nothing."""
    own, workers = ask(admin, child), ask(be("worker"), child)

    path = f"/v1/viewing-tickets/{own.json['id']}/decide"
    refused = admin.post(path, json={"approved": True})
    assert (own.status_code, refused.status_code, refused.json["code"]) == (201, 403, "own_ticket")
    assert read(be("worker"), paths[:1]) == [(403, "ticket_needed")]
    path = f"/v1/viewing-tickets/{workers.json['id']}/decide"
    approved, otherwise = (
        admin.post(path, json={"approved": True}),
        admin.post(path, json={"approved": False}),
    )
    assert (approved.status_code, approved.json["approved"]) == (200, True)
    assert (otherwise.status_code, otherwise.json["code"]) == (409, "illegal_step")
    assert read(be("worker"), paths) == [(200, None)] * 3
    assert read(admin, paths[:1]) == [(403, "ticket_needed")]


def test_where_nobody_else_is_admin_the_office_decides(be: Any, child: UUID, paths: list[str]) -> None:
    """S-95: one admin alone would read nothing of a minor, ever; he does not decide for himself either."""
    admin, county = be("admin"), be("county")
    workers, own = ask(be("worker"), child), ask(admin, child)
    told = county.get("/v1/me/notices").json["items"]

    assert [one.json["office_decides"] for one in (workers, own)] == [False, True]
    assert [one["data"]["ticket_id"] for one in told if one["kind"] == "approval"] == [own.json["id"]]
    assert [one["id"] for one in county.get("/v1/viewing-tickets").json["items"]] == [own.json["id"]]
    assert decide(admin, own) == (403, "own_ticket")
    assert decide(be("far_county"), own) == decide(county, workers) == (404, "not_found")
    assert decide(county, own) == (200, None)
    assert read(admin, paths) == [(200, None)] * 3
    assert {status for status, _ in read(county, paths)} == {403}, "deciding is not reading"


def test_the_city_decides_where_the_county_has_no_officer(be: Any, child: UUID, session: Session) -> None:
    session.execute(update(Grant).where(Grant.user_id == person("county").user_id).values(ended_at=now()))
    session.commit()

    own = ask(be("admin"), child)

    told = be("city").get("/v1/me/notices").json["items"]
    assert [one["data"] for one in told if one["kind"] == "approval"] == [
        {"what": "ticket_asked", "ticket_id": own.json["id"]}
    ]
    assert decide(be("city"), own) == (200, None)


def test_what_nobody_decided_on_for_a_week_is_over(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    """S-95: an approval weeks later would open a record for a purpose that is none any more."""
    start = now()
    with set_to(start):
        first, second = ask(worker, child), ask(worker, child)
    assert first.json["decide_by"] == (start + timedelta(days=7)).isoformat()

    with set_to(start + timedelta(days=7, seconds=-1)):
        assert decide(admin, first) == (200, None)
    with set_to(start + timedelta(days=7)):
        assert decide(admin, first) == (200, None), "decided on in time; sent again it is the same"
        assert decide(admin, second) == (409, "ticket_over")
        assert decide(admin, ask(worker, child)) == (200, None)
    assert session.get_one(ViewingTicket, UUID(second.json["id"])).approved is None


def decide(client: Client, ticket: Answer) -> tuple[int, Any]:
    answer = client.post(f"/v1/viewing-tickets/{ticket.json['id']}/decide", json={"approved": True})
    return answer.status_code, answer.json.get("code")


def test_a_refused_ticket_opens_nothing(
    worker: Client, child: UUID, paths: list[str], session: Session
) -> None:
    write_ticket(session, child, "worker", approved=False)

    assert read(worker, paths[:1]) == [(403, "ticket_needed")]


def test_the_care_of_a_minor_comes_with_a_ticket(
    admin: Client, worker: Client, child: UUID, session: Session
) -> None:
    """S-95: whoever is assigned holds a ticket, approved by whoever assigned him."""
    body = {"resident_id": str(child), "worker_id": str(person("worker").user_id)}
    body |= {"category": KIND, "level": "low", "reason": "父母外出"}
    made = admin.put(f"/v1/care-records/{new_id()}", json=body)

    assert made.status_code == 201, made.text
    assert worker.get(f"/v1/care-records/{made.json['id']}").status_code == 200
    (ticket,) = session.scalars(select(ViewingTicket))
    assert (ticket.user_id, ticket.decided_by) == (person("worker").user_id, person("admin").user_id)


def test_what_minors_need_is_listed_for_its_owner_only(
    worker: Client, admin: Client, child: UUID, paths: list[str], session: Session
) -> None:
    """S-95: an admin's list of the area leaves out minors for whom he has no ticket."""
    assert len(paths) == 3
    own = worker.get("/v1/follow-ups").json["items"]
    area = admin.get("/v1/follow-ups?whose=area").json["items"]
    write_ticket(session, child, "admin")
    with_ticket = admin.get("/v1/follow-ups?whose=area").json["items"]

    assert [len(one) for one in (own, area, with_ticket)] == [1, 0, 1]


def test_adults_need_no_ticket(worker: Client, session: Session) -> None:
    refused, record = ask(worker, named("resident")), write_care(session)

    assert (refused.status_code, refused.json["code"]) == (422, "not_a_minor")
    assert worker.get(f"/v1/care-records/{record}").status_code == 200
