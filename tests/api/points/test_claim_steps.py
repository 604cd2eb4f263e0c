from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import ClaimEvent, Notice, Rule, Transfer, Verifier
from tests.cast import person
from tests.client import Client
from tests.points_world import Be, claimed, move_in, refused, rows, write_rule

STEPS = {"verify": {}, "approve": {}, "return": {"reason": "照片看不清"}, "reject": {"reason": "没做"}}


def verified(resident: Client, worker: Client, rule: Rule, **more: Any) -> str:
    path = claimed(resident, rule, **more)
    assert worker.step(f"{path}/verify").status_code == 200
    return path


def test_verified_approved_and_posted(
    resident: Client, worker: Client, admin: Client, rule: Rule, session: Session
) -> None:
    path = verified(resident, worker, rule, points=4)
    answer = admin.step(f"{path}/approve", {"note": "同意"})

    assert (answer.status_code, answer.json["status"]) == (200, "posted")
    assert (answer.json["verified_by"], answer.json["approved_by"]) == (
        str(person("worker").user_id),
        str(person("admin").user_id),
    )
    assert [(step["step"], step["status_after"]) for step in resident.get(path).json["steps"]] == [
        ("submit", "submitted"),
        ("verify", "verified"),
        ("approve", "approved"),
        ("post", "posted"),
    ]
    assert rows(session, Transfer) == 1
    assert resident.get("/v1/points/account").json["balance"] == 4


def test_with_days_of_notice_nothing_is_posted_yet(
    resident: Client, worker: Client, admin: Client, session: Session
) -> None:
    path = verified(resident, worker, write_rule(session, notice_days=5))
    answer = admin.step(f"{path}/approve")

    assert answer.json["status"] == "in_notice"
    assert answer.json["notice_until"].endswith("T16:00:00+00:00")
    assert rows(session, Transfer) == 0


def test_the_same_step_again_changes_nothing(
    resident: Client, worker: Client, admin: Client, rule: Rule, session: Session
) -> None:
    path = claimed(resident, rule)
    for client, verb, status in ((worker, "verify", "verified"), (admin, "approve", "posted")):
        step_id = new_id()
        first, again = (client.step(f"{path}/{verb}", {"note": "好"}, step_id) for _ in range(2))
        assert (first.json["status"], again.json) == (status, first.json)

    assert rows(session, ClaimEvent) == 4
    assert rows(session, Transfer) == 1


def test_one_more_step_by_the_same_person_is_out_of_order(
    resident: Client, worker: Client, rule: Rule
) -> None:
    path = verified(resident, worker, rule)

    assert refused(worker.step(f"{path}/verify", {"note": "又看了"})) == (409, "illegal_step")


def test_one_more_step_by_somebody_else_is_out_of_order(
    resident: Client, worker: Client, colleague: Client, rule: Rule
) -> None:
    path = verified(resident, worker, rule)

    assert refused(colleague.step(f"{path}/verify")) == (409, "illegal_step")


def test_nothing_is_approved_unverified(resident: Client, admin: Client, rule: Rule) -> None:
    assert refused(admin.step(f"{claimed(resident, rule)}/approve")) == (409, "illegal_step")


@pytest.mark.parametrize(
    "verifier, name, status",
    [
        (Verifier.GRID_WORKER, "worker", 200),
        (Verifier.GRID_WORKER, "lead", 403),
        (Verifier.BUILDING_LEAD, "worker", 403),
        (Verifier.BUILDING_LEAD, "lead", 200),
        (Verifier.EITHER, "worker", 200),
        (Verifier.EITHER, "lead", 200),
    ],
)
def test_the_rule_says_who_verifies(
    be: Be, resident: Client, session: Session, verifier: Verifier, name: str, status: int
) -> None:
    path = claimed(resident, write_rule(session, verifier=verifier))
    answer = be(name).step(f"{path}/verify")

    assert answer.status_code == status
    assert answer.json.get("code") == (None if status == 200 else "wrong_verifier")


def test_who_submitted_does_not_verify(worker: Client, lead: Client, rule: Rule) -> None:
    path = claimed(worker, rule)

    assert refused(worker.step(f"{path}/verify")) == (403, "own_submission")
    assert lead.step(f"{path}/verify").status_code == 200


@pytest.mark.parametrize(
    "name, verb", [("worker", "verify"), ("admin", "approve"), ("worker", "return"), ("admin", "reject")]
)
def test_nobody_decides_for_his_own_household(
    be: Be, resident: Client, colleague: Client, rule: Rule, session: Session, name: str, verb: str
) -> None:
    path = verified(resident, colleague, rule) if verb == "approve" else claimed(resident, rule)
    move_in(session, name)

    assert refused(be(name).step(f"{path}/{verb}", STEPS[verb])) == (403, "own_household")


@pytest.mark.parametrize("verb", STEPS)
def test_steps_outside_the_area_are_not_found(be: Be, resident: Client, rule: Rule, verb: str) -> None:
    path = claimed(resident, rule)
    name = "far_worker" if verb == "verify" else "far_admin"

    assert refused(be(name).step(f"{path}/{verb}", STEPS[verb])) == (404, "not_found")


@pytest.mark.parametrize("verb", STEPS)
def test_a_resident_decides_nothing(resident: Client, rule: Rule, verb: str) -> None:
    path = claimed(resident, rule)

    assert refused(resident.step(f"{path}/{verb}", STEPS[verb])) == (403, "forbidden")


@pytest.mark.parametrize("verb, status", [("return", "returned"), ("reject", "rejected")])
@pytest.mark.parametrize("name", ["worker", "lead", "admin"])
def test_a_claim_is_turned_down_with_a_reason(
    be: Be, resident: Client, rule: Rule, name: str, verb: str, status: str
) -> None:
    path = claimed(resident, rule)
    step_id = new_id()
    first, again = (be(name).step(f"{path}/{verb}", {"reason": "照片看不清"}, step_id) for _ in range(2))
    last = resident.get(path).json["steps"][-1]

    assert (first.status_code, first.json["status"]) == (200, status)
    assert again.json == first.json
    assert (last["step"], last["note"], last["number"]) == (verb, "照片看不清", 2)


@pytest.mark.parametrize("verb", ["return", "reject"])
def test_a_reason_is_needed(worker: Client, resident: Client, rule: Rule, verb: str) -> None:
    answer = worker.step(f"{claimed(resident, rule)}/{verb}", {"reason": " "})

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == ["reason"]


@pytest.mark.parametrize("verb", ["return", "reject"])
def test_a_verified_claim_is_turned_down_by_the_admin_only(
    worker: Client, admin: Client, resident: Client, rule: Rule, verb: str
) -> None:
    path = verified(resident, worker, rule)

    assert refused(worker.step(f"{path}/{verb}", STEPS[verb])) == (403, "admin_decides")
    assert admin.step(f"{path}/{verb}", STEPS[verb]).status_code == 200


def test_who_may_not_verify_may_not_turn_down(lead: Client, resident: Client, session: Session) -> None:
    path = claimed(resident, write_rule(session, verifier=Verifier.GRID_WORKER))

    assert refused(lead.step(f"{path}/reject", STEPS["reject"])) == (403, "wrong_verifier")


def test_a_posted_claim_is_not_turned_down(
    resident: Client, worker: Client, admin: Client, rule: Rule
) -> None:
    path = verified(resident, worker, rule)
    admin.step(f"{path}/approve")

    assert refused(admin.step(f"{path}/reject", STEPS["reject"])) == (409, "illegal_step")
    assert refused(resident.step(f"{path}/withdraw")) == (409, "illegal_step")


def test_a_returned_claim_is_mended_and_sent_again(resident: Client, worker: Client, rule: Rule) -> None:
    path = claimed(resident, rule, text="打扫", points=5)
    worker.step(f"{path}/return", {"reason": "分数不对"})
    mended, step_id = {"text": "打扫一层", "points": 3, "photo_ids": []}, new_id()
    first, again = (resident.step(f"{path}/resubmit", mended, step_id) for _ in range(2))

    assert (first.status_code, first.json["status"]) == (200, "submitted")
    assert (first.json["text"], first.json["points"]) == ("打扫一层", 3)
    assert again.json == first.json
    assert [(step["step"], step["points"], step["note"]) for step in resident.get(path).json["steps"]] == [
        ("submit", 5, "打扫"),
        ("return", 5, "分数不对"),
        ("resubmit", 3, "打扫一层"),
    ]
    assert worker.step(f"{path}/verify").status_code == 200


def test_a_claim_sent_again_is_verified_by_nobody_yet(
    resident: Client, worker: Client, admin: Client, rule: Rule
) -> None:
    path = verified(resident, worker, rule)
    admin.step(f"{path}/return", {"reason": "分数不对"})

    assert resident.step(f"{path}/resubmit").json["verified_by"] is None


def test_a_claim_that_was_not_returned_is_not_resubmitted(resident: Client, rule: Rule) -> None:
    assert refused(resident.step(f"{claimed(resident, rule)}/resubmit")) == (409, "illegal_step")


def test_a_resubmission_stays_within_the_rule(resident: Client, worker: Client, rule: Rule) -> None:
    path = claimed(resident, rule)
    worker.step(f"{path}/return", {"reason": "重写"})

    assert refused(resident.step(f"{path}/resubmit", {"points": 6})) == (422, "points_out_of_range")
    assert resident.get(path).json["status"] == "returned"


@pytest.mark.parametrize("verb", ["withdraw", "resubmit"])
def test_staff_take_back_only_what_they_made(
    resident: Client, worker: Client, lead: Client, neighbour: Client, rule: Rule, verb: str
) -> None:
    path = claimed(worker, rule)
    lead.step(f"{path}/return", {"reason": "重写"})

    assert refused(lead.step(f"{path}/{verb}")) == (403, "not_your_claim")
    assert refused(neighbour.step(f"{path}/{verb}")) == (404, "not_found")
    assert resident.step(f"{path}/{verb}").status_code == 200


def test_a_claim_is_withdrawn_once(resident: Client, rule: Rule, session: Session) -> None:
    path, step_id = claimed(resident, rule), new_id()
    first, again = (resident.step(f"{path}/withdraw", step_id=step_id) for _ in range(2))

    assert (first.json["status"], again.json) == ("withdrawn", first.json)
    assert rows(session, ClaimEvent) == 2


def test_the_resident_is_told_each_step_and_nothing_personal(
    resident: Client, worker: Client, admin: Client, rule: Rule, session: Session
) -> None:
    path = verified(resident, worker, rule)
    admin.step(f"{path}/approve")
    claim_id = path.rpartition("/")[2]
    told = session.scalars(select(Notice).order_by(Notice.id)).all()

    assert {notice.user_id for notice in told} == {person("resident").user_id}
    assert [notice.data for notice in told] == [
        {"claim_id": claim_id, "step": "verify", "status": "verified"},
        {"claim_id": claim_id, "step": "approve", "status": "posted"},
    ]
