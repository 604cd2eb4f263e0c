from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import AutomaticSource, Claim, ClaimEvent, Evidence, Notice, NoticeKind, Rule
from tests.cast import FAR, GRID, NEXT, person
from tests.client import Client
from tests.counting import statements
from tests.points_world import Be, claim_body, claimed, move_out, refused, rows, write_rule


def test_a_resident_claims_the_rules_least(resident: Client, rule: Rule) -> None:
    claim_id, body = new_id(), claim_body(rule, text="打扫了二楼")
    answer = resident.put(f"/v1/claims/{claim_id}", json=body)
    shown = dict(answer.json)

    assert answer.status_code == 201
    assert shown.pop("received_at") >= shown.pop("captured_at")
    assert shown == {
        "id": str(claim_id),
        "area_code": GRID,
        "household_id": str(person("resident").household_id),
        "resident_id": str(person("resident").resident_id),
        "resident_name": "王桂兰",
        "rule_id": str(rule.id),
        "rule_title": "打扫楼道",
        "points": 2,
        "text": "打扫了二楼",
        "status": "submitted",
        "source_kind": None,
        "source_id": None,
        "submitted_by": str(person("resident").user_id),
        "acted_for": None,
        "verified_by": None,
        "approved_by": None,
        "clock_flag": "ok",
        "notice_until": None,
        "photos": [],
        "photos_named": 0,
        "photos_arrived": 0,
    }


def test_the_same_again_is_the_same(resident: Client, rule: Rule, session: Session) -> None:
    path, body = f"/v1/claims/{new_id()}", claim_body(rule, points=3)
    first = resident.put(path, json=body)
    again = resident.put(path, json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert (rows(session, Claim), rows(session, ClaimEvent)) == (1, 1)


def test_the_same_again_after_the_rule_ended_is_the_same(
    resident: Client, rule: Rule, session: Session
) -> None:
    path, body = f"/v1/claims/{new_id()}", claim_body(rule)
    resident.put(path, json=body)
    rule.valid_until = business_day() - timedelta(days=1)
    session.commit()

    assert resident.put(path, json=body).status_code == 200


@pytest.mark.parametrize("name", ["resident", "lead"])
def test_the_same_again_after_the_resident_moved_is_the_same(
    be: Be, rule: Rule, session: Session, name: str
) -> None:
    path, body = f"/v1/claims/{new_id()}", claim_body(rule)
    first = be(name).put(path, json=body)
    move_out(session)

    again = be(name).put(path, json=body)
    other = be(name).put(path, json=body | {"points": 3})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert refused(other) == (409, "other_content")
    assert rows(session, Claim) == 1


def test_other_content_is_refused(resident: Client, rule: Rule) -> None:
    path = claimed(resident, rule)

    assert refused(resident.put(path, json=claim_body(rule, points=3))) == (409, "other_content")


def test_the_same_by_another_person_is_refused(resident: Client, worker: Client, rule: Rule) -> None:
    path, body = f"/v1/claims/{new_id()}", claim_body(rule)
    resident.put(path, json=body)

    assert refused(worker.put(path, json=body)) == (409, "other_content")


@pytest.mark.parametrize("name", ["lead", "worker", "admin"])
def test_staff_claim_for_a_resident_of_their_area_who_is_told(
    be: Be, name: str, rule: Rule, session: Session
) -> None:
    path = claimed(be(name), rule)
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CLAIM_STEP)).all()

    assert [(notice.user_id, notice.data) for notice in told] == [
        (
            person("resident").user_id,
            {"claim_id": path.rpartition("/")[2], "step": "submit", "status": "submitted"},
        )
    ]


@pytest.mark.parametrize("who", ["neighbour", "far_resident"])
def test_nobody_claims_for_another_household(resident: Client, rule: Rule, who: str) -> None:
    answer = resident.put(f"/v1/claims/{new_id()}", json=claim_body(rule, who))

    assert refused(answer) == (404, "not_found")


def test_staff_do_not_claim_outside_their_area(worker: Client, session: Session) -> None:
    body = claim_body(write_rule(session, FAR), "far_resident")

    assert refused(worker.put(f"/v1/claims/{new_id()}", json=body)) == (404, "not_found")


@pytest.mark.parametrize("name", ["clerk", "county", "city", "system", "security", "auditor"])
def test_others_may_not_claim(be: Be, name: str, rule: Rule) -> None:
    assert refused(be(name).put(f"/v1/claims/{new_id()}", json=claim_body(rule))) == (403, "forbidden")


@pytest.mark.parametrize(
    "rule_of",
    [
        {"area_code": "421224"},
        {"area_code": NEXT},
        {"automatic": AutomaticSource.HAZARD_REPORT_ACCEPTED},
        {"valid_until": business_day() - timedelta(days=1)},
        {"valid_from": business_day() + timedelta(days=1)},
    ],
    ids=["template", "other community", "automatic", "over", "not yet"],
)
def test_only_a_rule_in_force_may_be_claimed(
    resident: Client, session: Session, rule_of: dict[str, Any]
) -> None:
    body = claim_body(write_rule(session, **rule_of))
    answer = resident.put(f"/v1/claims/{new_id()}", json=body)

    assert refused(answer) == (422, "rule_not_in_force")
    assert list(answer.json["errors"]) == ["rule_id"]


def test_a_rule_that_ended_since_may_be_claimed_for_the_day_it_was_valid(
    resident: Client, session: Session
) -> None:
    rule = write_rule(session, valid_until=business_day() - timedelta(days=1))
    yesterday = (now() - timedelta(days=1)).isoformat()

    claimed(resident, rule, captured_at=yesterday)


def test_a_version_that_was_replaced_may_not_be_claimed(resident: Client, session: Session) -> None:
    old = write_rule(session, code="tidy")
    write_rule(session, code="tidy", version=2)

    assert refused(resident.put(f"/v1/claims/{new_id()}", json=claim_body(old))) == (
        422,
        "rule_not_in_force",
    )


@pytest.mark.parametrize("points", [1, 6])
def test_points_outside_the_rules_range_are_refused(resident: Client, rule: Rule, points: int) -> None:
    answer = resident.put(f"/v1/claims/{new_id()}", json=claim_body(rule, points=points))

    assert refused(answer) == (422, "points_out_of_range")
    assert answer.json["errors"] == {"points": ["这条细则可以申报2到5分，请改分数"]}


@pytest.mark.parametrize(
    "evidence, sent, code, field, said",
    [
        (Evidence.PHOTO, {"text": "打扫"}, "photo_needed", "photo_ids", "这条细则要附上照片，请拍一张"),
        (
            Evidence.NOTE,
            {"photo_ids": [str(new_id())]},
            "note_needed",
            "text",
            "这条细则要有文字说明，请写一句",
        ),
    ],
)
def test_missing_evidence_is_refused_by_its_kind(
    resident: Client, session: Session, evidence: Evidence, sent: Any, code: str, field: str, said: str
) -> None:
    rule = write_rule(session, evidence=evidence)
    bare = resident.put(f"/v1/claims/{new_id()}", json=claim_body(rule, **sent))
    claimed(resident, rule, text="打扫", photo_ids=[str(new_id())])

    assert refused(bare) == (422, code)
    assert bare.json["errors"] == {field: [said]}


def test_photos_are_named_before_they_arrive(resident: Client, rule: Rule) -> None:
    photo_ids = [str(new_id()), str(new_id())]
    path = claimed(resident, rule, photo_ids=photo_ids)

    assert [(photo["id"], photo["arrived"]) for photo in resident.get(path).json["photos"]] == [
        (photo_id, False) for photo_id in photo_ids
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {"points": 0},
        {"points": 2.5},
        {"points": "2"},
        {"text": "长" * 501},
        {"photo_ids": [str(new_id()) for _ in range(10)]},
        {"captured_at": "2026-11-24T08:00:00"},
        {"household_id": str(new_id())},
        {"resident_id": None},
    ],
)
def test_bad_input_is_refused_and_nothing_is_stored(
    resident: Client, rule: Rule, session: Session, sent: dict[str, Any]
) -> None:
    answer = resident.put(f"/v1/claims/{new_id()}", json=claim_body(rule, **sent))

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == list(sent)
    assert rows(session, Claim) == 0


def test_a_claim_is_shown_with_its_steps(resident: Client, worker: Client, rule: Rule) -> None:
    path = claimed(resident, rule, text="打扫")
    worker.step(f"{path}/verify", {"note": "看过"})
    steps = resident.get(path).json["steps"]

    assert [{**step, "at": None} for step in steps] == [
        {
            "number": 1,
            "step": "submit",
            "status_after": "submitted",
            "points": 2,
            "at": None,
            "actor_name": "resident",
            "note": "打扫",
        },
        {
            "number": 2,
            "step": "verify",
            "status_after": "verified",
            "points": 2,
            "at": None,
            "actor_name": "worker",
            "note": "看过",
        },
    ]


def test_a_household_sees_its_own_claims_only(
    resident: Client, neighbour: Client, rule: Rule, far_resident: Client
) -> None:
    path = claimed(resident, rule)
    claimed(neighbour, rule, "neighbour")

    assert [claim["id"] for claim in resident.get("/v1/claims").json["items"]] == [path.rpartition("/")[2]]
    assert far_resident.get("/v1/claims").json["items"] == []
    assert refused(neighbour.get(path)) == (404, "not_found")


def test_the_queue_is_filtered(worker: Client, resident: Client, neighbour: Client, rule: Rule) -> None:
    first = claimed(resident, rule).rpartition("/")[2]
    other = claimed(neighbour, rule, "neighbour").rpartition("/")[2]
    worker.step(f"/v1/claims/{first}/verify")

    def found(query: str) -> list[str]:
        return [claim["id"] for claim in worker.get(f"/v1/claims?{query}").json["items"]]

    assert found("") == [other, first]
    assert found("status=verified") == [first]
    assert found("status=submitted") == [other]
    assert found(f"household_id={person('neighbour').household_id}") == [other]
    assert found(f"area_code={GRID}") == [other, first]
    assert found(f"area_code={FAR}") == []


def test_the_queue_is_read_page_by_page(worker: Client, resident: Client, rule: Rule) -> None:
    made = [claimed(resident, rule).rpartition("/")[2] for _ in range(3)]
    first = worker.get("/v1/claims?limit=2").json
    rest = worker.get(f"/v1/claims?limit=2&cursor={first['next_cursor']}").json

    assert [claim["id"] for claim in first["items"] + rest["items"]] == made[::-1]


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/claims/notice"])
def test_the_queries_do_not_grow_with_the_claims(
    admin: Client, resident: Client, session: Session, connection: Connection, path: str
) -> None:
    rule = write_rule(session, notice_days=3)

    def one_more() -> None:
        claim = claimed(resident, rule, photo_ids=[str(new_id())])
        session.get_one(Claim, claim.rpartition("/")[2]).status = "in_notice"  # type: ignore[assignment]
        session.commit()

    one_more()
    with statements(connection) as few:
        assert len(admin.get(path).json["items"]) == 1
    for _ in range(4):
        one_more()
    with statements(connection) as many:
        assert len(admin.get(path).json["items"]) == 5

    assert len(few) == len(many)
