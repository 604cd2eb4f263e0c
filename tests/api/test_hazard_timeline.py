"""The course of a hazard, with photos before and after, across what was merged into it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import now
from app.hazards.satisfaction import receipt_hash
from app.ids import new_id
from app.models import HazardSource, HazardStatus
from tests.cast import person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import KEY, done, report_body, write_hazard

Be = Callable[[str], Client]


def reported(client: Client, **more: Any) -> str:
    hazard_id = str(new_id())
    answer = client.put(f"/v1/hazards/{hazard_id}", json=report_body(**more))
    assert answer.status_code == 201, answer.text
    return hazard_id


def course(client: Client, hazard_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/hazards/{hazard_id}/timeline")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def photos(shown: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Give which photos stand at which step, and what they show."""
    return [
        (entry["step"], photo["id"], photo["moment"])
        for entry in shown["entries"]
        for photo in entry["photos"]
    ]


def test_photos_of_the_report_and_of_what_failed_are_before_those_of_the_work_after(be: Be) -> None:
    first, work, still, again, seen = (str(new_id()) for _ in range(5))
    hazard_id = reported(be("resident"), photo_ids=[first])

    def step(name: str, verb: str, **sent: Any) -> None:
        done(be(name).step(f"/v1/hazards/{hazard_id}/{verb}", sent))

    step("admin", "accept")
    step("admin", "assign", assignee_id=str(person("worker").user_id))
    step("worker", "start")
    step("worker", "rectify", photo_ids=[work])
    step("colleague", "verify", passed=False, note="还有一半", photo_ids=[still])
    step("worker", "start")
    step("worker", "rectify", photo_ids=[again])
    step("colleague", "verify", passed=True, photo_ids=[seen])

    shown = course(be("admin"), hazard_id)

    assert photos(shown) == [
        ("report", first, "before"),
        ("rectify", work, "after"),
        ("recheck_fail", still, "before"),
        ("rectify", again, "after"),
        ("verify", seen, "after"),
    ]
    assert [entry["step"] for entry in shown["entries"]][:4] == ["report", "accept", "assign", "start"]
    assert (shown["id"], shown["merged_ids"]) == (hazard_id, [])


def test_a_report_has_both_clocks(be: Be) -> None:
    on_the_phone = datetime(2020, 1, 1, 8, 0, tzinfo=UTC)
    hazard_id = reported(be("worker"), captured_at=on_the_phone.isoformat())
    done(be("admin").step(f"/v1/hazards/{hazard_id}/accept"))

    entry, accepted = course(be("admin"), hazard_id)["entries"]

    assert datetime.fromisoformat(entry["captured_at"]) == on_the_phone
    assert now() - datetime.fromisoformat(entry["at"]) < timedelta(minutes=5)
    assert entry["clock_flag"] == "stale"
    assert (accepted["captured_at"], accepted["clock_flag"]) == (None, None)


def test_what_was_merged_into_it_stands_between_its_own_steps(be: Be) -> None:
    kept_photo, other_photo, first_photo = (str(new_id()) for _ in range(3))
    first = reported(be("neighbour"), photo_ids=[first_photo])
    kept = reported(be("worker"), photo_ids=[kept_photo])
    other = reported(be("resident"), photo_ids=[other_photo])
    admin = be("admin")
    done(admin.step(f"/v1/hazards/{first}/duplicate", {"duplicate_of_id": other}))
    done(admin.step(f"/v1/hazards/{other}/duplicate", {"duplicate_of_id": kept}))
    done(admin.step(f"/v1/hazards/{kept}/accept"))

    shown = course(admin, kept)

    assert sorted(shown["merged_ids"]) == sorted([first, other])
    assert [(entry["hazard_id"], entry["step"], entry["merged"]) for entry in shown["entries"]] == [
        (first, "report", True),
        (kept, "report", False),
        (other, "report", True),
        (first, "duplicate", True),
        (other, "duplicate", True),
        (kept, "accept", False),
    ]
    assert [photo for _, photo, _ in photos(shown)] == [first_photo, kept_photo, other_photo]


def test_neighbours_who_reported_are_named_to_nobody(be: Be) -> None:
    other, kept = reported(be("resident")), reported(be("worker"))
    done(be("admin").step(f"/v1/hazards/{other}/duplicate", {"duplicate_of_id": kept}))

    entries = course(be("admin"), kept)["entries"]

    assert [(entry["step"], entry["actor_name"]) for entry in entries] == [
        ("report", None),
        ("report", "worker"),
        ("duplicate", "admin"),
    ]


def test_a_resident_reads_his_own_report_only(be: Be) -> None:
    mine, another = reported(be("resident")), reported(be("neighbour"))
    done(be("admin").step(f"/v1/hazards/{another}/duplicate", {"duplicate_of_id": mine}))

    assert course(be("resident"), mine)["merged_ids"] == []
    assert be("resident").get(f"/v1/hazards/{another}/timeline").status_code == 404
    assert be("far_admin").get(f"/v1/hazards/{mine}/timeline").status_code == 404


def test_a_course_costs_the_same_whatever_was_merged(
    session: Session, connection: Connection, be: Be
) -> None:
    kept = write_hazard(session)
    with statements(connection) as alone:
        course(be("admin"), str(kept.id))
    for _ in range(3):
        write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=kept.id)
    with statements(connection) as merged:
        assert len(course(be("admin"), str(kept.id))["merged_ids"]) == 3

    assert len(merged) == len(alone)


def test_who_reported_is_not_named_where_he_says_how_satisfied_he_is(session: Session, be: Be) -> None:
    """Whom he complained about reads that: worker, building lead and county read the words, not the name."""
    rated = write_hazard(session, HazardStatus.CLOSED, ended_at=now())
    done(be("resident").step(f"/v1/hazards/{rated.id}/rate", {"faces": 1, "note": "又堆上了"}))
    visitors = {"reported_by": None, "source": HazardSource.VISITOR, "receipt_hash": receipt_hash(KEY)}
    taken = write_hazard(session, HazardStatus.CLOSED, ended_at=now(), **visitors)
    done(be("resident").step(f"/v1/hazards/{taken.id}/take-over", {"key": KEY}))
    done(be("resident").step(f"/v1/hazards/{taken.id}/rate", {"faces": 2}))

    for name in ("worker", "lead", "admin", "county"):
        [said] = course(be(name), str(rated.id))["entries"]
        assert (said["step"], said["note"], said["actor_name"]) == ("rate", "又堆上了", None), name
        events = be(name).get(f"/v1/hazards/{taken.id}").json["events"]
        said_by = [(event["step"], event["actor_name"]) for event in events]
        assert said_by == [("take_over", None), ("rate", None)], name


def test_staff_who_reported_as_their_job_are_named_with_all_they_say(session: Session, be: Be) -> None:
    by_worker = {"reported_by": person("worker").user_id, "source": HazardSource.STAFF}
    hazard = write_hazard(session, HazardStatus.CLOSED, ended_at=now(), **by_worker)
    done(be("worker").step(f"/v1/hazards/{hazard.id}/rate", {"faces": 3}))

    [said] = course(be("admin"), str(hazard.id))["entries"]

    assert said["actor_name"] == "worker"
