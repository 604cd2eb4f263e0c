"""A second person, of another role, agrees to what one person asked for, once and in time."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.identity import DECIDERS, FUNCTION, TABLE, ApprovalKind
from app.ids import new_id
from app.models import Grant, Notice, NoticeKind
from tests.approval_world import (
    WHY,
    Become,
    adjustment,
    admin_grant,
    approved,
    asked,
    batch,
    granted,
    outcome,
)
from tests.cast import HOME, named, person, sign_in_again
from tests.client import Client

_LIFE = timedelta(hours=72)


def test_asked_decided_used(security: Client, county: Client, session: Session) -> None:
    """S-40: the role of an administrator is given when somebody of another role agreed."""
    new = admin_grant()

    approval_id = approved(security, county, admin_grant=new)

    assert granted(security, new, approval_id).status_code == 201
    assert session.get_one(Grant, new["id"]).role is Role.AUDITOR
    told = security.get(f"/v1/approvals/{approval_id}").json
    assert (told["state"], told["asked_by"], told["decided_by"]) == (
        "used",
        str(person("security").user_id),
        str(person("county").user_id),
    )


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor"])
def test_no_administrator_without_a_second_person(security: Client, role: str) -> None:
    """S-38, S-40: an administrator's role is none that one security administrator may give alone."""
    assert outcome(granted(security, admin_grant(role=role), None)) == (409, "approval_needed")


def test_asked_twice_is_asked_once(security: Client) -> None:
    path = f"/v1/approvals/{new_id()}"
    body = {"admin_grant": admin_grant(), "reason": WHY}

    first, again = security.put(path, json=body), security.put(path, json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert outcome(security.put(path, json=body | {"reason": "别的"})) == (409, "other_content")


def test_nobody_decides_on_what_he_asked_for(security: Client, be: Become, session: Session) -> None:
    """S-40: self-approval is refused, whatever other role the asker holds."""
    values = {"granted_by": None, "content_hash": b"", "created_at": clock.now(), "valid_from": clock.now()}
    session.add(
        Grant(
            id=new_id(),
            user_id=person("security").user_id,
            role=Role.COUNTY_OFFICER,
            area_code="421224",
            **values,
        )
    )
    session.commit()
    approval_id = asked(security, admin_grant=admin_grant())

    for verb in ("approve", "refuse"):
        answer = security.post(f"/v1/approvals/{approval_id}/{verb}", json={"note": "自己"})
        assert outcome(answer) == (403, "own_approval")
    assert outcome(be("admin").post(f"/v1/approvals/{approval_id}/approve", json={})) == (404, "not_found")


@pytest.mark.parametrize("who", ["far_county", "far_city", "far_security"])
def test_who_does_not_reach_the_area_does_not_see_it(security: Client, be: Become, who: str) -> None:
    """S-30, S-32, S-40: an approval of another county reads as not there, and stands in no list."""
    path = f"/v1/approvals/{asked(security, admin_grant=admin_grant())}"
    other = be(who)

    unknown = other.get(f"/v1/approvals/{new_id()}").json
    answers = [other.get(path)]
    if who != "far_security":
        answers.append(other.post(f"{path}/approve", json={}))
        answers.append(other.post(f"{path}/refuse", json={"note": "不行"}))
    for answer in answers:
        assert answer.status_code == 404
        assert answer.json | {"request_id": ""} == unknown | {"request_id": ""}
    assert other.get("/v1/approvals").json == {"items": [], "next_cursor": None}


def test_another_administrator_of_the_same_role_does_not_decide(
    security: Client, county: Client, be: Become, session: Session
) -> None:
    """S-40: the second person holds another role; a peer does not even see the question."""
    peer = admin_grant("neighbour", role="security_admin", area_code=HOME)
    assert granted(security, peer, approved(security, county, admin_grant=peer)).status_code == 201
    sign_in_again(session, "neighbour")
    path = f"/v1/approvals/{asked(security, admin_grant=admin_grant('worker', role='system_admin'))}"

    assert outcome(be("neighbour").get(path)) == (404, "not_found")
    assert outcome(be("neighbour").post(f"{path}/approve", json={})) == (403, "forbidden")


def test_no_role_decides_on_its_own_function() -> None:
    """S-40: whoever holds a function is never its second person, but of a minor's age, as of a ticket.

    Of a ledger of hazards, which both offices take out, one decides on the other's (exports/test_ledger.py).
    """
    assert set(DECIDERS) == set(FUNCTION) == set(ApprovalKind)
    peers = [kind for kind in DECIDERS if DECIDERS[kind] & TABLE[FUNCTION[kind]].keys()]
    assert set(peers) == {ApprovalKind.MINOR_AGE, ApprovalKind.HAZARD_EXPORT}


def test_a_decision_is_made_once(security: Client, county: Client, be: Become) -> None:
    approval_id = asked(security, admin_grant=admin_grant())
    path = f"/v1/approvals/{approval_id}"

    first = county.post(f"{path}/refuse", json={"note": "没有必要"})
    again = county.post(f"{path}/refuse", json={"note": "没有必要"})

    assert (first.status_code, first.json["state"]) == (200, "refused")
    assert (again.status_code, again.json) == (200, first.json)
    assert outcome(county.post(f"{path}/refuse", json={"note": "别的"})) == (409, "illegal_step")
    assert outcome(county.post(f"{path}/approve", json={})) == (409, "illegal_step")
    assert outcome(be("city").post(f"{path}/approve", json={})) == (409, "illegal_step")


@pytest.mark.parametrize("state", ["open", "refused"])
def test_without_a_yes_nothing_happens(
    security: Client, county: Client, state: str, session: Session
) -> None:
    """S-40: an approval that is open or refused lets nobody do anything."""
    new = admin_grant()
    approval_id = asked(security, admin_grant=new)
    if state == "refused":
        county.post(f"/v1/approvals/{approval_id}/refuse", json={"note": "不行"})

    assert outcome(granted(security, new, approval_id)) == (409, "approval_not_given")
    assert session.get(Grant, new["id"]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": str(new_id())},
        {"role": "system_admin"},
        {"area_code": "421224100"},
        {"user_id": str(person("resident").user_id)},
        {"valid_until": "2030-01-01T00:00:00Z"},
    ],
)
def test_an_approval_is_good_for_what_was_asked(
    security: Client, county: Client, changes: dict[str, Any]
) -> None:
    """S-40: an approval is bound to its content; anything else needs another."""
    new = admin_grant()
    approval_id = approved(security, county, admin_grant=new)

    assert outcome(granted(security, new | changes, approval_id)) == (409, "approval_unfit")
    assert granted(security, new, approval_id).status_code == 201


def test_an_approval_is_good_for_who_asked(
    security: Client, county: Client, be: Become, session: Session
) -> None:
    """S-31, S-40: somebody else's approval reads as none at all."""
    peer = admin_grant("neighbour", role="security_admin", area_code=HOME)
    granted(security, peer, approved(security, county, admin_grant=peer))
    sign_in_again(session, "neighbour")
    new = admin_grant("worker", role="system_admin")
    approval_id = approved(security, county, admin_grant=new)

    theirs, unknown = (granted(be("neighbour"), new, one) for one in (approval_id, new_id()))

    assert outcome(theirs) == (404, "not_found")
    assert theirs.json | {"request_id": ""} == unknown.json | {"request_id": ""}


def test_an_approval_is_good_once(security: Client, county: Client) -> None:
    """S-40: what was ended is not given again on the old approval; the same grant again is no second one."""
    new = admin_grant()
    approval_id = approved(security, county, admin_grant=new)
    assert granted(security, new, approval_id).status_code == 201
    assert granted(security, new, approval_id).status_code == 200
    assert security.post(f"/v1/grants/{new['id']}/end").status_code == 200

    assert granted(security, new, approval_id).json["ended_at"] is not None
    assert outcome(granted(security, new | {"id": str(new_id())}, approval_id)) == (409, "approval_unfit")


@pytest.mark.parametrize("decided", [False, True])
def test_after_three_days_it_is_over(security: Client, county: Client, *, decided: bool) -> None:
    """S-40: an approval that expired is neither given nor used: 409."""
    new, start = admin_grant(), clock.now()
    with clock.set_to(start):
        ask = approved if decided else lambda one, _, **what: asked(one, **what)
        approval_id = ask(security, county, admin_grant=new)

    with clock.set_to(start + _LIFE - timedelta(seconds=1)):
        in_time = county.get(f"/v1/approvals/{approval_id}").json["state"]
    assert in_time == ("approved" if decided else "open")
    with clock.set_to(start + _LIFE):
        assert outcome(granted(security, new, approval_id)) == (409, "approval_expired")
        assert county.get(f"/v1/approvals/{approval_id}").json["state"] == "expired"
        if not decided:
            late = county.post(f"/v1/approvals/{approval_id}/approve", json={})
            assert outcome(late) == (409, "approval_expired")
        assert county.get("/v1/approvals?state=open").json["items"] == []


def test_who_may_decide_finds_it(security: Client, county: Client, admin: Client, be: Become) -> None:
    mine, theirs = asked(security, admin_grant=admin_grant()), asked(admin, points_bulk=batch())

    def seen(client: Client, query: str = "") -> list[str]:
        return [one["id"] for one in client.get(f"/v1/approvals{query}").json["items"]]

    assert seen(county, "?state=open") == [theirs, mine]
    assert seen(county, "?limit=1") == [theirs]
    assert seen(be("city")) == [mine]
    assert seen(admin) == [theirs]
    assert seen(security) == [mine]
    county.post(f"/v1/approvals/{mine}/approve", json={})
    assert seen(county, "?state=open") == [theirs]
    assert seen(county, "?state=approved") == [mine]


@pytest.mark.parametrize(
    "who, what, expected",
    [
        ("admin", {"admin_grant": admin_grant()}, (403, "forbidden")),
        ("security", {"points_bulk": batch()}, (403, "forbidden")),
        ("county", {"points_bulk": batch()}, (403, "forbidden")),
        ("next_admin", {"points_bulk": batch()}, (404, "not_found")),
        ("far_security", {"admin_grant": admin_grant()}, (404, "not_found")),
        ("security", {"admin_grant": admin_grant(area_code=HOME + "999")}, (422, "area_unknown")),
        ("security", {"admin_grant": admin_grant("security")}, (403, "own_grant")),
    ],
)
def test_one_asks_only_for_what_one_holds(
    be: Become, who: str, what: dict[str, Any], expected: tuple[int, str]
) -> None:
    """S-38: nobody asks for a step that is not his own function, in his own area."""
    assert outcome(be(who).put(f"/v1/approvals/{new_id()}", json={"reason": WHY} | what)) == expected


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "_schema"),
        ({"admin_grant": admin_grant(), "points_bulk": batch()}, "_schema"),
        ({"admin_grant": admin_grant(role="grid_worker")}, "admin_grant"),
        ({"points_bulk": batch(adjustment(0))}, "points_bulk"),
        ({"points_bulk": batch(*[adjustment(id=str(named("twice")))] * 2)}, "points_bulk"),
        ({"points_bulk": batch(), "state": "approved"}, "state"),
        ({"points_bulk": batch(), "decided_by": str(named("x"))}, "decided_by"),
    ],
)
def test_a_question_filled_in_wrongly_names_the_field(
    security: Client, body: dict[str, Any], field: str
) -> None:
    answer = security.put(f"/v1/approvals/{new_id()}", json={"reason": WHY} | body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_a_question_needs_a_reason(security: Client) -> None:
    answer = security.put(f"/v1/approvals/{new_id()}", json={"admin_grant": admin_grant()})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["reason"])


@pytest.mark.parametrize("reason", ["", "...", "2026", "借1"])
def test_a_reason_is_words(security: Client, reason: str) -> None:
    """S-36: it is the purpose of an export and stands in the file."""
    body = {"admin_grant": admin_grant(), "reason": reason}
    answer = security.put(f"/v1/approvals/{new_id()}", json=body)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["reason"])


def _told(session: Session, name: str) -> list[tuple[str, str]]:
    mine = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.APPROVAL)
    rows = session.scalars(select(Notice).where(*mine).order_by(Notice.id))
    return [(row.data["what"], row.data["approval_id"]) for row in rows]


@pytest.mark.parametrize("verb, what", [("approve", "approved"), ("refuse", "refused")])
def test_who_decides_and_who_asked_are_told(
    security: Client, county: Client, session: Session, verb: str, what: str
) -> None:
    """S-40: whoever may decide sees that something waits, once, and whoever asked that it was decided."""
    path, body = f"/v1/approvals/{new_id()}", {"admin_grant": admin_grant(), "reason": WHY}
    for _ in range(2):
        security.put(path, json=body)
    approval_id = path.rsplit("/", 1)[1]
    waiting = {name: _told(session, name) for name in ("county", "city", "security", "admin", "far_county")}
    for _ in range(2):
        county.post(f"{path}/{verb}", json={"note": "看过"})

    assert waiting == {
        "county": [("asked", approval_id)],
        "city": [("asked", approval_id)],
        "security": [],
        "admin": [],
        "far_county": [],
    }
    assert _told(session, "security") == [(what, approval_id)]
