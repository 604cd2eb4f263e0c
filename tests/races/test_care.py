from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session

from app import visits
from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    CareEvent,
    CareRecord,
    Confirmation,
    FollowUp,
    Notice,
    NoticeKind,
    PhotoLink,
    Resident,
    Visit,
    VisitForm,
)
from tests.care_world import visit, write_care, write_form, write_resident
from tests.cast import acting, person
from tests.client import Client
from tests.races.together import Step, at_once, one_inside_the_other
from tests.sealer import SEALER


@dataclass(frozen=True)
class World:
    """What these tests commit, and remove again."""

    resident_id: UUID
    record_id: UUID
    form_id: UUID

    def visit(self, **fields: Any) -> dict[str, Any]:
        """Give the body of a visit just now."""
        return visit(self.record_id, self.form_id, **{"captured_at": now().isoformat()} | fields)


@pytest.fixture
def committed(app: Flask, engine: Engine) -> Iterator[World]:
    """Commit a resident in care and a form; remove them and what came of them afterwards."""
    assert app
    with Session(engine) as session:
        resident_id = write_resident(session)
        record_id = write_care(
            session, resident_id=resident_id, started_on=business_day() - timedelta(days=7)
        )
        world = World(resident_id, record_id, write_form(session))
    yield world
    with Session(engine) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # its changes are append-only
        opened = select(CareRecord.id).where(CareRecord.resident_id == resident_id)
        session.execute(delete(CareEvent).where(CareEvent.care_record_id.in_(opened)))
        made = list(session.scalars(select(Visit.id).where(Visit.form_id == world.form_id)))
        for table, clause in (
            (FollowUp, FollowUp.visit_id.in_(made)),
            (PhotoLink, PhotoLink.record_id.in_(made)),
            (Notice, Notice.kind.in_([NoticeKind.VISIT_URGENT, NoticeKind.FOLLOW_UP_ASSIGNED])),
            (Visit, Visit.id.in_(made)),
            (CareRecord, CareRecord.resident_id == resident_id),
            (VisitForm, VisitForm.id == world.form_id),
            (Resident, Resident.id == resident_id),
        ):
            session.execute(delete(table).where(clause))
        session.commit()


def _client(app: Flask, name: str) -> Client:
    return Client(app, person(name))


def test_twenty_copies_of_a_visit_are_one_visit(app: Flask, engine: Engine, committed: World) -> None:
    path = f"/v1/visits/{new_id()}"
    need = {"need": "送医", "due_on": business_day().isoformat(), "urgent": True}
    body = committed.visit(outcome="emergency", follow_ups=[need], photo_ids=[str(new_id())])

    answers = at_once([partial(_client(app, "worker").put, path, json=body) for _ in range(20)])

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert all(answer.json == answers[0].json for answer in answers)
    with Session(engine) as session:
        for clause in (
            Visit.form_id == committed.form_id,
            FollowUp.visit_id == UUID(path.rsplit("/", 1)[1]),
            PhotoLink.photo_id == UUID(body["photo_ids"][0]),
            Notice.data["care_record_id"].astext == str(committed.record_id),
        ):
            assert session.scalar(select(func.count()).where(clause)) == 1


def test_different_visits_at_once_all_count_and_the_last_decides(
    app: Flask, engine: Engine, committed: World
) -> None:
    hours = list(range(0, 96, 8))
    at = now()
    bodies = [committed.visit(captured_at=(at - timedelta(hours=ago)).isoformat()) for ago in hours]

    answers = at_once(
        [partial(_client(app, "worker").put, f"/v1/visits/{new_id()}", json=body) for body in bodies]
    )

    assert [answer.status_code for answer in answers] == [201] * len(hours)
    latest = business_day(at)
    with Session(engine) as session:
        record = session.get_one(CareRecord, committed.record_id)
        assert (record.last_visited_on, record.next_due_on) == (latest, latest + timedelta(days=7))


def test_twenty_admins_open_one_record(app: Flask, engine: Engine, committed: World) -> None:
    body = {
        "resident_id": str(committed.resident_id),
        "category": "disabled",
        "level": "low",
        "worker_id": str(person("worker").user_id),
        "reason": "独居",
    }

    answers = at_once(
        [partial(_client(app, "admin").put, f"/v1/care-records/{new_id()}", json=body) for _ in range(20)]
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"care_open"}
    with Session(engine) as session:
        opened = select(func.count()).where(CareRecord.resident_id == committed.resident_id)
        assert session.scalar(opened) == 2


def test_of_a_yes_and_a_no_at_once_the_first_holds(app: Flask, engine: Engine, committed: World) -> None:
    """A guardian and whoever acts for the same person both hold a phone."""
    made = new_id()
    sent = _client(app, "worker").put(f"/v1/visits/{made}", json=committed.visit())
    assert sent.status_code == 201, sent.json
    him = replace(acting("resident"), resident_id=committed.resident_id)

    def says(said: Confirmation) -> Step:
        return lambda session: visits.answer(session, him, SEALER, made, new_id(), said=said, word="")

    with pytest.raises(visits.VisitAnsweredError):
        one_inside_the_other(engine, says(Confirmation.CONFIRMED), says(Confirmation.DENIED))

    with Session(engine) as session:
        assert session.get_one(Visit, made).confirmation is Confirmation.CONFIRMED


def test_of_visits_that_name_one_signature_at_once_one_has_it(app: Flask, committed: World) -> None:
    body = committed.visit(signature_id=str(new_id()))

    answers = at_once(
        [partial(_client(app, "worker").put, f"/v1/visits/{new_id()}", json=body) for _ in range(8)]
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {one.json["code"] for one in answers if one.status_code == 409} == {"signature_used"}
