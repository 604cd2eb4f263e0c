"""Visits are drawn as inspections are, and whoever looks again learns nothing of what was said there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import set_to
from app.models import PhotoOwner, SpotCheck, SpotCheckStatus, SpotCheckWeek, User, Visit, VisitMode
from tests.api.presence.test_spot_checks import MONDAY, WEEK, night, told_of
from tests.approval_world import Become, outcome
from tests.care_world import write_resident
from tests.cast import person
from tests.client import Client
from tests.matrix.routes_base import picture
from tests.matrix.stage import Stage

NOWHERE = {"lng": None, "lat": None, "accuracy_m": None, "datum": None}


@pytest.fixture
def stage(session: Session) -> Stage:
    return Stage(session)


def visited(session: Session, stage: Stage, **more: Any) -> UUID:
    """Write a visit with position and photo in the week after MONDAY."""
    night(session, MONDAY)
    with set_to(MONDAY + timedelta(days=2)):
        visit_id, _ = stage.visit()
        stage.photo(visit_id, PhotoOwner.VISIT)
    at_door = {"lng": 114.05, "lat": 29.24, "accuracy_m": 10.0, "datum": "wgs84"}
    values = {**at_door, "presence_reasons": ["inside"], "presence": "confirmed", **more}
    session.execute(update(Visit).where(Visit.id == visit_id).values(values))
    session.commit()
    return visit_id


def test_a_visit_is_drawn_and_shows_only_who_was_where_when(
    session: Session, be: Become, stage: Stage
) -> None:
    """S-179: neither its photos nor the position at somebody's door nor whom it was to."""
    visit_id = visited(session, stage)

    drawn = night(session, MONDAY + WEEK)

    county = be("county")
    (listed,) = county.get("/v1/spot-checks").json["items"]
    shown = county.get(f"/v1/spot-checks/{listed['id']}").json
    assert drawn == 1
    assert (listed["record_kind"], listed["record_id"]) == ("visit", str(visit_id))
    assert (listed["worker_name"], listed["place_name"]) == ("worker", "1号楼")
    assert shown["record"] == {
        "captured_at": shown["record"]["captured_at"],
        "received_at": shown["record"]["received_at"],
        "clock_flag": "ok",
        "presence": "confirmed",
        "presence_reasons": ["inside"],
        **NOWHERE,
    }
    assert (shown["photos"], shown["digits"]) == ([], None)
    assert county.get(f"/v1/visits/{visit_id}").status_code == 403


def test_a_visit_that_told_of_harm_is_not_drawn(session: Session, stage: Stage) -> None:
    stage.harm_case(visited(session, stage))
    session.commit()

    assert night(session, MONDAY + WEEK) == 0


def test_a_call_weighs_less_than_a_visit_without_presence(session: Session, stage: Stage) -> None:
    visited(session, stage, mode=VisitMode.PHONE, presence="unverified", presence_reasons=["not_in_person"])

    night(session, MONDAY + WEEK)

    week = session.scalars(select(SpotCheckWeek).where(SpotCheckWeek.drawn_at.is_not(None))).one()
    assert [one["weight"] for one in week.candidates] == [2]


def test_whoever_only_visits_is_drawn_within_four_weeks(session: Session, stage: Stage) -> None:
    """S-179: a visit of long ago counts as work."""
    visited(session, stage, received_at=MONDAY - 4 * WEEK)
    session.add(
        Visit(
            **{
                column: getattr(session.scalars(select(Visit)).one(), column)
                for column in ("area_code", "care_record_id", "form_id", "worker_id", "mode", "outcome")
            },
            id=UUID(int=7),
            content_hash=b"",
            captured_at=MONDAY + timedelta(days=1),
            received_at=MONDAY + timedelta(days=1),
        )
    )
    session.commit()

    night(session, MONDAY + WEEK)

    week = session.scalars(select(SpotCheckWeek).where(SpotCheckWeek.drawn_at.is_not(None))).one()
    assert [(one["record_id"], one["due"]) for one in week.candidates] == [(str(UUID(int=7)), True)]


def test_nobody_looks_again_at_a_visit_to_his_own_home(
    session: Session, admin: Client, be: Become, stage: Stage
) -> None:
    visited(session, stage)
    lives = update(User).where(User.id == person("admin").user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵同住")))
    session.commit()
    night(session, MONDAY + WEEK)
    check_id = session.scalars(select(SpotCheck.id)).one()
    sent = {"result": "confirmed", "note": "家里人说来过"}

    assert admin.get("/v1/spot-checks").json["items"] == []
    assert admin.get(f"/v1/spot-checks/{check_id}").status_code == 404
    assert admin.post(f"/v1/spot-checks/{check_id}/result", json=sent).status_code == 404
    assert be("county").post(f"/v1/spot-checks/{check_id}/result", json=sent).status_code == 200


@pytest.mark.parametrize("lives_there", [True, False])
def test_of_a_visit_to_the_only_admins_home_the_office_is_told(
    session: Session, be: Become, stage: Stage, *, lives_there: bool
) -> None:
    """Both that it was drawn and that the worker appeals: the admin would find neither."""
    visited(session, stage)
    if lives_there:
        lives = update(User).where(User.id == person("admin").user_id)
        session.execute(lives.values(resident_id=write_resident(session, name="赵同住")))
        session.commit()

    night(session, MONDAY + WEEK)
    drawn = [told_of(be(who)) for who in ("admin", "county")]
    check_id = session.scalars(select(SpotCheck.id)).one()
    sent = {"result": "not_confirmed", "note": "没人来过"}
    assert be("city").post(f"/v1/spot-checks/{check_id}/result", json=sent).status_code == 200
    sent = {"reason": "我去过"}
    assert be("worker").post(f"/v1/spot-checks/{check_id}/appeal", json=sent).status_code == 200
    appealed = [told_of(be(who)) for who in ("admin", "county")]

    assert drawn == ([[], ["drawn"]] if lives_there else [["drawn"], []])
    assert appealed == ([[], ["appealed", "drawn"]] if lives_there else [["appealed", "drawn"], []])


def test_a_result_has_photos_that_its_readers_see(
    session: Session, be: Become, worker: Client, admin: Client, stage: Stage
) -> None:
    """The worker finds them with the result; the same result with others is another one."""
    check_id = stage.spot_check(SpotCheckStatus.DRAWN)
    session.commit()
    photo_id = str(UUID(int=11))
    sent = {"result": "not_confirmed", "note": "门口没有签到牌", "photo_ids": [photo_id]}
    path = f"/v1/spot-checks/{check_id}"

    first = admin.post(f"{path}/result", json=sent)
    waits = worker.get(path).json["result_photos"]
    sent_photo = admin.put(f"/v1/photos/{photo_id}", data=picture())
    again = admin.post(f"{path}/result", json=sent)
    others = admin.post(f"{path}/result", json=sent | {"photo_ids": []})

    assert (first.status_code, sent_photo.status_code, again.status_code) == (200, 201, 200)
    assert [(one["id"], one["arrived"]) for one in waits] == [(photo_id, False)]
    (shown,) = worker.get(path).json["result_photos"]
    assert (shown["arrived"], worker.get(shown["thumb_url"]).status_code) == (True, 200)
    assert be("county").get(f"/v1/photos/{photo_id}").status_code == 200
    assert be("colleague").get(f"/v1/photos/{photo_id}").status_code == 404
    assert outcome(others) == (409, "illegal_step")
