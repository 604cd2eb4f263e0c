"""Pairs of photos that may be one: who sees them, how much, and that nothing follows by itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import evidence
from app.clock import now
from app.ids import new_id
from app.models import (
    AuditEntry,
    HarmCase,
    HazardStatus,
    MatchKind,
    Notice,
    Photo,
    PhotoMatch,
    PhotoOwner,
)
from dev.drills.photo_changes import changed
from dev.drills.scenes import scene_of
from tests.cast import FAR, GRID, named, person
from tests.client import Answer, Client
from tests.counting import statements
from tests.evidence.photos import file
from tests.hazard_world import done, write_hazard
from tests.matrix.stage import Stage
from tests.own_data_world import photos_of

Become = Callable[[str | None], Client]
LIST = "/v1/photo-matches"
_FOUND = {"verdict": "reuse", "note": "用的是上个月的照片"}


def photo(
    session: Session, who: str, area_code: str, kind: PhotoOwner, record_id: UUID | None = None
) -> UUID:
    """Write a photo that a record of its sender names."""
    photo_id, by = new_id(), person(who).user_id
    session.add(
        Photo(id=photo_id, sha256=photo_id.bytes, width=9, height=9, uploaded_by=by, received_at=now())
    )
    session.flush()
    evidence.link_photos(session, kind, record_id or new_id(), area_code, [photo_id], by=by)
    return photo_id


def pair(session: Session, later: UUID, earlier: UUID) -> str:
    """Write that two photos may be one."""
    row = PhotoMatch(
        id=new_id(), photo_id=later, earlier_id=earlier, kind=MatchKind.LIKELY, found_at=now(), note=""
    )
    session.add(row)
    session.commit()
    return str(row.id)


def shown(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_step_of_a_hazard_is_named_with_its_hazard(be: Become, session: Session) -> None:
    """A step has no address of its own; of other records nothing more is to be said."""
    hazard = write_hazard(session, HazardStatus.RECTIFYING)
    step_id, used = new_id(), photo(session, "worker", GRID, PhotoOwner.INSPECTION)
    done(be("worker").step(f"/v1/hazards/{hazard.id}/rectify", {"step_id": str(step_id), "note": "清走了"}))
    later = photo(session, "worker", GRID, PhotoOwner.HAZARD_EVENT, step_id)
    pair(session, later, used)
    [match] = shown(be("admin"))

    [record], [other] = match["photo"]["records"], match["earlier"]["records"]
    assert (record["record_id"], record["hazard_id"], record["step"]) == (
        str(step_id),
        str(hazard.id),
        "rectify",
    )
    assert (other["hazard_id"], other["step"]) == (None, None)


def test_a_record_under_the_id_of_a_step_is_not_taken_for_it(be: Become, session: Session) -> None:
    """Phones make ids: one may stand in two tables."""
    hazard, step_id = write_hazard(session, HazardStatus.RECTIFYING), new_id()
    done(be("worker").step(f"/v1/hazards/{hazard.id}/rectify", {"step_id": str(step_id), "note": "清走了"}))
    used, later = (photo(session, "worker", GRID, PhotoOwner.INSPECTION, one) for one in (None, step_id))
    pair(session, later, used)
    [match] = shown(be("admin"))

    [record] = match["photo"]["records"]
    assert (record["record_id"], record["hazard_id"], record["step"]) == (str(step_id), None, None)


def test_photos_sent_and_used_twice_come_to_review(
    be: Become, app: Flask, worker: Client, colleague: Client, session: Session
) -> None:
    """S-175: a mirrored photo in another's record is listed; nobody is refused, told or marked."""
    first, second, picture = new_id(), new_id(), scene_of(11)
    for who, photo_id, image in ((worker, first, picture), (colleague, second, changed(picture, "mirrored"))):
        body = {
            "place_id": str(named("block")),
            "category": "fire",
            "text": "楼道堆放杂物",
            "captured_at": now().isoformat(),
            "photo_ids": [str(photo_id)],
        }
        assert who.put(f"/v1/hazards/{new_id()}", json=body).status_code == 201
        assert who.put(f"/v1/photos/{photo_id}", data=file(image)).status_code == 201
    notices = session.scalars(select(Notice.id)).all()
    with session.begin_nested():
        evidence.compare(session, photos_of(app), limit=100)
    session.commit()

    (match,) = shown(be("admin"))

    assert (match["kind"], match["photo"]["photo_id"], match["earlier"]["photo_id"]) == (
        "likely",
        str(second),
        str(first),
    )
    assert (match["settled_at"], match["verdict"]) == (None, None)
    assert [record["kind"] for record in match["photo"]["records"]] == ["hazard"]
    assert be("admin").get(match["photo"]["thumb_url"]).mimetype == "image/jpeg"
    assert session.scalars(select(Notice.id)).all() == notices
    assert worker.get(f"/v1/photos/{first}").json["arrived"] is True


def test_a_reviewer_sees_a_pair_by_the_photo_within_his_reach(be: Become, session: Session) -> None:
    """S-175: across sites, and of the other site's photo nothing."""
    home = photo(session, "worker", GRID, PhotoOwner.INSPECTION)
    far = photo(session, "far_worker", FAR, PhotoOwner.INSPECTION)
    match_id = pair(session, far, home)

    seen = {
        name: [(one["id"], one["photo"] is None, one["earlier"] is None) for one in shown(be(name))]
        for name in ("admin", "county", "city", "far_admin", "far_county", "next_admin")
    }

    mine, theirs = [(match_id, True, False)], [(match_id, False, True)]
    assert seen == {
        "admin": mine,
        "county": mine,
        "city": [(match_id, False, False)],
        "far_admin": theirs,
        "far_county": theirs,
        "next_admin": [],
    }


def test_pairs_are_narrowed_to_an_area(be: Become, session: Session) -> None:
    home = photo(session, "worker", GRID, PhotoOwner.INSPECTION)
    match_id = pair(session, photo(session, "far_worker", FAR, PhotoOwner.INSPECTION), home)

    found = {area: [one["id"] for one in shown(be("county"), f"?area_code={area}")] for area in (GRID, FAR)}

    assert found == {GRID: [match_id], FAR: []}


def test_admins_and_offices_read_and_the_city_notes_nothing(be: Become, session: Session) -> None:
    for name in ("worker", "lead", "resident", "system", "auditor"):
        assert outcome(be(name).get(LIST)) == (403, "forbidden")
    earlier, later = (photo(session, "worker", GRID, PhotoOwner.INSPECTION) for _ in range(2))
    settled = be("city").post(f"{LIST}/{pair(session, later, earlier)}/settle", json=_FOUND)
    assert outcome(settled) == (403, "forbidden")
    assert outcome(be(None).get(LIST)) == (401, "sign_in_needed")


def test_photos_of_visits_are_never_shown(be: Become, session: Session) -> None:
    """S-175: a pair of two visits is nobody's to review; beside an inspection the visit's photo is hidden."""
    visits = [photo(session, "worker", GRID, PhotoOwner.VISIT) for _ in range(2)]
    inspection = photo(session, "worker", GRID, PhotoOwner.INSPECTION)
    pair(session, visits[1], visits[0])
    mixed = pair(session, visits[1], inspection)

    (match,) = shown(be("admin"))

    assert (match["id"], match["photo"], match["earlier"]["photo_id"]) == (mixed, None, str(inspection))


def test_what_tells_of_harm_to_a_minor_is_never_shown(be: Become, session: Session) -> None:
    hazard_id = Stage(session).hazard(HazardStatus.REPORTED)
    secret = photo(session, "worker", GRID, PhotoOwner.HAZARD, hazard_id)
    other = photo(session, "worker", GRID, PhotoOwner.INSPECTION)
    pair(session, secret, other)
    assert shown(be("admin"))[0]["photo"] is not None
    case = {"hazard_id": hazard_id, "told_id": hazard_id, "opened_at": now(), "signals": ["flag"]}
    session.add(HarmCase(id=new_id(), area_code=GRID, **case))
    session.commit()

    assert [match["photo"] for match in shown(be("admin"))] == [None]


def test_two_photos_of_one_record_are_no_reuse(be: Become, session: Session) -> None:
    record_id = new_id()
    two = [photo(session, "worker", GRID, PhotoOwner.INSPECTION, record_id) for _ in range(2)]
    pair(session, two[1], two[0])

    assert shown(be("admin")) == []


def test_naming_anothers_photo_brings_it_to_no_review(be: Become, session: Session) -> None:
    far = photo(session, "far_worker", FAR, PhotoOwner.INSPECTION)
    other = photo(session, "far_worker", FAR, PhotoOwner.INSPECTION)
    pair(session, far, other)
    by = person("worker").user_id
    evidence.link_photos(session, PhotoOwner.HAZARD, new_id(), GRID, [far], by=by)
    session.commit()

    assert shown(be("admin")) == []


def test_a_pair_is_settled_once_with_a_note(be: Become, session: Session) -> None:
    match_id = _at_home(session)
    settle = f"{LIST}/{match_id}/settle"

    first, again = be("admin").post(settle, json=_FOUND), be("admin").post(settle, json=_FOUND)
    other = be("county").post(settle, json={"verdict": "not_reuse", "note": "不是"})

    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert (first.json["verdict"], first.json["settled_by"]) == ("reuse", str(person("admin").user_id))
    assert outcome(other) == (409, "illegal_step")
    assert shown(be("admin")) == []
    assert [one["id"] for one in shown(be("admin"), "?settled=done")] == [match_id]
    assert [one["id"] for one in shown(be("admin"), "?settled=all&kind=likely")] == [match_id]
    assert shown(be("admin"), "?settled=all&kind=exact") == []


def test_settling_is_for_who_sees_the_pair(be: Become, session: Session) -> None:
    settle = f"{LIST}/{_at_home(session)}/settle"

    assert outcome(be("far_admin").post(settle, json=_FOUND)) == (404, "not_found")
    assert outcome(be("worker").post(settle, json=_FOUND)) == (403, "forbidden")
    assert outcome(be("admin").post(settle, json={**_FOUND, "note": ""})) == (422, "invalid")


def test_nobody_judges_a_photo_of_his_own(be: Become, session: Session) -> None:
    mine = photo(session, "admin", GRID, PhotoOwner.INSPECTION)
    other = photo(session, "worker", GRID, PhotoOwner.INSPECTION)
    settle = f"{LIST}/{pair(session, mine, other)}/settle"

    assert outcome(be("admin").post(settle, json=_FOUND)) == (403, "own_photo")
    assert be("county").post(settle, json=_FOUND).status_code == 200


def test_settling_leaves_a_trace(be: Become, session: Session) -> None:
    match_id = _at_home(session)
    be("admin").post(f"{LIST}/{match_id}/settle", json=_FOUND)

    rows = session.scalars(select(AuditEntry).where(AuditEntry.permission == "photo_review")).all()
    assert [row.action for row in rows] == [f"POST {LIST}/<uuid:match_id>/settle"]
    assert rows[0].facts["verdict"] == "reuse"


def test_the_list_costs_the_same_with_many_pairs(
    be: Become, session: Session, connection: Connection
) -> None:
    _at_home(session)
    admin = be("admin")
    shown(admin)
    with statements(connection) as few:
        shown(admin)
    for _ in range(5):
        _at_home(session)
    with statements(connection) as many:
        assert len(shown(admin)) == 6

    assert len(few) == len(many)


def test_pages_follow_each_other(be: Become, session: Session) -> None:
    made = [_at_home(session) for _ in range(3)]

    first = be("admin").get(f"{LIST}?limit=2").json
    second = be("admin").get(f"{LIST}?limit=2&cursor={first['next_cursor']}").json

    assert [one["id"] for one in (*first["items"], *second["items"])] == made[::-1]


def _at_home(session: Session) -> str:
    """Write a pair of two inspections of home."""
    return pair(session, *(photo(session, "worker", GRID, PhotoOwner.INSPECTION) for _ in range(2)))
