"""What an accepted report earns its reporter."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    AutomaticSource,
    Claim,
    ClaimStatus,
    ClockFlag,
    Evidence,
    Grant,
    HazardSource,
    Rule,
    SourceKind,
    Verifier,
)
from tests.cast import HOME, LONG_AGO, person
from tests.client import Client
from tests.hazard_world import Take, done, report_body, write_hazard


@pytest.fixture
def rule(session: Session) -> Rule:
    """Write the rule under which HOME rewards reports."""
    made = Rule(
        id=new_id(),
        area_code=HOME,
        code="report",
        version=1,
        title="报告隐患",
        category="安全",
        points_min=3,
        points_max=3,
        evidence=Evidence.NONE,
        verifier=Verifier.EITHER,
        notice_days=0,
        automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED,
        valid_from=date(2026, 1, 1),
    )
    session.add(made)
    session.commit()
    return made


def claims(session: Session) -> list[Claim]:
    return list(session.scalars(select(Claim)))


def test_a_resident_s_accepted_report_makes_one_claim(session: Session, take: Take, rule: Rule) -> None:
    hazard = write_hazard(session)
    assert claims(session) == []

    step_id = str(new_id())
    for _ in range(2):
        done(take("admin", hazard, "accept", step_id=step_id, note="属实"))

    claim = claims(session)[0]
    assert len(claims(session)) == 1
    resident = person("resident")
    assert (claim.household_id, claim.resident_id) == (resident.household_id, resident.resident_id)
    assert (claim.source_kind, claim.source_id) == (SourceKind.HAZARD, hazard.id)
    assert (claim.rule_id, claim.points, claim.status) == (rule.id, 3, ClaimStatus.VERIFIED)
    assert claim.captured_at == hazard.captured_at


def test_an_unlikely_device_time_counts_as_received(session: Session, take: Take, rule: Rule) -> None:
    assert rule
    old = now() - timedelta(days=30)
    hazard = write_hazard(session, captured_at=old, clock_flag=ClockFlag.STALE)

    done(take("admin", hazard, "accept"))

    assert claims(session)[0].captured_at == hazard.received_at


@pytest.mark.parametrize(
    "other",
    [
        {"source": HazardSource.STAFF},
        {"source": HazardSource.INSPECTION},
        {"source": HazardSource.VISITOR, "reported_by": None},
        {"reported_by": person("worker").user_id},
    ],
)
def test_nobody_else_earns_by_reporting(
    session: Session, take: Take, rule: Rule, other: dict[str, Any]
) -> None:
    assert rule

    done(take("admin", write_hazard(session, **other), "accept"))

    assert claims(session) == []


@pytest.mark.parametrize("verb", ["reject", "duplicate"])
def test_a_report_that_is_not_accepted_earns_nothing(
    session: Session, take: Take, rule: Rule, verb: str
) -> None:
    assert rule
    other = str(write_hazard(session).id)
    sent = {"reject": {"reason": "不是隐患"}, "duplicate": {"duplicate_of_id": other}}[verb]

    done(take("admin", write_hazard(session), verb, **sent))

    assert claims(session) == []


def test_a_community_without_the_rule_accepts_all_the_same(session: Session, take: Take) -> None:
    assert done(take("admin", write_hazard(session), "accept"))["status"] == "accepted"
    assert claims(session) == []


def test_a_resident_with_a_post_over_the_place_reports_as_his_job(
    session: Session, be: Callable[[str], Client], rule: Rule
) -> None:
    assert rule
    session.add(
        Grant(
            id=new_id(),
            user_id=person("resident").user_id,
            role="building_lead",
            area_code=HOME,
            valid_from=LONG_AGO,
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    session.commit()
    path = f"/v1/hazards/{new_id()}"

    answer = be("resident").put(path, json=report_body())
    accepted = be("admin").step(f"{path}/accept")

    assert (answer.json["source"], accepted.status_code, claims(session)) == ("staff", 200, [])
