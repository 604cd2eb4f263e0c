"""Policy switches: all off until two people answered for turning one on, off again at once."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import policies
from app.ids import new_id
from app.models import ApprovalKind
from app.policies import PolicySwitch
from tests.approval_world import Become, approved, asked, outcome
from tests.cast import GRID, HOME, NEXT
from tests.client import Answer, Client
from tests.matrix.stage import Stage
from tests.presence_world import turn_on
from tests.trail import entries_of

APP = Path(policies.__file__).parents[1]
PHOTOS = PolicySwitch.PHOTO_COMPULSORY
WITHOUT_EFFECT = sorted(set(PolicySwitch) - policies.IN_EFFECT)


def wanted(**changes: Any) -> dict[str, Any]:
    """Give what is to be turned on, under the id that the step will have."""
    values = {
        "id": str(new_id()),
        "area_code": HOME,
        "switch": PHOTOS.value,
        "purpose": "防汛期间留痕",
        "legal_basis": "县政府2026年第8号文件",
    }
    return values | changes


def turned_on(client: Client, what: dict[str, Any], approval_id: str | None) -> Answer:
    """Turn on what was asked for."""
    body = {name: value for name, value in what.items() if name != "id"} | {"step_id": what["id"]}
    return client.post("/v1/policy-switches/on", json=body | {"approval_id": approval_id})


def standing(client: Client, area_code: str = HOME) -> dict[str, Any]:
    """Give how each switch stands, by its name."""
    answer = client.get(f"/v1/policy-switches?area_code={area_code}")
    assert answer.status_code == 200, answer.text
    return {one["switch"]: one for one in answer.json["items"]}


def test_a_fresh_community_has_every_switch_off(be: Become) -> None:
    """S-168: off by default, and everybody of the community may look."""
    for who in ("resident", "clerk", "lead", "worker", "admin", "county", "city"):
        found = standing(be(who))
        assert found.keys() == {str(switch) for switch in PolicySwitch}
        assert {(one["is_on"], one["latest"]) for one in found.values()} == {(False, None)}
    assert be("resident").get(f"/v1/policy-switches?area_code={NEXT}").status_code == 404


@pytest.mark.parametrize("missing", ["purpose", "legal_basis"])
def test_no_switch_is_asked_for_or_turned_on_without_purpose_and_basis(admin: Client, missing: str) -> None:
    """S-168: enabling without basis is 422, in the question to the second person as in the step."""
    what = {name: value for name, value in wanted().items() if name != missing}

    question = admin.put(f"/v1/approvals/{new_id()}", json={"reason": "防汛", "policy_switch": what})
    step = turned_on(admin, what, str(new_id()))

    assert (question.status_code, question.json["errors"]["policy_switch"].keys()) == (422, {missing})
    assert (step.status_code, step.json["errors"].keys()) == (422, {missing})
    assert not standing(admin)[PHOTOS]["is_on"]


def test_a_switch_is_turned_on_with_everything_that_answers_for_it(
    session: Session, be: Become, admin: Client
) -> None:
    """S-168: purpose, basis, approver and day are on record, and the trail names them."""
    what = wanted()
    approval_id = approved(admin, be("county"), policy_switch=what)

    with entries_of(session) as entries:
        first = turned_on(admin, what, approval_id)
    again = turned_on(admin, what, approval_id)

    assert (first.status_code, again.json) == (200, first.json)
    shown = standing(be("resident"))[PHOTOS]
    assert (shown["is_on"], shown["latest"]) == (True, first.json)
    told = {
        name: first.json[name] for name in ("purpose", "legal_basis", "changed_by_name", "approved_by_name")
    }
    assert told == {
        "purpose": what["purpose"],
        "legal_basis": what["legal_basis"],
        "changed_by_name": "admin",
        "approved_by_name": "county",
    }
    assert policies.is_on(session, GRID, *PolicySwitch) == {PHOTOS}
    (entry,) = entries
    assert (entry.area_code, entry.facts["switch"], entry.facts["approval_id"]) == (
        HOME,
        PHOTOS,
        approval_id,
    )


def test_the_second_person_reads_what_is_turned_on(be: Become, admin: Client) -> None:
    approval_id = asked(admin, policy_switch=wanted())

    shown = be("city").get(f"/v1/approvals/{approval_id}").json

    expected = "打开家园社区的“要求拍照”；用途：防汛期间留痕；依据：县政府2026年第8号文件"
    assert (shown["kind"], shown["text"], shown["can_be_done"]) == ("policy_switch", expected, True)


def test_nothing_is_turned_on_alone_or_otherwise_than_approved(be: Become, admin: Client) -> None:
    what = wanted()
    open_one = asked(admin, policy_switch=what)
    other = approved(admin, be("county"), policy_switch=wanted(switch="compulsory_check_in"))

    own = admin.post(f"/v1/approvals/{open_one}/approve", json={})
    assert outcome(own) in {(403, "own_approval"), (404, "not_found")}
    assert outcome(turned_on(admin, what, open_one)) == (409, "approval_not_given")
    assert outcome(turned_on(admin, what, other)) == (409, "approval_unfit")
    assert turned_on(be("next_admin"), what, open_one).status_code == 404
    assert not standing(admin)[PHOTOS]["is_on"]


def test_it_is_turned_off_at_once_and_the_past_stays(session: Session, be: Become, admin: Client) -> None:
    what, step_id = wanted(), str(new_id())
    turned_on(admin, what, approved(admin, be("county"), policy_switch=what))
    body = {"step_id": step_id, "area_code": HOME, "switch": PHOTOS.value, "reason": "群众有意见"}

    off = admin.post("/v1/policy-switches/off", json=body)
    again = admin.post("/v1/policy-switches/off", json=body)

    assert (off.status_code, off.json["is_on"], again.json) == (200, False, off.json)
    assert policies.is_on(session, GRID, *PolicySwitch) == set()
    past = be("resident").get(f"/v1/policy-changes?area_code={HOME}").json["items"]
    turns = [(one["is_on"], one["purpose"]) for one in past if one["id"] in {step_id, what["id"]}]
    assert sorted(turns) == [(False, "群众有意见"), (True, "防汛期间留痕")]


def test_a_late_copy_of_turning_on_does_not_undo_turning_off(be: Become, admin: Client) -> None:
    what = wanted()
    approval_id = approved(admin, be("county"), policy_switch=what)
    turned_on(admin, what, approval_id)
    off = {"step_id": str(new_id()), "area_code": HOME, "switch": PHOTOS.value, "reason": "不再需要"}
    admin.post("/v1/policy-switches/off", json=off)

    late = turned_on(admin, what, approval_id)

    assert (late.status_code, late.json["is_on"]) == (200, True), "what it did then"
    assert not standing(admin)[PHOTOS]["is_on"]
    assert outcome(turned_on(admin, wanted(id=what["id"], purpose="别的用途"), approval_id)) == (
        409,
        "other_content",
    )


def test_each_switch_says_what_it_changes(be: Become) -> None:
    """S-168: one that governs nothing does not look as if it did."""
    found = standing(be("resident"))

    assert {name for name, one in found.items() if one["available"]} == policies.IN_EFFECT
    assert "缺证明" in found[PHOTOS]["governs"]
    assert all(("还没有" in one["governs"]) is not one["available"] for one in found.values())


@pytest.mark.parametrize("switch", WITHOUT_EFFECT)
def test_what_governs_nothing_is_not_asked_for_nor_turned_on(
    session: Session, be: Become, admin: Client, switch: PolicySwitch
) -> None:
    """S-168: nobody records a purpose and a legal basis for a feature that is not there."""
    what = wanted(switch=switch.value)
    approval_id = Stage(session).approval(what, kind=ApprovalKind.POLICY_SWITCH, is_approved=True)
    session.commit()

    question = admin.put(f"/v1/approvals/{new_id()}", json={"reason": "评优", "policy_switch": what})
    step = turned_on(admin, what, str(approval_id))

    assert outcome(question) == outcome(step) == (409, "switch_no_effect")
    assert standing(admin)[switch]["latest"] is None
    assert outcome(turned_on(be("next_admin"), what, str(approval_id))) == (404, "not_found")


@pytest.mark.parametrize("switch", WITHOUT_EFFECT)
def test_one_that_was_turned_on_before_is_turned_off(
    session: Session, admin: Client, switch: PolicySwitch
) -> None:
    turn_on(session, switch)
    before = standing(admin)[switch]["is_on"]
    body = {"step_id": str(new_id()), "area_code": HOME, "switch": switch.value, "reason": "还没有这项功能"}

    off = admin.post("/v1/policy-switches/off", json=body)

    assert (before, off.status_code, standing(admin)[switch]["is_on"]) == (True, 200, False)


@pytest.mark.parametrize("switch", PolicySwitch)
def test_a_switch_is_in_effect_if_something_asks_for_it(switch: PolicySwitch) -> None:
    """S-168: neither is a feature built past its switch, nor a switch opened without its feature."""
    names = {"switches.py", "policy_switch.py", "policy_switches.py", "decision_words.py"}
    code = [file.read_text() for file in APP.rglob("*.py") if file.name not in names]

    assert any(f"PolicySwitch.{switch.name}" in text for text in code) is (switch in policies.IN_EFFECT)
