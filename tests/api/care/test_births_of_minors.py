"""What the roster shows of minors without a ticket: that they are, and not the day they were born."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import AuditEntry, CareCategory, HarmCase, ViewingTicket
from tests.care_world import write_care
from tests.cast import GRID, named, person
from tests.child_world import write_child, write_guarded_child, write_ticket
from tests.client import Client

HOME = f"/v1/households/{named('household home')}/residents"


def born(client: Client, resident: UUID) -> tuple[str | None, str]:
    """Give day of birth and age group, which one resident and the list of his household show alike."""
    one = client.get(f"/v1/residents/{resident}").json
    (listed,) = (row for row in client.get(HOME).json["items"] if row["id"] == str(resident))
    assert one == listed
    return one["birth_date"], one["age_group"]


@pytest.mark.parametrize("name", ["worker", "admin", "lead", "colleague"])
def test_without_a_ticket_staff_see_the_age_group_alone(app: Flask, session: Session, name: str) -> None:
    """S-95: of whoever is not eighteen today; of grown-ups as before."""
    staff, today = Client(app, person(name)), business_day()
    child = write_child(session)
    youth = write_child(session, date(today.year - 17, 1, 1))
    grown = write_child(session, today.replace(year=today.year - 18))

    assert born(staff, child) == (None, "child")
    assert born(staff, youth) == (None, "minor")
    assert born(staff, grown) == (today.replace(year=today.year - 18).isoformat(), "adult")


def test_with_a_ticket_the_day_is_seen_and_the_trail_names_it(worker: Client, session: Session) -> None:
    """S-95: as long as it is good."""
    child = write_child(session)
    ticket = write_ticket(session, child, "worker")

    assert born(worker, child) == ("2016-06-01", "child")
    looks = session.scalars(select(AuditEntry.facts).order_by(AuditEntry.id.desc()).limit(2)).all()
    named = [(name, one[name]) for one in looks for name in ("ticket_id", "ticket_ids") if name in one]
    assert sorted(named) == [("ticket_id", str(ticket)), ("ticket_ids", [str(ticket)])]
    session.get_one(ViewingTicket, ticket).expires_at = now() - timedelta(seconds=1)
    session.commit()
    assert born(worker, child) == (None, "child")


def test_an_open_case_of_harm_is_the_admins_leave(worker: Client, admin: Client, session: Session) -> None:
    """S-95, S-98: and nobody else's."""
    child, visit_like = write_child(session), new_id()
    session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
    session.add(
        HarmCase(
            id=new_id(),
            area_code=GRID,
            resident_id=child,
            visit_id=visit_like,
            told_id=visit_like,
            signals=["flag"],
            opened_at=now(),
        )
    )
    session.commit()

    assert (born(admin, child)[0], born(worker, child)[0]) == ("2016-06-01", None)


def test_at_home_the_day_is_seen_as_before(resident: Client, session: Session) -> None:
    assert born(resident, write_child(session)) == ("2016-06-01", "child")


def test_the_leave_that_came_with_the_care_ends_with_it(
    worker: Client, admin: Client, session: Session
) -> None:
    """S-95: at once, and not when its days are over; one for another purpose stays."""
    child = write_guarded_child(session)
    body = {"resident_id": str(child), "category": "left_behind_child", "level": "general"}
    paths = [f"/v1/care-records/{new_id()}" for _ in range(2)]
    more = {"worker_id": str(person("worker").user_id), "every_days": 31, "reason": "父母外出"}
    assert admin.put(paths[0], json=body | more).status_code == 201
    other = write_care(session, resident_id=child, category=CareCategory.DISABLED)
    given = session.scalars(select(ViewingTicket)).one()
    assert given.expires_at is not None
    assert given.expires_at - given.asked_at == timedelta(days=90)

    def end(path: str) -> str | None:
        answer = admin.post(f"{path}/end", json={"ended_on": business_day().isoformat(), "why": "other"})
        assert answer.status_code == 200, answer.text
        return born(worker, child)[0]

    write_ticket(session, child, "admin")
    first = end(f"/v1/care-records/{other}")
    last = end(paths[0])

    assert (first, last) == ("2016-06-01", None)
    assert born(admin, child)[0] == "2016-06-01"


def test_a_leave_he_asked_for_in_the_same_words_does_not_end_with_the_care(
    worker: Client, admin: Client, session: Session
) -> None:
    """S-95: what an admin approved for its own reasons is known by who asked, not by its words."""
    child = write_guarded_child(session)
    path = f"/v1/care-records/{new_id()}"
    body = {"resident_id": str(child), "category": "left_behind_child", "level": "general", "every_days": 31}
    more = {"worker_id": str(person("worker").user_id), "reason": "父母外出"}
    care = admin.put(path, json=body | more)
    given = session.scalars(select(ViewingTicket)).one()
    ticket = f"/v1/viewing-tickets/{new_id()}"
    asked = worker.put(ticket, json={"resident_id": str(child), "purpose": given.purpose, "days": 5})
    approved = admin.post(f"{ticket}/decide", json={"approved": True})
    ended = admin.post(f"{path}/end", json={"ended_on": business_day().isoformat(), "why": "other"})

    assert [one.status_code for one in (care, asked, approved, ended)] == [201, 201, 200, 200]
    assert born(worker, child)[0] == "2016-06-01"
