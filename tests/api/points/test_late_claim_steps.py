"""A copy of a claim's step that arrives late redoes nothing, and one name means one step."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import ClaimEvent, Grant, Notice, Rule, Transfer
from tests.cast import NEXT, person
from tests.client import Client
from tests.points_world import claimed, move_in, move_out, refused, rows


def test_a_late_verify_does_not_confirm_what_was_sent_again(
    resident: Client, worker: Client, admin: Client, rule: Rule, session: Session
) -> None:
    path, step_id = claimed(resident, rule, points=3), new_id()
    worker.step(f"{path}/verify", {"note": "看过"}, step_id)
    admin.step(f"{path}/return", {"reason": "分数不对"})
    sent_again = resident.step(f"{path}/resubmit", {"points": 4})
    told = rows(session, Notice)

    late = worker.step(f"{path}/verify", {"note": "看过"}, step_id)

    assert (late.status_code, late.json) == (200, sent_again.json)
    assert (late.json["status"], late.json["verified_by"], late.json["points"]) == ("submitted", None, 4)
    assert (rows(session, ClaimEvent), rows(session, Notice)) == (4, told)


def test_a_late_resubmission_does_not_bring_the_old_points_back(
    resident: Client, worker: Client, rule: Rule, session: Session
) -> None:
    path, step_id = claimed(resident, rule), new_id()
    worker.step(f"{path}/return", {"reason": "分数不对"})
    resident.step(f"{path}/resubmit", {"points": 5}, step_id)
    returned = worker.step(f"{path}/return", {"reason": "还是不对"})

    late = resident.step(f"{path}/resubmit", {"points": 5}, step_id)

    assert (late.status_code, late.json, late.json["status"]) == (200, returned.json, "returned")
    assert rows(session, ClaimEvent) == 4


def test_an_approval_is_known_after_it_was_posted(
    resident: Client, worker: Client, admin: Client, rule: Rule, session: Session
) -> None:
    path, step_id = claimed(resident, rule), new_id()
    worker.step(f"{path}/verify")
    first, again = (admin.step(f"{path}/approve", {"note": "同意"}, step_id) for _ in range(2))

    assert (again.status_code, again.json, again.json["status"]) == (200, first.json, "posted")
    assert (rows(session, ClaimEvent), rows(session, Transfer)) == (4, 1)


def test_a_step_is_known_before_the_person_is_judged(
    resident: Client, worker: Client, rule: Rule, session: Session
) -> None:
    path, step_id = claimed(resident, rule), new_id()
    first = worker.step(f"{path}/verify", step_id=step_id)
    move_in(session, "worker")
    in_the_household = worker.step(f"{path}/verify", step_id=step_id)
    grant = update(Grant).where(Grant.user_id == person("worker").user_id)
    session.execute(grant.values(area_code=NEXT))
    session.commit()
    out_of_the_area = worker.step(f"{path}/verify", step_id=step_id)

    assert [first.status_code, in_the_household.status_code, out_of_the_area.status_code] == [200] * 3
    assert first.json == in_the_household.json == out_of_the_area.json


def test_what_was_taken_back_stays_so_for_who_moved_away(
    resident: Client, rule: Rule, session: Session
) -> None:
    path, step_id = claimed(resident, rule), new_id()
    first = resident.step(f"{path}/withdraw", step_id=step_id)
    move_out(session)

    again, fresh = resident.step(f"{path}/withdraw", step_id=step_id), resident.step(f"{path}/withdraw")

    assert (again.status_code, again.json["status"]) == (200, first.json["status"])
    assert refused(fresh) == (404, "not_found")


def test_a_name_means_one_step(
    resident: Client, worker: Client, colleague: Client, rule: Rule, session: Session
) -> None:
    path, other, step_id = claimed(resident, rule), claimed(resident, rule), new_id()
    worker.step(f"{path}/verify", {"note": "看过"}, step_id)
    before = rows(session, ClaimEvent)

    for who, asked, body, refusal in [
        (worker, f"{path}/verify", {"note": "改过"}, "other_content"),
        (worker, f"{path}/return", {"reason": "看过"}, "other_content"),
        (worker, f"{other}/verify", {"note": "看过"}, "other_content"),
        (colleague, f"{path}/verify", {"note": "看过"}, "illegal_step"),
        (colleague, f"{other}/verify", {"note": "看过"}, "other_content"),
    ]:
        assert refused(who.step(asked, body, step_id)) == (409, refusal), asked

    assert rows(session, ClaimEvent) == before
    assert resident.get(other).json["status"] == "submitted"


@pytest.mark.parametrize("verb", ["verify", "approve", "return", "reject", "resubmit", "withdraw"])
def test_a_step_has_a_name(resident: Client, rule: Rule, worker: Client, admin: Client, verb: str) -> None:
    path = claimed(resident, rule)
    who = {"approve": admin, "resubmit": resident, "withdraw": resident}.get(verb, worker)
    body = {"reason": "没做"} if verb in {"return", "reject"} else {}

    answer = who.post(f"{path}/{verb}", json=body)

    assert (answer.status_code, answer.json["errors"]) == (422, {"step_id": ["请填写这一项"]})
    assert resident.get(path).json["status"] == "submitted"
