from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import points
from app.actors import Role
from app.clock import now
from app.ids import new_id
from app.models import AutomaticSource, Claim, ClaimEvent, ClaimStatus, ClaimStep, Rule, SourceKind
from app.points import Fact
from tests.points_town import Town, build_town
from tests.points_world import rows, write_rule


@pytest.fixture
def rule(town: Town) -> Rule:
    return write_rule(town.session, town.code, automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED, points_min=3)


def claim_for(
    town: Town, source_id: UUID | None = None, happened_at: datetime | None = None, **more: Any
) -> Claim | None:
    values: dict[str, Any] = {
        "household_id": town.households[0].id,
        "resident_id": town.residents[0].id,
        "automatic": AutomaticSource.HAZARD_REPORT_ACCEPTED,
        "area_code": town.code,
        "actor": town.actor(),
        **more,
    }
    fact = Fact(SourceKind.HAZARD, source_id or new_id(), happened_at or now(), brought_by=None)
    return points.claim_for(town.session, fact, **values)


def test_a_fact_makes_a_verified_claim(town: Town, rule: Rule) -> None:
    claim = claim_for(town)
    assert claim is not None
    query = select(ClaimEvent.number, ClaimEvent.step).where(ClaimEvent.claim_id == claim.id)
    events = town.session.execute(query.order_by(ClaimEvent.number)).all()

    assert (claim.status, claim.points, claim.rule_id) == (ClaimStatus.VERIFIED, 3, rule.id)
    assert (claim.submitted_by, claim.verified_by) == (None, town.actor().user_id)
    assert [tuple(event) for event in events] == [(1, ClaimStep.SUBMIT), (2, ClaimStep.VERIFY)]
    assert points.approve(town.session, town.actor(), claim.id, new_id()).status is ClaimStatus.POSTED


@pytest.mark.usefixtures("rule")
def test_the_same_fact_makes_one_claim(town: Town) -> None:
    source_id = new_id()
    first = claim_for(town, source_id)
    assert first is not None
    points.approve(town.session, town.actor(), first.id, new_id())
    again = claim_for(town, source_id)

    assert again is not None
    assert (again.id, again.status) == (first.id, ClaimStatus.POSTED)
    assert rows(town.session, Claim, area_code=town.code) == 1


@pytest.mark.usefixtures("rule")
def test_who_accepts_the_report_of_his_own_household_verifies_nothing(town: Town) -> None:
    own = replace(town.actor(), household_id=town.households[0].id)
    claim = claim_for(town, actor=own)

    assert claim is not None
    assert (claim.status, claim.verified_by) == (ClaimStatus.SUBMITTED, None)
    verifier = town.actor(Role.GRID_WORKER, "worker")
    assert points.verify(town.session, verifier, claim.id, new_id()).status is ClaimStatus.VERIFIED


@pytest.mark.usefixtures("rule")
@pytest.mark.parametrize("missing", ["household_id", "resident_id"])
def test_nobodys_report_makes_no_claim(town: Town, missing: str) -> None:
    assert claim_for(town, **{missing: None}) is None


def test_a_community_without_such_a_rule_makes_no_claim(town: Town) -> None:
    write_rule(town.session, town.code)

    assert claim_for(town) is None


def test_a_rule_that_is_over_makes_no_claim(town: Town) -> None:
    automatic = AutomaticSource.HAZARD_REPORT_ACCEPTED
    write_rule(town.session, town.code, automatic=automatic, valid_until=date(2026, 6, 30))

    assert claim_for(town) is None
    assert claim_for(town, happened_at=now() - timedelta(days=200)) is not None


@pytest.mark.usefixtures("rule")
def test_a_household_of_another_community_earns_nothing_here(town: Town) -> None:
    other = build_town(town.session)

    assert claim_for(town, household_id=other.households[0].id, resident_id=other.residents[0].id) is None
