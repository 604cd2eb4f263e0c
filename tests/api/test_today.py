"""A worker's day in one call."""

import gzip
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import business_day, set_to
from app.ids import new_id
from app.models import CareCategory, CareLevel, CareRecord, HazardStatus, Household, Relation, Resident, Sex
from tests.cast import GRID, HOME, LONG_AGO, person
from tests.checklist_world import copy_of, published
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import (
    BLOCK,
    file,
    inspection_body,
    refused,
    write_checklist,
    write_code,
    write_hazard,
)
from tests.plan_world import START, in_china, make, write_place, write_plan

MORNING = in_china(START, "09:00")
MOST_BYTES = 300_000


def today(client: Client, **headers: str) -> Answer:
    with set_to(MORNING):
        return client.get("/v1/me/today", headers=headers)


def write_household(session: Session, place_id: Any, number: int, *, due: bool) -> None:
    """Write a household of two, one of whom is in the worker's care."""
    household_id, resident_id = new_id(), new_id()
    born = (START - timedelta(days=365 * 70 + number)).isoformat()
    session.add(
        Household(
            id=household_id,
            area_code=GRID,
            place_id=place_id,
            door=f"{number}室",
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    session.flush()
    for one in (resident_id, new_id()):
        session.add(
            Resident(
                id=one,
                household_id=household_id,
                area_code=GRID,
                name=f"居民{one.hex[-4:]}",
                sex=Sex.FEMALE,
                birth_date=born,
                relation=Relation.OTHER,
                content_hash=b"",
                created_at=LONG_AGO,
            )
        )
    session.flush()
    if due:
        session.add(
            CareRecord(
                id=new_id(),
                area_code=GRID,
                resident_id=resident_id,
                category=CareCategory.ELDERLY,
                level=CareLevel.LOW,
                every_days=30,
                worker_id=person("worker").user_id,
                started_on=business_day(LONG_AGO),
                next_due_on=START - timedelta(days=number % 9),
                content_hash=b"",
                created_at=LONG_AGO,
            )
        )


def people_town(session: Session, households: int) -> None:
    """Write buildings of twenty-five households each, every third with somebody who is due for a visit."""
    for building in range(households // 25):
        place = write_place(session, name=f"{building + 2}号楼", lng=114.48, lat=29.6)
        for number in range(25):
            write_household(session, place.id, building * 25 + number, due=number % 3 == 0)
        write_hazard(session, place_id=place.id, text="楼道里堆着纸箱和旧家具，电动车在楼梯间充电")
    session.commit()


def test_a_day_has_all_that_the_work_takes(app: Flask, session: Session, worker: Client) -> None:
    checklist = write_checklist(session)
    code = write_code(session, app)
    hazard = write_hazard(session)
    write_hazard(session, HazardStatus.CLOSED)
    ten, two = write_place(session, name="10号楼"), write_place(session, name="2号楼")
    elsewhere = write_place(session, HOME, name="别处")
    plan = write_plan(session, checklist)
    write_household(session, BLOCK, 7, due=True)
    session.commit()
    with set_to(in_china(START, "06:00")):
        make(session, plan.id)
    with set_to(MORNING):
        file(worker, inspection_body(checklist, place_id=str(two.id), captured_at=MORNING.isoformat()))

    day = today(worker).json

    assert [one["place_name"] for one in day["occurrences"]] == ["1号楼", "10号楼"], "2号楼 is done"
    assert [one["name"] for one in day["places"]] == ["1号楼", "2号楼", "10号楼"]
    assert str(elsewhere.id) not in {one["id"] for one in day["places"]}
    assert ten.id is not None
    check = {one["name"]: one["code_check"] for one in day["places"]}
    assert check == {"1号楼": sha256(code.encode()).hexdigest()[:16], "2号楼": None, "10号楼": None}
    assert code not in str(day), "a code opens the place, its check does not"
    mine = next(one for one in day["checklists"] if one["id"] == str(checklist.id))
    assert len(mine["items"]) == 3
    assert [one["id"] for one in day["hazards"]] == [str(hazard.id)]
    assert [one["door"] for one in day["care_records"]] == ["7室"]
    assert (day["more"], day["server_time"]) == ([], MORNING.isoformat())


def test_a_day_has_the_copy_that_serves_instead_of_the_list_above(
    session: Session, worker: Client, admin: Client
) -> None:
    above, beside = write_checklist(session), write_checklist(session)
    plans = [write_plan(session, one) for one in (above, beside)]
    with set_to(in_china(START, "06:00")):
        copy = published(admin, copy_of(above, title="我们的"))
        for plan in plans:
            make(session, plan.id)

    day = today(worker).json

    assert {one["id"] for one in day["checklists"]} == {copy["id"], str(beside.id)}
    serving = {one["plan_id"]: one["checklist_id"] for one in day["occurrences"]}
    assert serving == {str(plans[0].id): copy["id"], str(plans[1].id): str(beside.id)}
    with set_to(MORNING):
        admin.post(f"/v1/checklists/{copy['id']}/retire")
    day = today(worker).json
    assert {one["id"] for one in day["checklists"]} == {str(above.id), str(beside.id)}
    assert {one["checklist_id"] for one in day["occurrences"]} == {str(above.id), str(beside.id)}


def test_whoever_has_the_day_is_told_nothing_twice(session: Session, worker: Client) -> None:
    first = today(worker)
    tag = first.headers["ETag"]

    same = today(worker, **{"If-None-Match": tag})
    write_place(session, name="新楼")
    other = today(worker, **{"If-None-Match": tag})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert (other.status_code, other.headers["ETag"] != tag) == (200, True)


def test_the_tag_leaves_the_servers_time_out(worker: Client) -> None:
    tags = []
    for minute in (0, 1):
        with set_to(MORNING + timedelta(minutes=minute)):
            tags.append(worker.get("/v1/me/today").headers["ETag"])

    assert tags[0] == tags[1]


def test_five_hundred_households_are_a_small_answer(
    session: Session, connection: Connection, worker: Client
) -> None:
    """A worker's day is under 300 KB compressed, and takes as many queries as that of a small grid."""
    checklist = write_checklist(session)
    plan = write_plan(session, checklist)
    counts, sizes = [], []
    for households in (25, 475):
        people_town(session, households)
        with set_to(in_china(START, "06:00")):
            plan.made_until = None
            session.commit()
            make(session, plan.id)
        with statements(connection) as sent:
            answer = today(worker)
        counts.append(len(sent))
        sizes.append(len(gzip.compress(answer.data)))

    assert (len(answer.json["places"]), len(answer.json["occurrences"])) == (21, 21)
    assert len(answer.json["care_records"]) == 180
    assert answer.json["more"] == []
    assert counts[0] == counts[1]
    assert sizes[1] < MOST_BYTES


def test_a_day_is_a_workers(be: Any) -> None:
    assert refused(be("county").get("/v1/me/today")) == (403, "forbidden")
    assert be("admin").get("/v1/me/today").status_code == 200
