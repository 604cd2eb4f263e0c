"""A visit to a grown-up that tells of harm to a child is absent to staff who live there (ADR 0013)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.clock import business_day
from app.ids import new_id
from app.models import CareCategory, Grant, Notice, NoticeKind, Resident, User, Visit
from app.visits import tell_not_reached, tell_of_follow_ups
from tests.api.care.test_harm_at_home import make_admin
from tests.api.care.test_harm_told import Write, follow_up, visit_to_an_adult
from tests.care_world import NOON, file_visit, write_care, write_form, write_resident
from tests.cast import named, person
from tests.client import Client


@pytest.fixture
def people(app: Flask, session: Session) -> dict[str, Client]:
    """Give everybody who writes or reads here; the admin lives with the resident."""
    lives = update(User).where(User.id == person("admin").user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵干部")))
    session.commit()
    make_admin(session, "next_admin")
    return {name: Client(app, person(name)) for name in ("worker", "admin", "next_admin")}


@pytest.mark.parametrize("write", [visit_to_an_adult, follow_up])
def test_a_visit_to_a_grown_up_of_ones_home_that_tells_of_harm_is_absent(
    people: dict[str, Client], session: Session, write: Write
) -> None:
    """S-98: who does the harm may live there; who wrote it, and the admin of another home, find it."""
    care = write_care(session, worker="colleague", category=CareCategory.DISABLED)
    _, visit, _ = write(people, session)
    record = session.get_one(Visit, visit).care_record_id

    found = {
        name: (
            people[name].get(f"/v1/visits/{visit}").status_code,
            len(people[name].get(f"/v1/visits?care_record_id={record}").json["items"]),
        )
        for name in ("admin", "worker", "next_admin")
    }
    assert found == {"admin": (404, 0), "worker": (200, 1), "next_admin": (200, 1)}
    plain = file_visit(people["admin"], care, write_form(session, CareCategory.DISABLED)).json["id"]
    assert people["admin"].get(f"/v1/visits/{plain}").status_code == 200


def test_what_such_a_visit_shows_to_be_needed_is_neither_told_listed_nor_finished_at_home(
    people: dict[str, Client], session: Session
) -> None:
    """S-98: its needs are its words, and a notice would tell of it."""
    record, owner = write_care(session), str(person("admin").user_id)
    needed = [{"need": "劝一劝", "due_on": business_day().isoformat(), "urgent": True, "owner_id": owner}]
    told_of = {"note": "老人说五楼天天打孩子", "follow_ups": needed}
    made = file_visit(people["worker"], record, write_form(session), **told_of)
    assert made.status_code == 201, made.text
    done = f"/v1/follow-ups/{made.json['follow_ups'][0]['id']}/finish"

    lists = [f"/v1/follow-ups?whose={whose}" for whose in ("mine", "area")]
    listed = [
        [len(people[name].get(path).json["items"]) for path in lists] for name in ("admin", "next_admin")
    ]
    assert listed == [[0, 0], [0, 1]]
    assert people["admin"].post(done, json={"result": "没事"}).status_code == 404
    told = select(Notice.user_id).where(Notice.kind != NoticeKind.HARM_CASE)
    assert session.scalars(told).all() == [person("next_admin").user_id]
    assert people["next_admin"].post(done, json={"result": "没事"}).status_code == 200


def test_who_wrote_of_his_own_home_finds_what_he_wrote(people: dict[str, Client], session: Session) -> None:
    record = write_care(session, worker="admin")
    made = file_visit(people["admin"], record, write_form(session), note="老人说五楼天天打孩子").json["id"]

    assert people["admin"].get(f"/v1/visits/{made}").status_code == 200


def _told(session: Session, kind: NoticeKind) -> list[tuple[UUID, str | None]]:
    rows = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(row.user_id, row.data.get("what")) for row in rows]


def _made_a_minor(session: Session) -> None:
    session.get_one(Resident, named("resident")).birth_date = business_day() - timedelta(days=3650)
    session.commit()


def _file(people: dict[str, Client], session: Session, kept: str, **fields: Any) -> list[dict[str, Any]]:
    """File a visit that is kept from the home, as a case names it or it is a minor's; give its follow-ups."""
    note = {"note": "老人说五楼天天打孩子"} if kept == "case" else {}
    made = file_visit(people["worker"], write_care(session), write_form(session), **note, **fields)
    assert made.status_code == 201, made.text
    if kept == "minor":
        _made_a_minor(session)
    return list(made.json["follow_ups"])


def _need(name: str) -> dict[str, Any]:
    return {"need": "看看", "due_on": business_day().isoformat(), "owner_id": str(person(name).user_id)}


@pytest.mark.parametrize("kept", ["case", "minor"])
def test_no_job_tells_who_lives_there_of_follow_ups(
    people: dict[str, Client], session: Session, kept: str
) -> None:
    """S-98: what belongs to him there somebody else is asked to hand over."""
    _file(people, session, kept, follow_ups=[_need("worker"), _need("admin")])
    before = len(_told(session, NoticeKind.FOLLOW_UP_ASSIGNED))

    for days in (1, 8):
        with clock.set_to(NOON + timedelta(days=days)):
            tell_of_follow_ups(session, limit=10)
            session.commit()

    told = _told(session, NoticeKind.FOLLOW_UP_ASSIGNED)[before:]
    worker, other = person("worker").user_id, person("next_admin").user_id
    assert sorted(map(str, told)) == sorted(
        map(str, [(worker, "due"), (other, "unowned"), (other, "late"), (other, "late")])
    )


@pytest.mark.parametrize("kept, status", [("case", 200), ("minor", 403)])
def test_a_step_of_a_follow_up_is_not_told_to_who_lives_there(
    people: dict[str, Client], session: Session, kept: str, status: int
) -> None:
    """S-98: plain as its own reason may be. A minor's is not given to him at all; a case must not show."""
    (need,) = _file(people, session, kept, follow_ups=[_need("worker")])
    step = {"step_id": str(new_id()), "reason": "他有空", "owner_id": str(person("admin").user_id)}

    handed = people["worker"].post(f"/v1/follow-ups/{need['id']}/hand-over", json=step)

    assert handed.status_code == status, handed.text
    assert _told(session, NoticeKind.FOLLOW_UP_ASSIGNED) == []


@pytest.mark.parametrize("kept", ["case", "minor"])
def test_no_job_tells_who_lives_there_of_whom_nobody_reached(
    people: dict[str, Client], session: Session, kept: str
) -> None:
    """S-98: the admin of another home hears of it."""
    _file(people, session, kept, outcome="not_reached", answers={})

    with clock.set_to(NOON + timedelta(days=1)):
        assert tell_not_reached(session, limit=10)[0] == 1

    assert _told(session, NoticeKind.VISIT_URGENT) == [(person("next_admin").user_id, None)]


def test_who_lives_there_is_not_told_at_once_of_the_second_in_vain(
    people: dict[str, Client], session: Session
) -> None:
    """S-98: if what was written there tells of harm."""
    record, form = write_care(session), write_form(session)
    for hours, note in ((30, {}), (2, {"note": "老人说五楼天天打孩子"})):
        at = (NOON - timedelta(hours=hours)).isoformat()
        missed = {"outcome": "not_reached", "answers": {}, "captured_at": at}
        file_visit(people["worker"], record, form, **missed, **note)

    told = _told(session, NoticeKind.VISIT_URGENT)
    assert told == [(person("next_admin").user_id, "out_of_contact")]


def test_where_no_admin_may_be_told_of_a_follow_up_the_office_is(
    people: dict[str, Client], session: Session
) -> None:
    _file(people, session, "case", follow_ups=[_need("worker")])
    session.execute(update(Grant).where(Grant.user_id == person("next_admin").user_id).values(ended_at=NOON))
    session.commit()

    with clock.set_to(NOON + timedelta(days=8)):
        tell_of_follow_ups(session, limit=10)

    told = _told(session, NoticeKind.FOLLOW_UP_ASSIGNED)
    assert told == [(person("county").user_id, "nobody_decides"), (person("worker").user_id, "due")]
