"""Who reported for a resident, or made the way in of whoever did, gets no points out of it by himself."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.ids import new_id
from app.models import AutomaticSource, Claim, Grant, Hazard, Notice, Redemption, User
from tests.api.sign_in.conftest import LetIn, grant, refused
from tests.cast import person, sign_in_again
from tests.client import Client
from tests.hazard_world import report_body
from tests.points_world import claim_body, give_points, order_body, write_reward, write_rule
from tests.proxy_world import acting, confirmed

Become = Callable[[str | None], Client]
Report = Callable[[Client], str]


@pytest.fixture(autouse=True)
def _rule(session: Session) -> None:
    """Let accepted reports earn points, posted at once."""
    write_rule(session, automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED)


@pytest.fixture(params=["code", "invitation", "proxy"])
def report(
    request: pytest.FixtureRequest, be: Become, let_in: LetIn, resident: Client, session: Session
) -> Report:
    """Report as the resident, by a way that one of the staff has in his hands; give the hazard's address."""

    def reported(staff: Client) -> str:
        path, name = f"/v1/hazards/{new_id()}", staff.get("/v1/me").json["name"]
        if request.param == "code":
            made = let_in(staff).put(path, json=report_body())
        elif request.param == "invitation":
            invite(session, name)
            made = resident.put(path, json=report_body())
        else:
            confirmed(be(name), resident)
            made = be(name).put(path, json=report_body(), **acting())
        assert refused(made) == (201, "")
        return path

    return reported


def invite(session: Session, name: str, days: int = 0) -> None:
    """Let the resident have her password by somebody's invitation, so many days ago."""
    user = session.get_one(User, person("resident").user_id)
    user.invited_by, user.invited_at = person(name).user_id, clock.now() - timedelta(days=days)
    session.commit()


def accepted(staff: Client, hazard: str) -> tuple[str, str]:
    """Accept a report; give the address of the claim it earned, and how that stands."""
    assert refused(staff.step(f"{hazard}/accept")) == (200, "")
    (claim,) = (one for one in staff.get("/v1/claims").json["items"] if one["source_id"] == hazard[-36:])
    return f"/v1/claims/{claim['id']}", claim["status"]


def told_of(session: Session, name: str, claim: str) -> list[str]:
    """Give what somebody was told of a claim that waits."""
    rows = session.scalars(select(Notice).where(Notice.user_id == person(name).user_id))
    return [
        one.data["what"] for one in rows if one.data.get("claim_id") == claim[-36:] and "what" in one.data
    ]


def test_one_admin_alone_makes_no_points_of_a_report(
    worker: Client, admin: Client, report: Report, session: Session
) -> None:
    """S-38: he may accept it, since what is unsafe does not wait; the office hears that nobody approves."""
    claim, status = accepted(admin, report(admin))

    assert status == "submitted"
    assert refused(admin.step(f"{claim}/approve")) == (403, "own_submission")
    assert told_of(session, "county", claim) == []
    assert refused(worker.step(f"{claim}/verify")) == (200, "")
    assert refused(admin.step(f"{claim}/approve")) == (403, "own_submission")
    assert told_of(session, "county", claim) == ["nobody_decides"]


def test_another_admin_approves_what_a_third_person_verified(
    worker: Client, admin: Client, second: Client, report: Report, session: Session
) -> None:
    claim, status = accepted(second, report(admin))

    assert (status, refused(second.step(f"{claim}/approve"))) == ("submitted", (409, "illegal_step"))
    assert refused(worker.step(f"{claim}/verify")) == (200, "")
    assert refused(admin.step(f"{claim}/approve")) == (403, "own_submission")
    assert refused(second.step(f"{claim}/approve")) == (200, "")
    assert told_of(session, "county", claim) == []


def test_who_verified_it_does_not_approve_it_by_another_post(
    worker: Client, second: Client, report: Report
) -> None:
    """The second admin is a grid worker, too."""
    claim, _ = accepted(second, report(worker))

    assert refused(worker.step(f"{claim}/verify")) == (403, "own_submission")
    assert refused(second.step(f"{claim}/verify")) == (200, "")
    assert refused(second.step(f"{claim}/approve")) == (403, "same_verifier")


def test_the_office_hears_of_what_nobody_else_may_verify(
    worker: Client, admin: Client, report: Report, session: Session
) -> None:
    """S-38: where the only grid worker had the way in, it does not wait unseen."""
    hazard = report(worker)
    field = [Role.GRID_WORKER, Role.BUILDING_LEAD]
    others = Grant.user_id != person("worker").user_id
    session.execute(delete(Grant).where(Grant.role.in_(field), others))
    session.commit()
    claim, status = accepted(admin, hazard)

    assert (status, told_of(session, "county", claim)) == ("submitted", ["nobody_decides"])


def test_what_a_resident_reports_by_her_own_way_in_is_verified_by_being_accepted(
    admin: Client, resident: Client, let_in: LetIn, session: Session
) -> None:
    """A code that was handed out beside it, or an invitation of long ago, changes nothing."""
    let_in(admin)
    invite(session, "admin", days=366)
    hazard = f"/v1/hazards/{new_id()}"
    assert refused(resident.put(hazard, json=report_body())) == (201, "")
    claim, status = accepted(admin, hazard)

    assert (status, refused(admin.step(f"{claim}/approve"))) == ("verified", (200, ""))
    assert session.get_one(Hazard, UUID(hazard[-36:])).let_in_by is None


def test_who_invited_her_neither_verifies_nor_approves_what_she_claims_within_a_year(
    be: Become, worker: Client, resident: Client, session: Session
) -> None:
    rule = write_rule(session)
    by_admin, by_worker, by_herself = (f"/v1/claims/{new_id()}" for _ in range(3))
    for path, name, days in ((by_admin, "admin", 0), (by_worker, "worker", 0), (by_herself, "admin", 366)):
        invite(session, name, days)
        assert refused(resident.put(path, json=claim_body(rule))) == (201, "")
    admin = be("admin")

    assert refused(worker.step(f"{by_admin}/verify")) == (200, "")
    assert refused(admin.step(f"{by_admin}/approve")) == (403, "own_submission")
    assert refused(worker.step(f"{by_worker}/verify")) == (403, "own_submission")
    assert refused(worker.step(f"{by_herself}/verify")) == (200, "")
    assert refused(admin.step(f"{by_herself}/approve")) == (200, "")
    assert session.get_one(Claim, UUID(by_admin[-36:])).let_in_by == person("admin").user_id


def test_who_invited_her_hands_nothing_over_for_a_code_she_shows_within_a_year(
    be: Become, resident: Client, session: Session
) -> None:
    grant(session, person("worker").user_id, role=Role.SHOP_CLERK)
    sign_in_again(session, "worker")
    give_points(session, 100)
    invite(session, "worker")
    order = f"/v1/redemptions/{new_id()}"
    assert refused(resident.put(order, json=order_body(write_reward(session)))) == (201, "")
    shown = resident.post(f"{order}/pickup-code", json={"version": 0}).json

    refusal = refused(be("worker").post(f"{order}/hand-over", json={"code": shown["code"]}))
    assert refusal == (403, "own_order")
    assert refused(be("clerk").post(f"{order}/hand-over", json={"code": shown["code"]})) == (200, "")
    kept = session.get_one(Redemption, UUID(order[-36:]))
    assert kept.pickup_let_in_by == person("worker").user_id
