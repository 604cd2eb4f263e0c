"""Who may empower whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.identity.grantable import MOST_GRANTS
from app.ids import new_id
from app.models import Grant, User
from tests.approval_world import WHY, admin_grant, approved, granted
from tests.cast import FAR, GRID, HOME, LONG_AGO, named, person, sign_in_again
from tests.client import Answer, Client

Become = Callable[[str | None], Client]


@pytest.fixture
def security(be: Become) -> Client:
    """Be the security administrator of the city."""
    return be("security")


def grant_path() -> str:
    return f"/v1/grants/{new_id()}"


def role(who: str = "neighbour", **changes: Any) -> dict[str, Any]:
    return {"user_id": str(person(who).user_id), "role": "grid_worker", "area_code": GRID} | changes


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_grant_is_given_once_and_works(security: Client, be: Become, session: Session) -> None:
    """S-37: what was given works at the next request, which a new sign-in makes (S-12)."""
    path = grant_path()
    neighbour = be("neighbour")
    assert neighbour.get("/v1/checklists").status_code == 403

    first, again = security.put(path, json=role()), security.put(path, json=role())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert (first.json["role"], first.json["area_code"], first.json["ended_at"]) == (
        "grid_worker",
        GRID,
        None,
    )
    assert outcome(neighbour.get("/v1/checklists")) == (401, "sign_in_needed")
    sign_in_again(session, "neighbour")
    assert neighbour.get("/v1/checklists").status_code == 200
    assert outcome(security.put(path, json=role(area_code=HOME))) == (409, "other_content")


def test_a_grant_sent_again_is_the_first_one_though_the_user_moved(
    security: Client, session: Session
) -> None:
    path, body = grant_path(), role(valid_from=None)
    first = security.put(path, json=body)
    elsewhere = update(User).where(User.id == person("neighbour").user_id).values(area_code=None)
    session.execute(elsewhere)
    session.commit()

    again, fresh = security.put(path, json=body), security.put(grant_path(), json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert outcome(fresh) == (404, "not_found"), "what is new is judged as ever"


def test_a_user_shows_his_grants(security: Client) -> None:
    given = security.put(grant_path(), json=role()).json

    assert security.get(f"/v1/users/{person('neighbour').user_id}").json["grants"] == [given]


def test_a_grant_ends_at_once_and_stays_ended(security: Client, be: Become, session: Session) -> None:
    """S-37: what was taken away is gone at the next request."""
    path = grant_path()
    security.put(path, json=role())

    first, again = security.post(f"{path}/end"), security.post(f"{path}/end")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["ended_at"] is not None
    assert first.json == again.json
    sign_in_again(session, "neighbour")
    assert be("neighbour").get("/v1/checklists").status_code == 403


def test_nobody_changes_his_own_grants(security: Client, session: Session) -> None:
    """S-38: nobody gives himself a role, and nobody ends one of his own."""
    own = role("security", role="auditor", area_code=HOME)
    assert outcome(security.put(grant_path(), json=own)) == (403, "own_grant")
    assert outcome(security.post(f"/v1/grants/{named('grant security')}/end")) == (403, "own_grant")
    assert session.get_one(Grant, named("grant security")).ended_at is None


@pytest.mark.parametrize(
    "who, other",
    [
        ("system", "security_admin"),
        ("system", "auditor"),
        ("auditor", "system_admin"),
        ("auditor", "security_admin"),
    ],
)
def test_the_three_administrators_exclude_each_other(security: Client, who: str, other: str) -> None:
    answer = security.put(grant_path(), json=role(who, role=other, area_code="4212"))

    assert outcome(answer) == (409, "roles_exclude")
    assert list(answer.json["errors"]) == ["role"]


@pytest.mark.parametrize("how", ["ended", "over"])
def test_who_was_one_of_the_three_may_become_another(
    security: Client, be: Become, session: Session, how: str
) -> None:
    if how == "ended":
        assert security.post(f"/v1/grants/{named('grant auditor')}/end").status_code == 200
    else:
        session.get_one(Grant, named("grant auditor")).valid_until = clock.now() - timedelta(days=1)
        session.commit()

    new = admin_grant("auditor", role="system_admin", area_code="4212")

    assert granted(security, new, approved(security, be("city"), admin_grant=new)).status_code == 201


def test_one_of_the_three_may_hold_his_role_in_two_areas(security: Client, be: Become) -> None:
    new = admin_grant("auditor", role="auditor", area_code="421224")

    assert granted(security, new, approved(security, be("county"), admin_grant=new)).status_code == 201


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"role": "resident"}, "role"),
        ({"role": "mayor"}, "role"),
        ({"area_code": "42a4"}, "area_code"),
        ({"valid_from": "2026-11-24T08:00:00"}, "valid_from"),
        ({"valid_from": "2026-13-24T08:00:00+08:00"}, "valid_from"),
        (
            {"valid_from": "2026-11-24T08:00:00+08:00", "valid_until": "2026-11-24T00:00:00Z"},
            "valid_until",
        ),
        ({"valid_until": "2026-01-01T00:00:00Z"}, "valid_until"),
        ({"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-02-01T00:00:00Z"}, "valid_until"),
        ({"granted_by": str(named("x"))}, "granted_by"),
    ],
)
def test_a_grant_filled_in_wrongly_names_the_field(
    security: Client, changes: dict[str, Any], field: str
) -> None:
    answer = security.put(grant_path(), json=role(**changes))

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    "name, status", [("security", 201), ("system", 403), ("admin", 403), ("auditor", 403)]
)
def test_only_the_security_administrator_grants(be: Become, name: str, status: int) -> None:
    assert be(name).put(grant_path(), json=role()).status_code == status


def test_nobody_grants_beyond_his_area(be: Become) -> None:
    """S-38: no grant for another area, for another area's user, nor an end to another area's grant."""
    far = be("far_security")

    assert outcome(far.put(grant_path(), json=role())) == (404, "not_found"), "another's area"
    assert outcome(far.put(grant_path(), json=role(area_code=FAR))) == (404, "not_found"), "another's user"
    assert outcome(far.post(f"/v1/grants/{named('grant worker')}/end")) == (404, "not_found")


def test_a_grant_in_an_area_that_is_not_there_is_refused(security: Client) -> None:
    answer = security.put(grant_path(), json=role(area_code=GRID[:-1] + "9"))

    assert outcome(answer) == (422, "area_unknown")
    assert list(answer.json["errors"]) == ["area_code"]


def test_every_role_up_to_the_community_admin_is_granted_by_one(security: Client) -> None:
    given = {
        one: security.put(grant_path(), json=role(role=one, area_code=HOME)).status_code
        for one in (Role.BUILDING_LEAD, Role.GRID_WORKER, Role.SHOP_CLERK, Role.COMMUNITY_ADMIN)
    }

    assert set(given.values()) == {201}


def test_a_grant_sent_again_after_it_ran_out_is_the_same_grant(security: Client) -> None:
    path = grant_path()
    until = clock.now() + timedelta(days=1)
    body = role(valid_until=until.isoformat())
    assert security.put(path, json=body).status_code == 201

    with clock.set_to(until + timedelta(days=1)):
        assert security.put(path, json=body).status_code == 200


def test_nobody_has_the_same_role_in_the_same_area_twice_at_a_time(security: Client) -> None:
    """S-37: one that is ended would else leave the other in force. Beside it, and after it, is another."""
    until = clock.now() + timedelta(days=30)
    assert security.put(grant_path(), json=role(valid_until=until.isoformat())).status_code == 201
    day_before, after = ((until + timedelta(days=days)).isoformat() for days in (-1, 9))

    for again in (role(), role(valid_from=day_before), role(valid_until=day_before)):
        answer = security.put(grant_path(), json=again)
        assert outcome(answer) == (409, "grant_open")
        assert list(answer.json["errors"]) == ["role"]
    assert security.put(grant_path(), json=role(area_code=HOME)).status_code == 201
    assert security.put(grant_path(), json=role(role="building_lead")).status_code == 201
    next_term = role(valid_from=until.isoformat(), valid_until=after)
    assert security.put(grant_path(), json=next_term).status_code == 201, "a post goes on without a gap"
    assert outcome(security.put(grant_path(), json=role(valid_from=until.isoformat())))[0] == 409
    assert security.put(grant_path(), json=role(valid_from=after)).status_code == 201


def test_a_second_person_agrees_to_the_next_term_before_the_first_is_over(
    security: Client, session: Session
) -> None:
    """S-40: else an area would be without its administrator until somebody agreed."""
    until = clock.now() + timedelta(days=30)
    held = session.scalars(select(Grant).where(Grant.user_id == person("auditor").user_id)).one()
    held.valid_until = until
    session.commit()
    following = admin_grant("auditor", role="auditor", area_code=held.area_code, valid_from=until.isoformat())
    asked = security.put(f"/v1/approvals/{new_id()}", json={"admin_grant": following, "reason": WHY})

    assert asked.status_code == 201, asked.text


def test_the_database_too_keeps_out_a_second_grant_of_the_same(session: Session) -> None:
    held = session.scalars(select(Grant).where(Grant.user_id == person("worker").user_id)).one()
    kept = {column.name: getattr(held, column.name) for column in Grant.__table__.columns}
    with pytest.raises(IntegrityError, match="ex_grants_terms"), session.begin_nested():
        session.execute(insert(Grant).values(kept | {"id": new_id()}))

    session.execute(insert(Grant).values(kept | {"id": new_id(), "ended_at": LONG_AGO}))


def test_nobody_is_asked_to_agree_to_a_role_that_is_held(security: Client) -> None:
    asked = {
        "admin_grant": admin_grant("far_county", role="county_officer", area_code="421222"),
        "reason": WHY,
    }
    answer = security.put(f"/v1/approvals/{new_id()}", json=asked)

    assert outcome(answer) == (409, "grant_open")


def test_an_account_is_granted_only_so_often(security: Client, session: Session) -> None:
    """What is shown of an account has a limit: ended grants count, the same grant again is the first one."""
    path = grant_path()
    assert security.put(path, json=role()).status_code == 201
    for _ in range(MOST_GRANTS - 1):
        session.add(
            Grant(
                id=new_id(),
                user_id=person("neighbour").user_id,
                role=Role.GRID_WORKER,
                area_code=GRID,
                valid_from=LONG_AGO,
                ended_at=LONG_AGO,
                granted_by=person("security").user_id,
                created_at=LONG_AGO,
                content_hash=b"",
            )
        )
    session.commit()

    another, again = role(area_code=HOME), security.put(path, json=role())
    answer = security.put(grant_path(), json=another)

    assert outcome(answer) == (409, "grants_full")
    assert list(answer.json["errors"]) == ["user_id"]
    assert "100次" in answer.json["errors"]["user_id"][0]
    assert again.status_code == 200
    assert security.put(grant_path(), json=role("resident")).status_code == 201


def test_nobody_had_a_role_before_it_was_given(security: Client) -> None:
    """The table of grants says who could do what and when, so none reaches back."""
    at = clock.now()
    with clock.set_to(at):
        answer = security.put(grant_path(), json=role(valid_from="2026-01-01T00:00:00Z"))

    assert answer.status_code == 201
    assert datetime.fromisoformat(answer.json["valid_from"]) >= at.replace(microsecond=0)
