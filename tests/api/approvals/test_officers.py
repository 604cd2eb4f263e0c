"""County and city officers agree to what administrators ask for: nobody makes them alone, but the first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.models import Grant, Notice, NoticeKind
from tests.approval_world import Become, admin_grant, approved, asked, granted, outcome
from tests.cast import HOME, person
from tests.client import Client
from tests.trail import entries_of

COUNTY = "421224"
NEEDED = (409, "approval_needed")


def officer(role: str = "county_officer", **changes: str) -> dict[str, str]:
    """Give a grant of an officer's role to the neighbour."""
    return admin_grant("neighbour", role=role, **{"area_code": COUNTY} | changes)


def no_officer_here(session: Session, **ended: object) -> None:
    """End all officers' grants of the cast, by default long ago."""
    values = {"ended_at": now() - timedelta(days=31)} | ended
    session.execute(update(Grant).where(Grant.role.in_(("county_officer", "city_officer"))).values(values))
    session.commit()


def told_of(session: Session, name: str) -> list[str]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.APPROVAL)
    return [row.data["what"] for row in session.scalars(select(Notice).where(*which))]


@pytest.fixture
def county(be: Become) -> Client:
    """Be the county's officer."""
    return be("county")


@pytest.mark.parametrize("role, area_code", [("county_officer", COUNTY), ("city_officer", "4212")])
def test_another_officer_is_made_by_two(security: Client, role: str, area_code: str) -> None:
    """S-40: the security administrator alone would choose who agrees to his own requests."""
    new = officer(role, area_code=area_code)

    assert outcome(granted(security, new, None)) == NEEDED


def test_an_officer_in_post_agrees(security: Client, county: Client, session: Session) -> None:
    new = officer()
    approval_id = approved(security, county, admin_grant=new)
    with entries_of(session) as left:
        first, again = (granted(security, new, approval_id) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert [one.facts.get("went_without") for one in left] == [None, None]
    assert told_of(session, "auditor") == []


def test_a_county_has_the_citys_officer_above_it(security: Client, be: Become, session: Session) -> None:
    session.execute(update(Grant).where(Grant.role == Role.COUNTY_OFFICER).values(ended_at=now()))
    session.commit()
    new = officer()

    assert outcome(granted(security, new, None)) == NEEDED
    assert granted(security, new, approved(security, be("city"), admin_grant=new)).status_code == 201


def test_the_first_one_of_an_area_goes_without_and_is_told(security: Client, session: Session) -> None:
    """Somebody must be the first; auditor and system administrator hear of it, and the trail says so."""
    no_officer_here(session)
    new = officer()
    with entries_of(session) as left:
        first, again = (granted(security, new, None) for _ in range(2))
    second = granted(security, admin_grant("worker", role="county_officer", area_code=COUNTY), None)

    assert (first.status_code, again.status_code) == (201, 200)
    assert [one.facts.get("went_without") for one in left] == [True, None]
    assert (told_of(session, "auditor"), told_of(session, "system")) == (["went_without"], ["went_without"])
    assert outcome(second) == NEEDED, "now there is one"


def test_whoever_ends_the_last_officer_does_not_choose_the_next_alone(
    security: Client, session: Session
) -> None:
    """Else two calls of one person would do what one may not."""
    no_officer_here(session, ended_at=now() - timedelta(days=29))
    assert outcome(granted(security, officer(), None)) == NEEDED
    no_officer_here(session, ended_at=None, valid_until=now() - timedelta(days=29))
    assert outcome(granted(security, officer(), None)) == NEEDED
    no_officer_here(session, ended_at=None, valid_until=now() - timedelta(days=31))
    assert granted(security, officer(), None).status_code == 201


@pytest.mark.parametrize(
    "who, role, other", [("city", "county_officer", "county"), ("county", "system_admin", "city")]
)
def test_nobody_agrees_to_his_own_office(
    security: Client, be: Become, who: str, role: str, other: str
) -> None:
    """S-38: neither as officer nor as administrator; another officer does."""
    new = admin_grant(who, role=role, area_code=COUNTY)
    path = f"/v1/approvals/{asked(security, admin_grant=new)}"

    assert outcome(be(who).post(f"{path}/approve", json={})) == (403, "own_approval")
    assert be(other).post(f"{path}/approve", json={}).status_code == 200


@pytest.mark.parametrize("role", ["community_admin", "grid_worker"])
def test_other_roles_ask_for_no_second_person(
    security: Client, role: str, be: Callable[[str], Client]
) -> None:
    new = officer(role, area_code=HOME)

    assert granted(security, new, None).status_code == 201
    body = {"admin_grant": officer(role, area_code=HOME), "reason": "换岗"}
    refused = be("security").put(f"/v1/approvals/{new['id']}", json=body)

    assert outcome(refused) == (422, "invalid")
