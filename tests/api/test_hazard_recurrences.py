"""What comes back at a place, over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Checklist, Hazard, HazardStatus
from tests.cast import HOME, named, person
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import (
    FIVE_FIXED,
    Take,
    count,
    done,
    file,
    inspection_body,
    of_item,
    problem,
    write_hazard,
)

Be = Callable[[str], Client]
CLOSED = HazardStatus.CLOSED


def ago(days: int) -> dict[str, Any]:
    return {"received_at": now() - timedelta(days=days), "ended_at": now() - timedelta(days=days - 1)}


def listed(be: Be, query: str = "", name: str = "admin") -> list[dict[str, Any]]:
    answer = be(name).get(f"/v1/hazards/recurrences{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_an_item_that_broke_again_stands_with_how_often_and_when(
    be: Be, session: Session, checklist: Checklist
) -> None:
    item = of_item(checklist, 1)
    last = write_hazard(session, CLOSED, **item, **ago(20))
    write_hazard(session, CLOSED, **item, **ago(60))
    write_hazard(session, HazardStatus.ASSIGNED, recurrences=2, came_back=True, **item)
    write_hazard(session, CLOSED, **of_item(checklist, 2), **ago(9))
    (one,) = listed(be)

    assert (one["hazards"], one["sightings"], one["open_now"], one["came_back"]) == (3, 5, 1, 1)
    assert (one["item_key"], one["item_text"]) == (item["item_key"], checklist.items[0].text)
    assert last.ended_at is not None
    assert one["last_closed_at"] == last.ended_at.isoformat()


def test_by_place_all_that_was_found_there_counts(be: Be, session: Session, checklist: Checklist) -> None:
    write_hazard(session, CLOSED, **of_item(checklist, 1), **ago(5))
    write_hazard(session, CLOSED, **ago(6))
    write_hazard(session, HazardStatus.REJECTED)
    write_hazard(session, place_id=named("workshop"))
    (one,) = listed(be, "?by=place")

    assert (one["hazards"], one["item_key"], one["item_text"]) == (2, None, None)
    assert listed(be) == []


def test_it_was_found_last_when_it_was_seen_again(be: Be, session: Session, checklist: Checklist) -> None:
    """Also where that joined a hazard which was open."""
    item = of_item(checklist, 1)
    row = write_hazard(session, HazardStatus.ASSIGNED, **item, received_at=now() - timedelta(days=30))
    assert file(be("worker"), inspection_body(checklist, _1=problem())).status_code == 201
    (one,) = listed(be)

    assert one["sightings"] == 2
    assert datetime.fromisoformat(one["last_found_at"]) > row.received_at + timedelta(days=29)


def test_what_lies_further_back_does_not_count(be: Be, session: Session) -> None:
    write_hazard(session)
    write_hazard(session, CLOSED, **ago(50))

    assert len(listed(be, "?by=place&days=60")) == 1
    assert listed(be, "?by=place&days=40") == []


def test_nobody_reads_of_other_communities(be: Be, session: Session) -> None:
    for _ in range(2):
        write_hazard(session)

    assert listed(be, "?by=place", "next_admin") == []
    assert len(listed(be, "?by=place", "city")) == 1


def test_who_stood_in_elsewhere_reads_of_his_own_report_there_and_of_nothing_else(
    be: Be, session: Session, checklist: Checklist
) -> None:
    """What his grid's colleagues found there before, count, or keep safe meanwhile is not his to read."""
    there = {"area_code": HOME + "002", "place_id": named("workshop")} | of_item(checklist, 1)
    him = {"reported_by": person("worker").user_id}
    before, others = write_hazard(session, CLOSED, **there, **him, **ago(9)), {"reported_by": None} | ago(5)
    write_hazard(session, CLOSED, **there, **others)
    kept_safe = {"controls": "拉了警戒线", "five_fixed": FIVE_FIXED}
    row = write_hazard(session, HazardStatus.ACCEPTED, **there, **him, **kept_safe)
    shown, whole = (be(name).get(f"/v1/hazards/{row.id}").json for name in ("worker", "admin"))

    assert [one["id"] for one in shown["earlier"]] == [str(before.id)]
    assert (shown["controls"], shown["five_fixed"]) == (None, None)
    assert len(whole["earlier"]) == 2
    assert (whole["controls"], whole["five_fixed"]) == (kept_safe["controls"], FIVE_FIXED)
    assert listed(be, "?by=place", "worker") == []
    assert [one["hazards"] for one in listed(be, "?by=place")] == [3]


def test_more_of_them_ask_no_more_of_the_database(be: Be, session: Session) -> None:
    admin = be("admin")
    for _ in range(2):
        write_hazard(session)
    with statements(session.connection()) as few:
        admin.get("/v1/hazards/recurrences?by=place")
    for _ in range(9):
        write_hazard(session, place_id=named("workshop"))
    with statements(session.connection()) as many:
        admin.get("/v1/hazards/recurrences?by=place")

    assert len(many) == len(few)


@pytest.mark.parametrize("days, came_back", [(29, True), (32, False)])
def test_what_is_found_within_a_month_after_it_was_closed_came_back(
    be: Be, session: Session, checklist: Checklist, days: int, *, came_back: bool
) -> None:
    before = write_hazard(session, CLOSED, **of_item(checklist, 1), **ago(days + 1))
    filed = file(be("worker"), inspection_body(checklist, _1=problem(), _2=problem()))
    assert filed.status_code == 201, filed.text
    again, other = (session.get_one(Hazard, one["hazard_id"]) for one in filed.json["answers"][:2])
    shown = be("admin").get(f"/v1/hazards/{again.id}").json

    assert (again.came_back, other.came_back) == (came_back, False)
    assert [one["id"] for one in shown["earlier"]] == [str(before.id)]
    assert be("admin").get(f"/v1/hazards/{other.id}").json["earlier"] == []


def offline(client: Client, checklist: Checklist, *, days: int) -> Answer:
    """File what a phone saw so long ago."""
    body = inspection_body(checklist, _1=problem("还是堆着"))
    answer = file(client, body | {"captured_at": (now() - timedelta(days=days)).isoformat()})
    assert answer.status_code == 201, answer.text
    return answer


def test_what_was_found_before_it_was_closed_is_a_sighting_though_it_arrives_after(
    be: Be, session: Session, checklist: Checklist
) -> None:
    """The phone was offline for three days: nothing came back, and nobody is to look once more."""
    closed = write_hazard(session, CLOSED, **of_item(checklist, 1), ended_at=now() - timedelta(days=1))
    answer = offline(be("worker"), checklist, days=3)
    shown = be("admin").get(f"/v1/hazards/{closed.id}").json

    assert answer.json["answers"][0]["hazard_id"] == str(closed.id)
    assert (shown["status"], shown["recurrences"]) == ("closed", 1)
    assert [(one["step"], one["status_after"], one["note"]) for one in shown["events"]] == [
        ("recur", "closed", "还是堆着")
    ]


def test_what_was_found_after_a_recheck_came_back_also_where_both_arrive_late(
    be: Be, session: Session, checklist: Checklist
) -> None:
    rectified = write_hazard(
        session, HazardStatus.RECTIFIED, **of_item(checklist, 1), received_at=now() - timedelta(days=9)
    )
    rechecked = (now() - timedelta(days=4)).isoformat()
    shown = done(Take(be)("colleague", rectified, "verify", passed=True, captured_at=rechecked))
    answer = offline(be("worker"), checklist, days=2)
    found = session.get_one(Hazard, answer.json["answers"][0]["hazard_id"])

    assert (shown["status"], shown["ended_at"]) == ("closed", rechecked)
    assert found.id != rectified.id
    assert (found.status, found.came_back) == (HazardStatus.REPORTED, True)


def test_what_was_found_after_it_was_closed_came_back_however_late_it_arrives(
    be: Be, session: Session, checklist: Checklist
) -> None:
    closed = write_hazard(session, CLOSED, **of_item(checklist, 1), ended_at=now() - timedelta(days=33))
    answer = offline(be("worker"), checklist, days=4)
    found = session.get_one(Hazard, answer.json["answers"][0]["hazard_id"])

    assert found.id != closed.id
    assert (found.status, found.came_back) == (HazardStatus.REPORTED, True)


def merged(session: Session, checklist: Checklist, kept: Hazard) -> Hazard:
    """Write what an inspection found a while ago, merged into another by way of a third."""
    middle = write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=kept.id, **ago(9))
    of = of_item(checklist, 1) | ago(9)
    return write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=middle.id, **of)


@pytest.mark.parametrize("status", ["reported", "accepted", "rectifying", "rectified"])
def test_what_was_merged_and_is_found_again_joins_what_stands_for_it(
    be: Be, session: Session, checklist: Checklist, status: str
) -> None:
    """An admin merged it: the next inspection raises nothing that he would have to merge again."""
    kept = write_hazard(session, HazardStatus(status))
    merged(session, checklist, kept)
    before = count(session, Hazard)
    answers = [
        file(be("worker"), inspection_body(checklist, _1=problem())).json["answers"][0] for _ in range(2)
    ]
    shown = be("admin").get(f"/v1/hazards/{kept.id}").json

    assert [(one["hazard_id"], one["recurrence"]) for one in answers] == [(str(kept.id), True)] * 2
    assert (shown["status"], shown["recurrences"], count(session, Hazard)) == (status, 2, before)
    assert [one["step"] for one in shown["events"]] == ["recur", "recur"]


@pytest.mark.parametrize("days, late, came_back", [(3, True, False), (1, False, True), (0, False, True)])
def test_what_was_merged_ended_with_what_stood_for_it(
    be: Be, session: Session, checklist: Checklist, days: int, *, late: bool, came_back: bool
) -> None:
    """Found before that, and told of after, it is one more sighting; found after it, it came back."""
    kept = write_hazard(session, CLOSED, ended_at=now() - timedelta(days=2))
    merged(session, checklist, kept)
    answer = offline(be("worker"), checklist, days=days).json["answers"][0]
    session.refresh(kept)
    found = session.get_one(Hazard, answer["hazard_id"])

    assert (found.id == kept.id, answer["recurrence"], kept.recurrences) == (late, late, int(late))
    assert found.came_back is came_back


def test_what_was_merged_into_what_was_rejected_is_raised_anew(
    be: Be, session: Session, checklist: Checklist
) -> None:
    merged(session, checklist, write_hazard(session, HazardStatus.REJECTED, ended_at=now()))
    answer = file(be("worker"), inspection_body(checklist, _1=problem())).json["answers"][0]
    found = session.get_one(Hazard, answer["hazard_id"])

    assert (answer["recurrence"], found.status, found.came_back) == (False, HazardStatus.REPORTED, False)


def test_its_own_open_one_goes_before_what_another_was_merged_into(
    be: Be, session: Session, checklist: Checklist
) -> None:
    merged(session, checklist, write_hazard(session, HazardStatus.ACCEPTED))
    own = write_hazard(session, **of_item(checklist, 1))
    answer = file(be("worker"), inspection_body(checklist, _1=problem())).json["answers"][0]

    assert answer["hazard_id"] == str(own.id)


def test_a_longer_way_to_what_stands_for_it_asks_no_more_of_the_database(
    be: Be, session: Session, checklist: Checklist
) -> None:
    worker, kept = be("worker"), write_hazard(session, HazardStatus.ACCEPTED)
    asked: list[int] = []
    for _ in range(2):
        last = kept
        for _ in range(1 + 5 * len(asked)):
            last = write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=last.id)
        write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=last.id, **of_item(checklist, 1))
        with statements(session.connection()) as made:
            assert file(worker, inspection_body(checklist, _1=problem())).status_code == 201
        asked.append(len(made))

    session.refresh(kept)
    assert kept.recurrences == 2
    assert asked[0] == asked[1]
