"""A visit to a grown-up that tells of harm to a child is absent to staff who live there (ADR 0013)."""

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import business_day
from app.models import CareCategory, Notice, NoticeKind, User, Visit
from tests.api.care.test_harm_at_home import make_admin
from tests.api.care.test_harm_told import Write, follow_up, visit_to_an_adult
from tests.care_world import file_visit, write_care, write_form, write_resident
from tests.cast import person
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
