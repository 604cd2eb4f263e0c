"""Inspections, reports and steps at the same moment, on the real database."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    Checklist,
    Hazard,
    HazardEvent,
    HazardSource,
    HazardStatus,
    Inspection,
    InspectionAnswer,
    Notice,
    PhotoLink,
    RectificationNotice,
)
from tests.cast import person
from tests.client import Answer, Client
from tests.hazard_world import (
    CODES,
    count,
    inspection_body,
    of_item,
    problem,
    report_body,
    write_checklist,
    write_hazard,
)
from tests.races.together import at_once

_TABLES = (
    "rectification_notices",
    "inspection_answers",
    "hazard_events",
    "hazards",
    "inspections",
    "photo_links",
    "notices",
    "checklist_items",
    "checklists",
)
"""Everything these tests commit; no other test leaves rows in them."""
COPIES = 30


@pytest.fixture
def session(app: Flask, engine: Engine) -> Iterator[Session]:
    """Give a session that commits; empty the tables afterwards, past the trigger that keeps history."""
    assert app
    with Session(engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
        made.execute(text("SET LOCAL session_replication_role = replica"))
        for table in _TABLES:
            made.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
        made.commit()


def be(app: Flask, name: str) -> Client:
    return Client(app, person(name))


def one_new(answers: list[Answer]) -> None:
    assert sorted(answer.status_code for answer in answers) == [200] * (len(answers) - 1) + [201]
    assert all(answer.json == answers[0].json for answer in answers)


def test_twenty_copies_of_an_inspection_are_one(app: Flask, session: Session) -> None:
    path = f"/v1/inspections/{new_id()}"
    checklist = write_checklist(session)
    body = inspection_body(checklist, _1=problem(photo_ids=[str(new_id())]), _2=problem())

    one_new(at_once([partial(be(app, "worker").put, path, json=body) for _ in range(20)]))

    tables = (Inspection, InspectionAnswer, Hazard, HazardEvent, PhotoLink)
    assert [count(session, table) for table in tables] == [1, 3, 2, 2, 2]
    assert set(session.scalars(select(Hazard.recurrences))) == {0}


def test_twenty_copies_of_a_report_are_one(app: Flask, session: Session) -> None:
    path = f"/v1/hazards/{new_id()}"
    body = report_body(photo_ids=[str(new_id())])

    one_new(at_once([partial(be(app, "resident").put, path, json=body) for _ in range(20)]))

    assert [count(session, table) for table in (Hazard, HazardEvent, PhotoLink)] == [1, 1, 1]


def test_two_inspections_of_one_item_raise_one_hazard(app: Flask, session: Session) -> None:
    checklist = write_checklist(session)
    names = ["worker", "colleague"]

    answers = at_once([partial(_find, app, name, checklist, _1=problem(name)) for name in names])

    assert [answer.status_code for answer in answers] == [201, 201]
    hazard = session.scalars(select(Hazard)).one()
    assert hazard.recurrences == 1
    found = [answer.json["answers"][0] for answer in answers]
    assert {answer["hazard_id"] for answer in found} == {str(hazard.id)}
    assert sorted(answer["recurrence"] for answer in found) == [False, True]
    history = select(HazardEvent.number, HazardEvent.step).order_by(HazardEvent.number)
    assert session.execute(history).all() == [(1, "report"), (2, "recur")]
    assert count(session, Notice) == 2, "who found it first, and the admin"


def test_many_inspections_of_many_items_wait_for_each_other_in_order(app: Flask, session: Session) -> None:
    checklist = write_checklist(session)
    forwards = inspection_body(checklist, _1=problem(), _2=problem(), _3=problem())
    backwards = {**forwards, "answers": forwards["answers"][::-1]}

    answers = at_once(
        [
            partial(be(app, "worker").put, f"/v1/inspections/{new_id()}", json=body)
            for body in [forwards, backwards] * 6
        ]
    )

    assert [answer.status_code for answer in answers] == [201] * 12
    assert list(session.scalars(select(Hazard.recurrences))) == [11, 11, 11]
    assert count(session, HazardEvent) == 36


def test_inspections_by_two_versions_wait_for_each_other_in_order(app: Flask, session: Session) -> None:
    older = write_checklist(session)
    newer = write_checklist(session, codes=CODES[::-1], code=older.code, version=2)
    bodies = [inspection_body(one, _1=problem(), _2=problem(), _3=problem()) for one in (older, newer)]

    answers = at_once(
        [partial(be(app, "worker").put, f"/v1/inspections/{new_id()}", json=body) for body in bodies * 6]
    )

    assert [answer.status_code for answer in answers] == [201] * 12
    assert list(session.scalars(select(Hazard.recurrences))) == [11, 11, 11]
    assert count(session, HazardEvent) == 36


def test_a_hazard_closed_meanwhile_is_joined_or_raised_anew(app: Flask, session: Session) -> None:
    checklist = write_checklist(session)
    item = of_item(checklist, 1)
    for _ in range(5):
        old = write_hazard(session, HazardStatus.RECTIFIED, **item)
        close = partial(be(app, "admin").step, f"/v1/hazards/{old.id}/verify", {"passed": True})

        closed, found = at_once([close, partial(_find, app, "colleague", checklist, _1=problem())])

        assert (closed.status_code, found.status_code) == (200, 201)
        answer = found.json["answers"][0]
        session.refresh(old)
        assert old.status is HazardStatus.CLOSED
        assert answer["recurrence"] == (answer["hazard_id"] == str(old.id)) == (old.recurrences == 1)
        open_now = Hazard.item_id == item["item_id"], Hazard.status != HazardStatus.CLOSED
        left = list(session.scalars(select(Hazard).where(*open_now)))
        assert len(left) == (not answer["recurrence"])
        for hazard in left:
            hazard.status = HazardStatus.CLOSED
        session.commit()


def test_inspections_and_merges_lock_what_stands_for_items_in_one_order(app: Flask, session: Session) -> None:
    """By the ids of hazards, whichever way the keys of the items go that were merged into them."""
    checklist = write_checklist(session)
    first, second = sorted((write_hazard(session) for _ in range(2)), key=lambda row: row.id)
    for position, kept in ((1, second), (2, first)):
        of = of_item(checklist, position) | {"duplicate_of_id": kept.id}
        write_hazard(session, HazardStatus.DUPLICATE, **of)
    before, body = count(session, Hazard), {"duplicate_of_id": str(second.id)}
    merge = partial(be(app, "admin").step, f"/v1/hazards/{first.id}/duplicate", body)
    finds = [partial(_find, app, "worker", checklist, _1=problem(), _2=problem()) for _ in range(6)]

    answers = at_once([*finds[:3], merge, *finds[3:]])

    assert sorted(answer.status_code for answer in answers) == [200, *[201] * 6]
    session.refresh(first)
    session.refresh(second)
    assert first.recurrences + second.recurrences == 12
    assert count(session, Hazard) == before, "none was raised anew"


def test_thirty_copies_of_a_step_are_taken_once(app: Flask, session: Session) -> None:
    hazard = write_hazard(session, source=HazardSource.STAFF)
    path, step_id = f"/v1/hazards/{hazard.id}/accept", new_id()

    answers = at_once(
        [partial(be(app, "admin").step, path, {"level": "major"}, step_id) for _ in range(COPIES)]
    )

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json == answers[0].json for answer in answers)
    told = count(session, HazardEvent), count(session, Notice)
    assert told == (1, 2), "who reported it, and the county of a major one"


def test_one_name_for_steps_of_many_hazards_is_one_step(app: Flask, session: Session) -> None:
    hazards, step_id = [write_hazard(session, source=HazardSource.STAFF) for _ in range(6)], new_id()

    answers = at_once(
        [partial(be(app, "admin").step, f"/v1/hazards/{one.id}/accept", {}, step_id) for one in hazards]
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"other_content"}
    accepted = select(func.count()).where(Hazard.status == HazardStatus.ACCEPTED)
    assert (session.scalar(accepted), count(session, HazardEvent)) == (1, 1)


def test_of_two_assignments_one_holds(app: Flask, session: Session) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    path = f"/v1/hazards/{hazard.id}/assign"
    bodies = [{"assignee_id": str(person(name).user_id)} for name in ("worker", "colleague")]

    answers = at_once([partial(be(app, "admin").step, path, body) for body in bodies])

    _one_assigned(session, hazard, bodies, answers)


@pytest.mark.parametrize("second", ["colleague", "lead"])
def test_of_two_reassignments_one_holds(app: Flask, session: Session, second: str) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING, due_at=now())
    path, former_id = f"/v1/hazards/{hazard.id}/assign", str(person("worker").user_id)
    bodies = [
        {"assignee_id": str(person(name).user_id), "former_id": former_id, "note": note}
        for name, note in (("lead", "病了"), (second, "出差了"))
    ]

    answers = at_once([partial(be(app, "admin").step, path, body) for body in bodies])

    _one_assigned(session, hazard, bodies, answers)


def _one_assigned(
    session: Session, hazard: Hazard, bodies: list[dict[str, str]], answers: list[Answer]
) -> None:
    """Assert that one of two assignments was taken, and that the other was told of it."""
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    winner = next(body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200)
    loser = next(answer for answer in answers if answer.status_code == 409)
    session.refresh(hazard)
    assert hazard.assignee_id == UUID(winner["assignee_id"])
    assert loser.json["code"] == "assignee_changed"
    assert count(session, HazardEvent) == 1


def test_two_hazards_are_not_duplicates_of_each_other(app: Flask, session: Session) -> None:
    one, two = write_hazard(session), write_hazard(session)

    answers = at_once(
        [
            partial(be(app, "admin").step, f"/v1/hazards/{a.id}/duplicate", {"duplicate_of_id": str(b.id)})
            for a, b in ((one, two), (two, one))
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [200, 422]
    duplicates = select(func.count()).where(Hazard.status == HazardStatus.DUPLICATE)
    assert session.scalar(duplicates) == 1


def test_notices_given_at_once_have_numbers_without_a_gap(app: Flask, session: Session) -> None:
    hazards = [write_hazard(session, HazardStatus.ASSIGNED, due_at=now() + timedelta(3)) for _ in range(6)]
    body = {"addressee": "车间负责人", "contact": "社区办公室"}
    twice = {"step_id": str(new_id()), **body}
    calls: list[Callable[[], Answer]] = [
        partial(be(app, "admin").step, f"/v1/hazards/{hazard.id}/notice", body) for hazard in hazards
    ]
    path = (
        f"/v1/hazards/{write_hazard(session, HazardStatus.ASSIGNED, due_at=now() + timedelta(3)).id}/notice"
    )
    calls += [partial(be(app, "admin").post, path, json=twice) for _ in range(4)]

    answers = at_once(calls)

    assert {answer.status_code for answer in answers} == {200}
    numbers = set(session.scalars(select(RectificationNotice.number)))
    assert numbers == set(range(1, 8))
    assert count(session, RectificationNotice) == 7


def _find(app: Flask, name: str, checklist: Checklist, **odd: Any) -> Answer:
    """File an inspection of the block as somebody."""
    return be(app, name).put(f"/v1/inspections/{new_id()}", json=inspection_body(checklist, **odd))
