"""What a kept hazard says of the reports merged into it, and what their reporters read of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import HarmCase, Hazard, HazardStatus, Notice
from tests.cast import GRID, HOME, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import Take, done, refused, write_hazard

Be = Callable[[str], Client]


def _merge(take: Take, hazard: Hazard, kept: Hazard) -> dict[str, Any]:
    return done(take("admin", hazard, "duplicate", duplicate_of_id=str(kept.id)))


def _shown(client: Client, hazard: Hazard) -> dict[str, Any]:
    answer = client.get(f"/v1/hazards/{hazard.id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def _listed(client: Client, hazard: Hazard) -> dict[str, Any]:
    answer = client.get("/v1/hazards?limit=50")
    return next(one for one in answer.json["items"] if one["id"] == str(hazard.id))


def test_a_kept_hazard_counts_what_was_merged_into_it_also_by_way_of_another(
    session: Session, take: Take, be: Be
) -> None:
    kept, middle, first = write_hazard(session), write_hazard(session), write_hazard(session)
    _merge(take, first, middle)
    _merge(take, middle, kept)
    admin = be("admin")

    shown = _shown(admin, kept)

    assert (shown["merged_count"], shown["merged_ids"]) == (2, sorted([str(middle.id), str(first.id)]))
    assert (_listed(admin, kept)["merged_count"], _listed(admin, middle)["merged_count"]) == (2, 1)


def test_more_reports_than_are_named_are_counted(session: Session, be: Be) -> None:
    kept = write_hazard(session)
    for _ in range(22):
        write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=kept.id)

    shown = _shown(be("admin"), kept)

    assert (shown["merged_count"], len(shown["merged_ids"])) == (22, 20)


def test_a_resident_reads_how_many_said_the_same_and_not_which(session: Session, be: Be) -> None:
    kept = write_hazard(session)
    write_hazard(
        session,
        HazardStatus.DUPLICATE,
        duplicate_of_id=kept.id,
        reported_by=person("neighbour").user_id,
    )

    shown = _shown(be("resident"), kept)

    assert (shown["merged_count"], shown["merged_ids"]) == (1, [])


def test_a_report_that_tells_of_harm_to_a_child_is_not_counted_for_a_resident(
    session: Session, be: Be
) -> None:
    kept = write_hazard(session)
    told = write_hazard(
        session,
        HazardStatus.DUPLICATE,
        duplicate_of_id=kept.id,
        reported_by=person("neighbour").user_id,
    )
    case = {"told_id": told.id, "signals": ["words"], "opened_at": told.received_at, "hazard_id": told.id}
    session.add(HarmCase(id=new_id(), area_code=GRID, opened_by=person("neighbour").user_id, **case))
    session.commit()

    assert _shown(be("resident"), kept)["merged_count"] == 0
    assert _shown(be("admin"), kept)["merged_count"] == 1


def test_who_reported_it_reads_what_stands_for_it_and_what_became_of_that(
    session: Session, take: Take, be: Be
) -> None:
    kept = write_hazard(session, source="staff", reported_by=person("lead").user_id, text="楼道口有杂物")
    middle = write_hazard(session, reported_by=person("lead").user_id)
    mine = write_hazard(session, reported_by=person("neighbour").user_id)
    assert _shown(be("neighbour"), mine)["kept"] is None
    _merge(take, mine, middle)
    _merge(take, middle, kept)

    read = _shown(be("neighbour"), mine)
    assert (read["status"], read["kept"]["id"], read["kept"]["status"]) == (
        "duplicate",
        str(kept.id),
        "reported",
    )
    assert "楼道口有杂物" not in str(read), "the words of another stay with him and the staff"
    done(take("admin", kept, "reject", reason="这是施工围挡"))

    for read in (_shown(be("neighbour"), mine), _listed(be("neighbour"), mine)):
        assert (read["kept"]["status"], read["kept"]["reason"]) == ("rejected", "这是施工围挡")
        assert read["kept"]["ended_at"] is not None


def test_who_reported_what_was_merged_twice_hears_of_the_last_one(session: Session, take: Take) -> None:
    kept = write_hazard(session, source="staff", reported_by=person("lead").user_id)
    middle = write_hazard(session, reported_by=person("lead").user_id)
    mine = write_hazard(session, reported_by=person("neighbour").user_id)
    _merge(take, mine, middle)
    _merge(take, middle, kept)
    done(take("admin", kept, "accept"))

    query = select(Notice).where(Notice.user_id == person("neighbour").user_id).order_by(Notice.id)
    heard = [(row.data["step"], row.data["hazard_id"]) for row in session.scalars(query)]

    assert heard == [("duplicate", str(mine.id)), ("duplicate", str(mine.id)), ("accept", str(mine.id))]


def test_who_reported_the_same_twice_hears_of_each_step_once(session: Session, take: Take) -> None:
    """Of his first report; his two that were merged into another's are one as well."""
    me, lead = person("neighbour").user_id, person("lead").user_id
    for reporter in me, lead:
        kept = write_hazard(session, reported_by=reporter)
        for _ in range(2):
            _merge(take, write_hazard(session, reported_by=me), kept)
        done(take("admin", kept, "accept"))

    accepted = select(Notice.user_id).where(Notice.data["step"].astext == "accept").order_by(Notice.id)
    assert list(session.scalars(accepted)) == [me, lead, me]


def test_a_worker_reads_what_reporters_of_his_own_grid_said(session: Session, be: Be) -> None:
    kept = write_hazard(session, HazardStatus.CLOSED, ended_at=now())
    merged = {"duplicate_of_id": kept.id, "rated_at": now(), "reported_by": None}
    here, there = (
        write_hazard(session, HazardStatus.DUPLICATE, area_code=area_code, satisfaction=1, **merged)
        for area_code in (GRID, HOME + "002")
    )

    def rated(name: str) -> set[str]:
        return {one["hazard_id"] for one in _shown(be(name), kept)["merged_ratings"]}

    assert rated("worker") == {str(here.id)}
    assert rated("admin") == {str(here.id), str(there.id)}


def test_a_list_asks_the_same_whatever_was_merged(session: Session, connection: Connection, be: Be) -> None:
    admin = be("admin")

    def merge() -> None:
        kept = write_hazard(session)
        for _ in range(2):
            write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=kept.id)

    merge()
    with statements(connection) as few:
        admin.get("/v1/hazards?limit=50")
    for _ in range(5):
        merge()
    with statements(connection) as many:
        admin.get("/v1/hazards?limit=50")

    assert len(many) == len(few)


def test_who_reported_what_was_merged_says_how_satisfied_he_is_with_the_kept_one(
    session: Session, take: Take, be: Be
) -> None:
    """Once that is closed, each for his own report; the offices read all of it beside the kept one."""
    kept = write_hazard(session, HazardStatus.RECTIFYING)
    middle = write_hazard(session, reported_by=person("lead").user_id)
    mine = write_hazard(session, reported_by=person("neighbour").user_id)
    _merge(take, mine, middle)
    _merge(take, middle, kept)
    early = take("neighbour", mine, "rate", faces=1)
    before = _shown(be("neighbour"), mine)["allowed"]
    kept.status, kept.ended_at = HazardStatus.CLOSED, now()
    session.commit()

    after = _shown(be("neighbour"), mine)["allowed"]
    his = done(take("neighbour", mine, "rate", faces=1, note="还堆着"))
    done(take("lead", middle, "rate", faces=3, note="好了"))
    done(take("resident", kept, "rate", faces=2))
    changed = done(take("neighbour", mine, "rate", faces=2, note="好些了"))
    shown = _shown(be("admin"), kept)

    assert refused(early) == (409, "illegal_step")
    assert (before, after) == ([], ["rate"])
    assert (his["satisfaction"], changed["satisfaction"], shown["satisfaction"]) == (1, 2, 2)
    assert {(one["hazard_id"], one["satisfaction"], one["note"]) for one in shown["merged_ratings"]} == {
        (str(mine.id), 2, "好些了"),
        (str(middle.id), 3, "好了"),
    }
    assert "好些了" not in str(_shown(be("resident"), kept)), "the words of another stay with the staff"
    told = select(Notice.data["hazard_id"].astext).where(Notice.data["step"].astext == "rate")
    assert list(session.scalars(told)) == [str(kept.id)], (
        "who was not satisfied is told of once, by the kept one"
    )


def test_nobody_else_rates_a_merged_report_and_after_a_week_it_stands(
    session: Session, take: Take, be: Be
) -> None:
    kept = write_hazard(session, HazardStatus.CLOSED, ended_at=now())
    mine = write_hazard(
        session,
        HazardStatus.DUPLICATE,
        duplicate_of_id=kept.id,
        reported_by=person("neighbour").user_id,
    )
    anothers = take("resident", mine, "rate", faces=3)
    done(take("neighbour", mine, "rate", faces=3))
    session.refresh(mine)
    mine.rated_at = now() - timedelta(days=8)
    session.commit()
    late = take("neighbour", mine, "rate", faces=1)

    assert refused(anothers) == (404, "not_found")
    assert refused(late) == (409, "rating_over")
    assert _shown(be("neighbour"), mine)["allowed"] == []


def test_a_list_by_satisfaction_has_each_report_by_what_its_own_reporter_said(
    session: Session, be: Be
) -> None:
    kept = write_hazard(session, HazardStatus.CLOSED, ended_at=now(), satisfaction=3, rated_at=now())
    said = {"satisfaction": 1, "rated_at": now()}
    mine = write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=kept.id, **said)
    admin = be("admin")

    items = admin.get("/v1/hazards?satisfaction=1").json["items"]
    figures = [admin.get(f"/v1/hazards/counts?satisfaction={faces}").json["total"] for faces in (1, 3)]

    assert [(one["id"], one["kept"]["id"]) for one in items] == [(str(mine.id), str(kept.id))]
    assert figures == [1, 1]
