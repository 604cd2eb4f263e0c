"""Spot checks: drawn by lot, looked at by somebody else, answered by the worker; no consequence by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import spot_checks
from app.clock import set_to
from app.ids import new_id
from app.models import Checklist, Inspection, Presence, SpotCheck, SpotCheckStatus, SpotCheckWeek
from app.spot_checks import COVERED_WEEKS
from app.spot_checks.lots import Candidate, commitment, draw
from tests.approval_world import Become, outcome
from tests.cast import FAR, GRID, HOME, NEXT, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, file, inspection_body
from tests.matrix.routes_base import picture
from tests.matrix.stage import Stage
from tests.presence_world import challenged, device
from tests.sealer import SEALER

MONDAY = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
WORKERS = ("worker", "colleague", "admin")


def write_inspection(session: Session, checklist: Checklist, who: str, at: datetime, **more: Any) -> UUID:
    """Write an inspection of the block that arrived at a moment."""
    row = Inspection(
        id=new_id(),
        area_code=GRID,
        place_id=BLOCK,
        checklist_id=checklist.id,
        worker_id=person(who).user_id,
        content_hash=b"",
        captured_at=at,
        received_at=at,
        **more,
    )
    session.add(row)
    return row.id


def night(session: Session, at: datetime) -> int:
    """Do what the job does in one night for HOME."""
    with set_to(at):
        spot_checks.commit_seeds(session, SEALER, HOME)
        drawn = spot_checks.draw_due(session, SEALER, HOME)
        session.commit()
    return drawn


def told_of(client: Client) -> list[str]:
    """Give what somebody was told of spot checks, the newest first."""
    rows = client.get("/v1/me/notices").json["items"]
    return [one["data"]["what"] for one in rows if one["kind"] == "spot_check"]


def drawn_in(session: Session, week: SpotCheckWeek) -> set[UUID]:
    return set(session.scalars(select(SpotCheck.record_id).where(SpotCheck.week_id == week.id)))


def redrawn(week: SpotCheckWeek) -> list[UUID]:
    """Draw a week's lot again from the seed that was told and what lay in the urn; give the records."""
    assert week.seed is not None, "it was drawn"
    urn = [Candidate(**one | {"record_id": UUID(one["record_id"])}) for one in week.candidates]
    return [one.record_id for one in draw(week.seed, urn)]


def test_twelve_weeks_leave_nobody_out_and_can_be_drawn_again(session: Session, checklist: Checklist) -> None:
    """S-179: committed to before the week, told afterwards; each worker within four weeks; the same again."""
    for number in range(13):
        start = MONDAY + number * WEEK
        night(session, start)
        for who in WORKERS:
            for day in range(5):
                write_inspection(session, checklist, who, start + timedelta(days=day, hours=3))
        session.commit()

    weeks = session.scalars(
        select(SpotCheckWeek)
        .where(SpotCheckWeek.area_code == HOME, SpotCheckWeek.drawn_at.is_not(None))
        .order_by(SpotCheckWeek.week_on)
    ).all()
    assert len(weeks) == 12
    chosen: list[set[UUID]] = []
    for week in weeks:
        assert week.seed is not None
        assert commitment(week.seed) == week.seed_hash
        assert week.committed_at.date() <= week.week_on
        assert set(redrawn(week)) == drawn_in(session, week)
        query = select(SpotCheck.worker_id).where(SpotCheck.week_id == week.id)
        chosen.append(set(session.scalars(query)))
    everybody = {person(who).user_id for who in WORKERS}
    for first in range(12 - COVERED_WEEKS + 1):
        assert set[UUID]().union(*chosen[first : first + COVERED_WEEKS]) == everybody
    assert len({week.seed for week in weeks}) == 12


def test_the_seed_shows_only_once_it_was_drawn(session: Session, be: Become, checklist: Checklist) -> None:
    """S-179: until then there is its hash, and the database has it sealed."""
    night(session, MONDAY)
    write_inspection(session, checklist, "worker", MONDAY + timedelta(days=2))
    session.commit()

    before = be("admin").get("/v1/spot-check-weeks").json["items"]
    night(session, MONDAY + WEEK)
    after = {one["id"]: one for one in be("county").get("/v1/spot-check-weeks").json["items"]}

    assert [one["seed"] for one in before] == [None, None]
    told = [after[one["id"]] for one in before if after[one["id"]]["seed"]]
    assert [commitment(one["seed"]).hex() for one in told] == [one["seed_hash"] for one in told]
    assert [(one["week_on"], one["records"]) for one in told] == [("2026-09-07", 1)]
    assert be("worker").get("/v1/spot-check-weeks").status_code == 403


def test_checks_are_narrowed_to_an_area_and_a_worker(
    session: Session, be: Become, checklist: Checklist
) -> None:
    night(session, MONDAY)
    write_inspection(session, checklist, "worker", MONDAY + timedelta(days=2))
    session.commit()
    assert night(session, MONDAY + WEEK) == 1
    county = be("county")

    found = {
        area: len(county.get(f"/v1/spot-checks?area_code={area}").json["items"]) for area in (GRID, FAR, NEXT)
    }

    assert found == {GRID: 1, FAR: 0, NEXT: 0}
    whose = {name: f"/v1/spot-checks?worker_id={person(name).user_id}" for name in ("worker", "colleague")}
    counted = {name: len(county.get(path).json["items"]) for name, path in whose.items()}
    assert counted == {"worker": 1, "colleague": 0}
    assert be("far_county").get(whose["worker"]).json["items"] == []
    assert be("colleague").get(whose["worker"]).json["items"] == [], "a worker finds his own only"


def test_a_night_that_comes_twice_draws_once(
    session: Session, connection: Connection, be: Become, checklist: Checklist
) -> None:
    """Its community's admin is told once of what was drawn, and no seed is made for nothing."""
    night(session, MONDAY)
    write_inspection(session, checklist, "worker", MONDAY + timedelta(days=2))
    session.commit()

    drawn = [night(session, MONDAY + WEEK)]
    with statements(connection) as sent:
        drawn += [night(session, MONDAY + WEEK + timedelta(hours=hours)) for hours in (1, 24)]

    assert drawn == [1, 0, 0]
    assert [told_of(be(who)) for who in ("admin", "county", "worker")] == [["drawn"], [], []]
    assert not [one for one in sent if "INSERT INTO spot_check_weeks" in str(one)]


def test_of_an_admins_own_record_alone_the_office_is_told(
    session: Session, be: Become, checklist: Checklist
) -> None:
    night(session, MONDAY)
    write_inspection(session, checklist, "admin", MONDAY + timedelta(days=2))
    session.commit()

    night(session, MONDAY + WEEK)

    assert [told_of(be(who)) for who in ("admin", "county")] == [[], ["drawn"]]


def test_communities_come_in_pages(session: Session) -> None:
    codes = spot_checks.communities(session, after="", limit=100)

    first, second = codes[:1], spot_checks.communities(session, after=codes[0], limit=1)

    assert first + second == codes[:2]
    assert spot_checks.communities(session, after=codes[-1], limit=9) == []


def test_a_record_of_low_presence_is_drawn_more_often() -> None:
    """S-179: of 20 records one is drawn; the one of four times the weight about four times as often."""
    urn = [Candidate(UUID(int=number + 1), 0, 1 + 3 * (number == 0)) for number in range(20)]

    hits = sum(draw(f"seed {number}", urn)[0].weight == 4 for number in range(2000))

    assert 0.13 < hits / 2000 < 0.22, "4 of 23"


def test_a_challenged_record_whose_photo_came_late_is_drawn_and_shown_so(
    session: Session, be: Become, worker: Client, checklist: Checklist
) -> None:
    """S-176: photo, place and times side by side for whoever looks."""
    phone, photo_id, record_id = new_id(), new_id(), new_id()
    night(session, MONDAY)
    at = MONDAY + timedelta(days=2)
    with set_to(at):
        told = challenged(worker, phone)
        signals = {"challenge": told["nonce"], "device": device(phone), "photo_ids": [str(photo_id)]}
        body = inspection_body(checklist, captured_at=at.isoformat(), **signals)
        assert file(worker, body, record_id).status_code == 201
    with set_to(at + timedelta(minutes=16)):
        assert worker.put(f"/v1/photos/{photo_id}", data=picture()).status_code == 201
    night(session, MONDAY + WEEK)

    (listed,) = be("admin").get("/v1/spot-checks").json["items"]
    shown = be("admin").get(f"/v1/spot-checks/{listed['id']}").json

    assert listed["record_id"] == str(record_id)
    assert [(one["photo_id"], one["is_late"]) for one in shown["photos"]] == [(str(photo_id), True)]
    assert shown["digits"] == told["digits"]
    assert shown["challenge"]["expires_at"] == told["expires_at"]
    assert shown["place"]["radius_m"] > 0
    week = session.scalars(select(SpotCheckWeek).where(SpotCheckWeek.drawn_at.is_not(None))).one()
    assert week.candidates == [{"record_id": str(record_id), "worker": 0, "weight": 4, "due": False}]


def test_a_result_has_a_reason_and_a_name_and_stops_at_an_appeal(
    session: Session, be: Become, worker: Client, admin: Client
) -> None:
    """S-180: the worker reads it, answers, and a third person decides; nothing of his record changes."""
    check_id = Stage(session).spot_check(SpotCheckStatus.DRAWN)
    session.commit()
    path = f"/v1/spot-checks/{check_id}"
    record = session.get_one(Inspection, session.get_one(SpotCheck, check_id).record_id)
    before = record.presence
    assert worker.get(path).status_code == 404, "nothing to see until somebody looked"

    admin.post(f"{path}/result", json={"result": "not_confirmed", "note": "三户都说没人来过"})
    told_before = told_of(be("admin")), told_of(be("county"))
    seen = worker.get(path).json
    appealed = worker.post(f"{path}/appeal", json={"reason": "当天他们不在家，我查的是楼道"})
    own = admin.post(f"{path}/decide", json={"upheld": True, "note": "维持"})
    lifted = be("county").post(f"{path}/decide", json={"upheld": False, "note": "楼道照片对得上"})

    assert (seen["status"], seen["note"], seen["checked_by_name"]) == (
        "not_confirmed",
        "三户都说没人来过",
        "admin",
    )
    assert (appealed.status_code, appealed.json["status"]) == (200, "appealed")
    assert outcome(own) == (403, "own_spot_check")
    assert (lifted.json["status"], lifted.json["decided_by_name"]) == ("lifted", "county")
    assert told_of(worker) == ["decided", "result"]
    assert told_before == ([], [])
    assert (told_of(be("admin")), told_of(be("county"))) == ([], ["appealed"]), "only who may decide"
    session.expire_all()
    assert record.presence is before is Presence.UNVERIFIED


@pytest.mark.parametrize("status", list(SpotCheckStatus))
def test_each_state_allows_its_own_steps_and_no_others(
    session: Session, be: Become, worker: Client, status: SpotCheckStatus
) -> None:
    """S-180: a state machine."""
    stage = Stage(session)
    more = {"decided_by": person("county").user_id} if status in {"upheld", "lifted"} else {}
    ids = [stage.spot_check(status, **more) for _ in range(3)]
    session.commit()
    result = {"result": "not_confirmed", "note": "没有痕迹"}
    steps = {
        "result": be("admin").post(f"/v1/spot-checks/{ids[0]}/result", json=result),
        "appeal": worker.post(f"/v1/spot-checks/{ids[1]}/appeal", json={"reason": "我去过的"}),
        "decide": be("admin").post(f"/v1/spot-checks/{ids[2]}/decide", json={"upheld": True, "note": "维持"}),
    }

    taken = {verb for verb, answer in steps.items() if answer.status_code == 200}

    expected = {"drawn": {"result"}, "not_confirmed": {"appeal"}, "appealed": {"decide"}}
    assert taken == expected.get(status, set())


def test_nobody_looks_at_his_own_record(session: Session, admin: Client) -> None:
    check_id = Stage(session).spot_check(SpotCheckStatus.DRAWN, worker_id=person("admin").user_id)
    session.commit()

    answer = admin.post(f"/v1/spot-checks/{check_id}/result", json={"result": "confirmed", "note": "我去过"})

    assert outcome(answer) == (403, "own_spot_check")
