"""Changes of a care record: level, worker, substitute, willingness, end; each kept with its reason."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareCategory, CareEvent, CareLevel, CareRecord, Notice, NoticeKind, ViewingTicket
from tests.care_world import NOON, TODAY, write_care, write_resident
from tests.cast import named, person
from tests.child_world import write_guarded_child
from tests.client import Answer, Client

Become = Callable[[str | None], Client]
WHY = "摔伤后行动不便"


def step(client: Client, record: UUID, verb: str, step_id: UUID | None = None, **body: Any) -> Answer:
    """Take a step of a record, under a fresh id if none is given."""
    return client.post(
        f"/v1/care-records/{record}/{verb}", json={"step_id": str(step_id or new_id()), **body}
    )


def told(session: Session) -> list[tuple[UUID, str]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARE).order_by(Notice.id))
    return [(row.user_id, row.data["what"]) for row in rows]


def will_of(word: str) -> dict[str, Any]:
    return {"willingness": word, "willing_on": TODAY.isoformat(), "willing_speaker": "resident"}


def user(name: str) -> str:
    return str(person(name).user_id)


def history(client: Client, record: UUID) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/care-records/{record}/history")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


@pytest.mark.parametrize(
    "before, after, last, was_due, due",
    [
        (("low", 30), ("high", None), -10, 20, 0),
        (("low", 30), ("high", None), -40, -10, -10),
        (("low", 30), ("medium", None), -10, 20, 4),
        (("low", 30), ("medium", None), -20, 10, 0),
        (("low", 30), ("low", 7), -3, 27, 4),
        (("medium", 10), ("high", 7), -9, 1, 0),
        (("low", 7), ("medium", 14), -5, 2, 2),
        (("high", 7), ("low", None), -3, 4, 27),
        (("high", 7), ("low", 14), None, 0, -16),
        (("low", 10), ("low", 30), -4, 6, 26),
    ],
)
def test_the_next_visit_follows_the_level(
    admin: Client,
    session: Session,
    before: tuple[str, int],
    after: tuple[str, int | None],
    last: int | None,
    was_due: int,
    due: int,
) -> None:
    """At once if raised to high; never later than it was unless lowered; never overdue by the decision."""
    record = write_care(
        session,
        level=CareLevel(before[0]),
        every_days=before[1],
        last_visited_on=None if last is None else TODAY + timedelta(days=last),
        next_due_on=TODAY + timedelta(days=was_due),
    )

    answer = step(admin, record, "level", level=after[0], every_days=after[1], reason=WHY)

    assert answer.status_code == 200, answer.text
    assert date.fromisoformat(answer.json["next_due_on"]) == TODAY + timedelta(days=due)
    assert answer.json["level"] == after[0]


def test_a_change_keeps_what_was_who_when_and_why(be: Become, session: Session) -> None:
    record = write_care(session)
    admin = be("admin")
    step(admin, record, "level", level="medium", reason=WHY)
    step(admin, record, "worker", worker_id=user("colleague"), reason="换了网格")

    worker, level = history(be("colleague"), record)

    assert (level["step"], level["actor_id"], level["day"], level["reason"]) == (
        "level",
        user("admin"),
        TODAY.isoformat(),
        WHY,
    )
    assert level["data"] == {
        "before": {"level": "high", "every_days": "7"},
        "now": {"level": "medium", "every_days": "14"},
    }
    assert worker["data"] == {
        "before": {"worker_id": user("worker")},
        "now": {"worker_id": user("colleague")},
    }
    assert be("worker").get(f"/v1/care-records/{record}/history").json["code"] == "not_responsible"
    assert be("county").get(f"/v1/care-records/{record}/history").status_code == 403


def test_why_is_sealed_and_what_was_changed_cannot_be(admin: Client, session: Session) -> None:
    step(admin, write_care(session), "level", level="medium", reason=WHY)

    (event,) = session.scalars(select(CareEvent))

    assert event.reason_sealed is not None
    assert WHY.encode() not in event.reason_sealed
    session.execute(update(CareEvent).values(reason_sealed=None))
    for sql in ("UPDATE care_events SET day = day - 1", "DELETE FROM care_events"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(sql))


@pytest.mark.parametrize(
    "verb, body, other",
    [
        ("level", {"level": "low", "reason": WHY}, {"level": "medium", "reason": WHY}),
        (
            "worker",
            {"worker_id": user("colleague"), "reason": WHY},
            {"worker_id": user("admin"), "reason": WHY},
        ),
        ("substitute", {"substitute_id": user("colleague")}, {"substitute_id": None}),
        (
            "willingness",
            {"willingness": "refuses", "willing_on": "2027-01-30", "willing_speaker": "resident"},
            {"willingness": "yes", "willing_on": "2027-01-30", "willing_speaker": "resident"},
        ),
    ],
)
def test_a_step_is_taken_once(
    admin: Client, session: Session, verb: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    record, step_id = write_care(session), new_id()

    first = step(admin, record, verb, step_id, **body)
    step(admin, record, "level", level="medium", reason="另一步")
    again = step(admin, record, verb, step_id, **body)
    another = step(admin, record, verb, step_id, **other)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (another.status_code, another.json["code"]) == (409, "other_content")
    assert again.json["level"] == "medium", "a late copy undoes nothing newer"
    assert len(history(admin, record)) == 2


def test_who_gets_care_and_who_gives_it_up_are_told(admin: Client, session: Session) -> None:
    record = write_care(session)

    step(admin, record, "substitute", substitute_id=user("colleague"))
    given = step(admin, record, "worker", worker_id=user("colleague"), reason="换了网格")
    step(admin, record, "substitute", substitute_id=user("worker"))
    gone = step(admin, record, "substitute", substitute_id=None)

    colleague, worker = person("colleague").user_id, person("worker").user_id
    assert told(session) == [
        (colleague, "substitute"),
        (worker, "given_up"),
        (colleague, "given"),
        (worker, "substitute"),
        (worker, "substitute_no_more"),
    ]
    assert (given.json["worker_id"], given.json["substitute_id"]) == (user("colleague"), None)
    assert gone.json["substitute_id"] is None


def test_a_minors_ticket_moves_with_the_care(be: Become, session: Session) -> None:
    """S-95: who gives it up reads it no more."""
    child = write_guarded_child(session)
    body = {
        "resident_id": str(child),
        "category": "left_behind_child",
        "level": "low",
        "worker_id": user("worker"),
        "reason": "父母外出",
    }
    record = new_id()
    assert be("admin").put(f"/v1/care-records/{record}", json=body).status_code == 201
    assert be("worker").get(f"/v1/care-records/{record}").status_code == 200

    answer = step(be("admin"), record, "worker", worker_id=user("colleague"), reason="换了网格")

    assert (answer.status_code, answer.json["ticket_needed"]) == (200, True)
    assert be("colleague").get(f"/v1/care-records/{record}").status_code == 200
    assert be("worker").get(f"/v1/care-records/{record}").json["code"] == "not_responsible"
    good = select(ViewingTicket.user_id).where(ViewingTicket.expires_at > clock.now())
    assert session.scalars(good).all() == [person("colleague").user_id]


@pytest.mark.parametrize(
    "verb, body, code",
    [
        ("level", {"level": "low", "every_days": 31, "reason": WHY}, "too_seldom"),
        ("worker", {"worker_id": user("lead"), "reason": WHY}, "not_staff_here"),
        ("substitute", {"substitute_id": user("far_worker")}, "not_staff_here"),
        ("substitute", {"substitute_id": user("worker")}, "own_substitute"),
        (
            "willingness",
            {"willingness": "yes", "willing_on": "2027-02-01", "willing_speaker": "family"},
            "willing_day",
        ),
    ],
)
def test_what_may_not_be(admin: Client, session: Session, verb: str, body: dict[str, Any], code: str) -> None:
    record = write_care(session)

    answer = step(admin, record, verb, **body)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert history(admin, record) == []


def test_care_that_ended_is_not_changed(admin: Client, session: Session) -> None:
    record = write_care(session, ended_on=TODAY)

    answer = step(admin, record, "level", level="low", reason=WHY)

    assert (answer.status_code, answer.json["code"]) == (409, "illegal_step")


def test_only_the_admin_changes_it_and_the_worker_notes_the_will(be: Become, session: Session) -> None:
    record = write_care(session)
    will: dict[str, Any] = {
        "willingness": "phone_only",
        "willing_on": TODAY.isoformat(),
        "willing_speaker": "resident",
    }

    assert step(be("worker"), record, "level", level="low", reason=WHY).status_code == 403
    assert step(be("colleague"), record, "willingness", **will).json["code"] == "not_responsible"
    answer = step(be("worker"), record, "willingness", **will)

    assert (answer.status_code, answer.json["willingness"], answer.json["willing_speaker"]) == (
        200,
        "phone_only",
        "resident",
    )


def test_who_refuses_is_not_due_but_a_minor_is(be: Become, session: Session) -> None:
    """Minor Protection Law, art. 43; the admin finds who refuses."""
    grown = write_care(session, next_due_on=TODAY - timedelta(days=3))
    young = write_resident(session, birth_date=TODAY.replace(year=TODAY.year - 16))
    minor = write_care(session, resident_id=young, category=CareCategory.DISABLED, next_due_on=TODAY)
    for record in (grown, minor):
        will: dict[str, Any] = {
            "willingness": "refuses",
            "willing_on": TODAY.isoformat(),
            "willing_speaker": "resident",
        }
        assert step(be("worker"), record, "willingness", **will).status_code == 200

    due = be("worker").get("/v1/care-records").json["items"]
    refusing = be("admin").get("/v1/care-records?willingness=refuses").json["items"]

    assert [one["id"] for one in due] == [str(minor)]
    assert [(one["id"], one["overdue_days"]) for one in refusing] == [(str(grown), 0)]


def test_what_was_said_earlier_undoes_nothing_said_later(admin: Client, session: Session) -> None:
    record = write_care(session)
    for day, word in (("2027-01-30", "yes"), ("2027-01-20", "refuses")):
        answer = step(
            admin, record, "willingness", willingness=word, willing_on=day, willing_speaker="resident"
        )

    assert (answer.json["willingness"], answer.json["willing_on"]) == ("yes", "2027-01-30")
    assert len(history(admin, record)) == 2


def test_opening_and_ending_say_why(admin: Client, session: Session) -> None:
    record = new_id()
    body = {
        "resident_id": str(named("resident")),
        "category": "elderly",
        "level": "high",
        "worker_id": user("worker"),
        "substitute_id": user("colleague"),
        "reason": "独居，刚出院",
    }
    first, again = (admin.put(f"/v1/care-records/{record}", json=body) for _ in range(2))
    with clock.set_to(NOON + timedelta(days=1)):
        ended = admin.post(
            f"/v1/care-records/{record}/end", json={"ended_on": "2027-02-01", "why": "moved_away"}
        )
        other = admin.post(f"/v1/care-records/{record}/end", json={"ended_on": "2027-02-01", "why": "died"})

    assert (first.status_code, again.status_code, first.json["substitute_id"]) == (
        201,
        200,
        user("colleague"),
    )
    assert (ended.json["ended_why"], other.json["code"]) == ("moved_away", "illegal_step")
    end, opening = history(admin, record)
    assert (opening["step"], opening["reason"]) == ("open", "独居，刚出院")
    assert opening["data"]["now"]["level"] == "high"
    assert (end["step"], end["day"], end["data"]["now"]["ended_why"]) == ("end", "2027-02-01", "moved_away")
    assert session.get_one(CareRecord, record).ended_why == "moved_away"
