"""Reporting and reading hazards over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.actors import VISITOR
from app.api.http.parts import EXTENSION
from app.clock import now
from app.errors import NotFoundError, OtherContentError
from app.evidence import Signals
from app.hazards import HazardReport, PlaceUnnamedError, report
from app.ids import new_id
from app.models import Hazard, HazardCategory, HazardEvent, HazardLevel, HazardStatus, Notice, PlaceCode
from app.places import CodeRevokedError
from tests.cast import FAR, GRID, HOME, named, person
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import BLOCK, count, report_body, tampered, write_code, write_hazard
from tests.photos import waiting

Be = Callable[[str], Client]


def put(client: Client, body: dict[str, Any], hazard_id: UUID | None = None) -> Answer:
    return client.put(f"/v1/hazards/{hazard_id or new_id()}", json=body)


def test_a_resident_reports_and_follows_his_report(session: Session, resident: Client) -> None:
    hazard_id, photo = new_id(), str(new_id())

    answer = put(resident, report_body(text="楼道里有人充电", photo_ids=[photo]), hazard_id)

    assert answer.status_code == 201
    shown = answer.json
    assert (shown["id"], shown["area_code"], shown["place_name"]) == (str(hazard_id), GRID, "1号楼")
    assert (shown["source"], shown["status"], shown["level"]) == ("resident", "reported", "general")
    assert (shown["text"], shown["category"]) == ("楼道里有人充电", "fire")
    assert (shown["photos"], shown["reported_by_me"]) == ([waiting(photo)], True)
    event = shown["events"][0]
    assert (event["number"], event["step"], event["status_after"]) == (1, "report", "reported")
    assert resident.get(f"/v1/hazards/{hazard_id}").json == shown
    to_resident = Notice.user_id == person("resident").user_id
    assert session.scalars(select(Notice.id).where(to_resident)).all() == []
    assert count(session, HazardEvent) == 1


@pytest.mark.parametrize(
    "name,source",
    [
        ("resident", "resident"),
        ("worker", "staff"),
        ("lead", "staff"),
        ("clerk", "staff"),
        ("admin", "staff"),
    ],
)
def test_the_source_is_as_what_one_speaks(be: Be, name: str, source: str) -> None:
    assert put(be(name), report_body()).json["source"] == source


def test_the_same_report_again_is_one_hazard(session: Session, resident: Client) -> None:
    hazard_id, body = new_id(), report_body(photo_ids=[str(new_id())])

    first, again = put(resident, body, hazard_id), put(resident, body, hazard_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert (count(session, Hazard), count(session, HazardEvent)) == (1, 1)


@pytest.mark.parametrize("other", [{"text": "别的"}, {"category": "traffic"}, {"photo_ids": [str(BLOCK)]}])
def test_other_content_under_the_same_id_is_refused(
    session: Session, resident: Client, other: dict[str, Any]
) -> None:
    hazard_id, at = new_id(), now().isoformat()
    put(resident, report_body(captured_at=at), hazard_id)

    answer = put(resident, report_body(captured_at=at, **other), hazard_id)

    assert (answer.status_code, answer.json["code"]) == (409, "other_content")
    assert count(session, Hazard) == 1


def test_a_neighbour_may_not_reuse_the_id(be: Be, resident: Client) -> None:
    hazard_id, body = new_id(), report_body()
    put(resident, body, hazard_id)

    assert put(be("neighbour"), body, hazard_id).status_code == 409


def test_the_code_alone_names_the_place(session: Session, app: Flask, resident: Client) -> None:
    answer = put(resident, report_body(place_id=None, code=write_code(session, app)))

    assert (answer.status_code, answer.json["place_id"]) == (201, str(BLOCK))
    assert answer.json["presence_reasons"][0] == "code_scanned"


def test_a_report_names_its_place_one_way_or_the_other(resident: Client) -> None:
    nowhere = put(resident, report_body(place_id=None))
    forged = put(resident, report_body(place_id=None, code="1abcdefghi.forged"))

    assert (nowhere.status_code, nowhere.json["code"]) == (422, "place_unnamed")
    assert list(nowhere.json["errors"]) == ["place_id"]
    assert (forged.status_code, forged.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("place", ["far_block", "next_block", "nowhere"])
def test_another_community_s_place_reads_as_not_there(
    session: Session, app: Flask, resident: Client, place: str
) -> None:
    by_place = put(resident, report_body(place_id=str(named(place))))
    if place != "nowhere":
        code = write_code(session, app, named(place))
        assert put(resident, report_body(place_id=None, code=code)).status_code == 404

    assert (by_place.status_code, by_place.json["code"]) == (404, "not_found")
    assert count(session, Hazard) == 0


def test_a_flagged_clock_keeps_the_report(resident: Client) -> None:
    old = put(resident, report_body(captured_at=(now() - timedelta(days=8)).isoformat())).json
    early = put(resident, report_body(captured_at=(now() + timedelta(hours=1)).isoformat())).json

    assert [old["clock_flag"], early["clock_flag"]] == ["stale", "future"]


@pytest.mark.parametrize("wrong", [{"text": ""}, {"category": "noise"}, {"level": "major"}])
def test_a_bad_report_is_refused_by_name(session: Session, resident: Client, wrong: dict[str, Any]) -> None:
    answer = put(resident, report_body(**wrong))

    assert (answer.status_code, list(answer.json["errors"])) == (422, list(wrong))
    assert count(session, Hazard) == 0


def visit(session: Session, app: Flask, hazard_id: UUID | None = None, **more: Any) -> tuple[Hazard, bool]:
    """Report as somebody without an account does at the code."""
    signer = app.extensions[EXTENSION].signer
    place_id = more.pop("place_id", None)
    signals = Signals(captured_at=more.pop("captured_at", now()), **more)
    sent = HazardReport(HazardCategory.FIRE, "有人充电", signals, place_id=place_id)
    return report(session, VISITOR, signer, hazard_id or new_id(), sent)


def test_a_visitor_reports_at_a_valid_code(session: Session, app: Flask, admin: Client) -> None:
    hazard_id, at, code = new_id(), now(), write_code(session, app)

    hazard, made = visit(session, app, hazard_id, code=code, captured_at=at)
    again, made_again = visit(session, app, hazard_id, code=code, captured_at=at)
    session.commit()

    assert (made, made_again, again.id) == (True, False, hazard.id)
    shown = admin.get(f"/v1/hazards/{hazard_id}").json
    assert (shown["source"], shown["place_id"], shown["area_code"]) == ("visitor", str(BLOCK), GRID)
    assert [(event["step"], event["actor_name"]) for event in shown["events"]] == [("report", None)]
    accepted = admin.step(f"/v1/hazards/{hazard_id}/accept")
    assert accepted.status_code == 200
    assert session.scalars(select(Notice.user_id)).all() == [person("admin").user_id], "of the report"
    with pytest.raises(OtherContentError):
        visit(session, app, hazard_id, code=code)


def test_a_visitor_without_a_valid_code_reports_nothing(session: Session, app: Flask) -> None:
    code = write_code(session, app)

    with pytest.raises(PlaceUnnamedError):
        visit(session, app, place_id=BLOCK)
    with pytest.raises(NotFoundError):
        visit(session, app, code=tampered(code))
    with pytest.raises(NotFoundError):
        visit(session, app, code=code, place_id=named("workshop"))
    session.scalars(select(PlaceCode)).one().revoked_at = now()
    with pytest.raises(CodeRevokedError):
        visit(session, app, code=code)
    assert count(session, Hazard) == 0


def test_the_route_is_not_for_visitors(visitor: Client) -> None:
    assert put(visitor, report_body()).status_code == 401


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/v1/hazards{query}")
    assert answer.status_code == 200
    return [item["id"] for item in answer.json["items"]]


def test_a_resident_reads_what_he_reported_and_nothing_else(session: Session, be: Be) -> None:
    mine = write_hazard(session)
    write_hazard(session, reported_by=person("neighbour").user_id)
    anonymous = write_hazard(session, reported_by=None)

    assert listed(be("resident")) == [str(mine.id)]
    assert be("neighbour").get(f"/v1/hazards/{mine.id}").status_code == 404
    assert be("resident").get(f"/v1/hazards/{anonymous.id}").status_code == 404


def test_staff_read_their_area(session: Session, be: Be) -> None:
    inside = str(write_hazard(session).id)
    beside = str(write_hazard(session, area_code=HOME, place_id=named("workshop")).id)
    write_hazard(session, area_code=FAR, place_id=named("far_block"))

    assert listed(be("worker")) == listed(be("lead")) == [inside]
    assert listed(be("admin")) == listed(be("county")) == [beside, inside]
    assert listed(be("next_admin")) == []
    assert be("far_admin").get(f"/v1/hazards/{inside}").status_code == 404
    assert be("auditor").get("/v1/hazards").status_code == 403


def test_a_neighbour_who_reports_is_not_named(admin: Client, resident: Client) -> None:
    hazard_id = put(resident, report_body()).json["id"]

    events = admin.step(f"/v1/hazards/{hazard_id}/accept").json["events"]

    assert [(event["step"], event["actor_name"]) for event in events] == [
        ("report", None),
        ("accept", "admin"),
    ]


def test_the_list_is_filtered(session: Session, admin: Client, worker: Client) -> None:
    past, ahead = now() - timedelta(days=1), now() + timedelta(days=1)
    late = str(write_hazard(session, HazardStatus.ASSIGNED, due_at=past).id)
    on_time = str(write_hazard(session, HazardStatus.RECTIFYING, due_at=ahead).id)
    ended = str(write_hazard(session, HazardStatus.CLOSED, due_at=past, category=HazardCategory.TRAFFIC).id)
    major = str(write_hazard(session, level=HazardLevel.MAJOR, place_id=named("workshop")).id)

    assert listed(admin) == [major, ended, on_time, late]
    assert listed(admin, "?overdue=true") == [late]
    assert listed(admin, "?overdue=false&status=closed") == [ended]
    assert listed(admin, "?category=traffic") == [ended]
    assert listed(admin, "?level=major") == [major]
    assert listed(admin, f"?place_id={named('workshop')}") == [major]
    assert listed(worker, "?assignee=me") == [on_time, late]
    assert listed(admin, "?assignee=me") == []
    for wrong in ("overdue=yes", "assignee=you", "status=open", "colour=red"):
        assert admin.get(f"/v1/hazards?{wrong}").status_code == 422


def test_the_list_goes_on_where_it_stopped(session: Session, admin: Client) -> None:
    ids = [str(write_hazard(session).id) for _ in range(3)][::-1]

    first = admin.get("/v1/hazards?limit=2").json
    rest = admin.get(f"/v1/hazards?limit=2&cursor={first['next_cursor']}").json

    assert [item["id"] for item in first["items"]] == ids[:2]
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == (ids[2:], None)


def test_the_list_costs_the_same_for_one_and_for_many(
    session: Session, connection: Connection, admin: Client
) -> None:
    write_hazard(session)
    with statements(connection) as one:
        assert len(listed(admin)) == 1
    for _ in range(4):
        write_hazard(session)
    with statements(connection) as many:
        assert len(listed(admin)) == 5

    assert len(many) == len(one)


def test_one_hazard_costs_the_same_with_any_history(
    connection: Connection, resident: Client, admin: Client
) -> None:
    hazard_id = put(resident, report_body(photo_ids=[str(new_id())])).json["id"]
    path = f"/v1/hazards/{hazard_id}"
    with statements(connection) as young:
        admin.get(path)
    admin.step(f"{path}/accept")
    admin.step(f"{path}/assign", {"assignee_id": str(person("worker").user_id)})
    with statements(connection) as old:
        assert len(admin.get(path).json["events"]) == 3

    assert len(old) == len(young)
