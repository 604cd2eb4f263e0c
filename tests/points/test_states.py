"""The legal steps of claims and redemptions, over every pair of states."""

import pytest

from app.errors import IllegalStepError
from app.models import (
    CLAIM_NEXT,
    REDEMPTION_NEXT,
    Claim,
    ClaimStatus,
    Redemption,
    RedemptionStatus,
)

CLAIM_STEPS = {
    ("submitted", "verified"),
    ("submitted", "returned"),
    ("submitted", "rejected"),
    ("submitted", "withdrawn"),
    ("verified", "approved"),
    ("verified", "returned"),
    ("verified", "rejected"),
    ("verified", "withdrawn"),
    ("approved", "in_notice"),
    ("approved", "posted"),
    ("in_notice", "posted"),
    ("returned", "submitted"),
    ("returned", "withdrawn"),
}
REDEMPTION_STEPS = {("held", "collected"), ("held", "cancelled")}


@pytest.mark.parametrize("now", ClaimStatus)
@pytest.mark.parametrize("to", ClaimStatus)
def test_a_claim_takes_exactly_the_legal_steps(now: ClaimStatus, to: ClaimStatus) -> None:
    claim = Claim(status=now)
    if (now, to) in CLAIM_STEPS:
        claim.advance(to)
        assert claim.status is to
        return
    with pytest.raises(IllegalStepError) as refusal:
        claim.advance(to)
    assert (refusal.value.data["now"], refusal.value.data["asked"]) == (now, to)
    assert claim.status is now


@pytest.mark.parametrize("now", RedemptionStatus)
@pytest.mark.parametrize("to", RedemptionStatus)
def test_a_redemption_takes_exactly_the_legal_steps(now: RedemptionStatus, to: RedemptionStatus) -> None:
    redemption = Redemption(status=now)
    if (now, to) in REDEMPTION_STEPS:
        redemption.advance(to)
        assert redemption.status is to
        return
    with pytest.raises(IllegalStepError):
        redemption.advance(to)
    assert redemption.status is now


def test_every_state_stands_in_its_table() -> None:
    assert set(CLAIM_NEXT) == set(ClaimStatus)
    assert set(REDEMPTION_NEXT) == set(RedemptionStatus)
