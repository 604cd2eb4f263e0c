"""A worker's day in one call."""

import gzip
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import business_day, set_to
from app.evidence import MAX_PHOTOS
from app.ids import new_id
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    Hazard,
    HazardStatus,
    Household,
    Photo,
    PhotoLink,
    PhotoOwner,
    Relation,
    Resident,
    Sex,
)
from app.reports import MOST
from tests.cast import GRID, HOME, LONG_AGO, person
from tests.checklist_world import copy_of, published
from tests.client import Answer, Client
from tests.counting import statements
from tests.evidence.photos import file as picture
from tests.evidence.photos import scene
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
MOST_BYTES = 100_000
"""A third of what a day may take on a poor line."""
_THINGS = ("纸箱和旧家具", "电动车和充电线", "煤气罐", "自行车和婴儿车", "装修剩下的木板")


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


def _named(hazard: Hazard, photo_id: UUID, position: int) -> PhotoLink:
    return PhotoLink(
        record_id=hazard.id,
        photo_id=photo_id,
        record_kind=PhotoOwner.HAZARD,
        area_code=hazard.area_code,
        position=position,
        named_by=hazard.reported_by,
    )


def write_hazards(session: Session, place_id: Any, building: int, rows: int) -> None:
    """Write hazards that each tell something else and name as many photos as they may, all arrived."""
    for floor in range(rows):
        hazard = write_hazard(
            session, place_id=place_id, text=f"{building}号楼{floor + 1}层楼道里堆着{_THINGS[floor % 5]}"
        )
        ids = [uuid4() for _ in range(MAX_PHOTOS)]
        session.add_all(
            Photo(
                id=one,
                sha256=one.bytes,
                width=1600,
                height=1200,
                received_at=MORNING,
                uploaded_by=hazard.reported_by,
            )
            for one in ids
        )
        session.flush()
        session.add_all(_named(hazard, one, position) for position, one in enumerate(ids))


def people_town(session: Session, households: int) -> None:
    """Write buildings of 25 households and ten hazards, every third with somebody due for a visit."""
    for building in range(households // 25):
        place = write_place(session, name=f"{building + 2}号楼", lng=114.48, lat=29.6)
        for number in range(25):
            write_household(session, place.id, building * 25 + number, due=number % 3 == 0)
        write_hazards(session, place.id, building, 10)
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


def test_the_tag_lasts_while_nothing_changes(session: Session, worker: Client) -> None:
    """It leaves the server's time out, and addresses of photos, which change with it."""
    hazard = write_hazard(session, reported_by=person("worker").user_id)
    photo_id = str(new_id())
    session.add(_named(hazard, UUID(photo_id), 0))
    session.commit()
    worker.put(f"/v1/photos/{photo_id}", data=picture(scene()), content_type="image/jpeg")
    days = []
    for minute in (0, 1, 2):
        with set_to(MORNING + timedelta(minutes=minute)):
            days.append(worker.get("/v1/me/today"))

    assert days[0].json["hazards"][0]["photos"] == [{"id": photo_id, "arrived": True}]
    assert len({day.headers["ETag"] for day in days}) == 1


def test_a_workers_own_hazards_are_not_cut_off_by_what_others_report(
    session: Session, worker: Client
) -> None:
    later, sooner = (
        write_hazard(session, HazardStatus.ASSIGNED, due_at=MORNING + timedelta(days=days)) for days in (9, 2)
    )
    for _ in range(MOST["hazards"] + 1):
        write_hazard(session)

    day = today(worker).json

    assert [one["id"] for one in day["hazards"]][:2] == [str(sooner.id), str(later.id)]
    assert (len(day["hazards"]), day["more"]) == (MOST["hazards"], ["hazards"])


def test_the_places_of_tasks_are_never_those_left_out(session: Session, worker: Client) -> None:
    """Also where one lies behind all others by the route."""
    checklist = write_checklist(session)
    for number in range(MOST["places"] + 1):
        write_place(session, name=f"{number}号楼")
    last = write_place(session, name="最后一处")
    plan = write_plan(session, checklist, place_ids=[str(last.id)])
    with set_to(in_china(START, "06:00")):
        make(session, plan.id)

    day = today(worker).json

    names = [one["name"] for one in day["places"]]
    assert day["more"] == ["places"]
    assert (len(names), names[0], names[-1]) == (MOST["places"], "0号楼", "最后一处")


def test_five_hundred_households_are_a_small_answer(
    session: Session, connection: Connection, worker: Client
) -> None:
    """Also with 200 hazards of nine photos each, and in as many queries as that of a small grid."""
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
    assert sum(one["photos_arrived"] for one in answer.json["hazards"]) == 200 * MAX_PHOTOS
    assert answer.json["more"] == []
    assert counts[0] == counts[1]
    assert sizes[1] < MOST_BYTES


def test_a_day_is_the_field_staffs(be: Any) -> None:
    assert refused(be("county").get("/v1/me/today")) == (403, "forbidden")
    assert be("admin").get("/v1/me/today").status_code == 200
    assert refused(be("admin").get("/v1/me/today?x=1")) == (422, "invalid")
