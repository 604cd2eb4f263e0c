from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock, points
from app.clock import now
from app.ids import new_id
from app.models import AccountKind, Claim, ClaimEvent, ClaimStatus, ClaimStep, Notice, Transfer
from tests.counting import statements
from tests.points_town import Town
from tests.points_world import rows, standing, write_rule

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NOTICE_OVER = datetime(2026, 11, 29, 16, 0, tzinfo=UTC)
"""The end of the fifth day after the 24th, in China."""


@pytest.fixture
def claim(town: Town) -> Claim:
    """Give a claim of 4 points that was approved in the morning and is in notice for five days."""
    rule = write_rule(town.session, town.code, notice_days=5)
    with clock.set_to(MORNING):
        return points.approve(town.session, town.actor(), town.verified_claim(rule, points=4).id, new_id())


def test_the_notice_lasts_to_the_end_of_the_last_day(claim: Claim) -> None:
    assert (claim.status, claim.notice_until) == (ClaimStatus.IN_NOTICE, NOTICE_OVER)


@pytest.mark.parametrize("at, posted", [(NOTICE_OVER - timedelta(seconds=1), 0), (NOTICE_OVER, 1)])
def test_a_claim_is_posted_when_its_notice_is_over(
    town: Town, claim: Claim, at: datetime, posted: int
) -> None:
    with clock.set_to(at):
        assert points.post_due(town.session, limit=10) == posted
        assert points.post_due(town.session, limit=10) == 0

    assert standing(town.session, town.accounts[0]) == (4 * posted, 0)
    assert rows(town.session, Transfer, source_id=claim.id) == posted


def test_the_entry_names_rule_resident_and_approver(town: Town, claim: Claim) -> None:
    with clock.set_to(NOTICE_OVER):
        points.post_due(town.session, limit=10)
    transfer = town.session.scalars(select(Transfer).where(Transfer.source_id == claim.id)).one()
    last = town.session.scalars(
        select(ClaimEvent).where(ClaimEvent.claim_id == claim.id).order_by(ClaimEvent.number.desc())
    ).first()

    assert (transfer.rule_id, transfer.resident_id, transfer.by_id) == (
        claim.rule_id,
        town.residents[0].id,
        town.actor().user_id,
    )
    assert transfer.at == NOTICE_OVER
    assert last is not None
    assert (last.step, last.status_after, last.actor_id) == (ClaimStep.POST, ClaimStatus.POSTED, None)


def test_the_submitter_is_told(town: Town, claim: Claim) -> None:
    with clock.set_to(NOTICE_OVER):
        points.post_due(town.session, limit=10)
    notices = town.session.scalars(select(Notice).where(Notice.area_code == town.code)).all()

    assert [notice.data for notice in notices if notice.data["step"] == "post"] == [
        {"claim_id": str(claim.id), "step": "post", "status": "posted"}
    ]


def test_no_more_than_the_limit_is_posted_at_once(town: Town) -> None:
    rule = write_rule(town.session, town.code, notice_days=1)
    for number in (0, 1, 0):
        claim = town.verified_claim(rule, number, points=2)
        points.approve(town.session, town.actor(), claim.id, new_id())

    with clock.set_to(now() + timedelta(days=3)):
        assert [points.post_due(town.session, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [standing(town.session, account_id)[0] for account_id in town.accounts] == [4, 2]
    assert points.reconcile(town.session, town.code) == []


def test_the_accounts_of_a_batch_are_looked_up_in_one_statement(town: Town) -> None:
    rule = write_rule(town.session, town.code, notice_days=1)
    for number in (0, 1, 0):
        points.approve(town.session, town.actor(), town.verified_claim(rule, number).id, new_id())
    assert len({*town.accounts, town.system(AccountKind.ISSUANCE)}) == 3, "all exist"

    with clock.set_to(now() + timedelta(days=3)), statements(town.session.connection()) as sent:
        assert points.post_due(town.session, limit=3) == 3
    assert len([one for one in sent if "FROM accounts" in one]) == 1
