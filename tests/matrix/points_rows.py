"""Rows of rules, claims and the shop, written straight into the tables."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    Account,
    AccountKind,
    Claim,
    ClaimStatus,
    Evidence,
    Lot,
    Redemption,
    Reward,
    Rule,
    Verifier,
)
from tests import cast
from tests.cast import person
from tests.matrix.side import Side, captured


class PointsRows(Side):
    """Writes what points are about."""

    def rule(self, **more: Any) -> UUID:
        """Write a rule of this community, worth 2 points, posted without public notice."""
        rule_id = new_id()
        values: dict[str, Any] = {
            "points_min": 2,
            "points_max": 2,
            "evidence": Evidence.NONE,
            "verifier": Verifier.EITHER,
            "notice_days": 0,
            **more,
        }
        self.add(
            Rule(
                id=rule_id,
                area_code=self.community,
                code=f"rule_{rule_id.hex}",
                version=1,
                title="打扫楼道",
                category="环境卫生",
                valid_from=business_day(cast.LONG_AGO),
                **values,
            )
        )
        return rule_id

    def claim(self, status: ClaimStatus, **more: Any) -> UUID:
        """Write a claim of the household, submitted by its resident."""
        claim_id = new_id()
        resident = "far_resident" if self.far else "resident"
        values: dict[str, Any] = {
            "rule_id": self.rule(),
            "points": 2,
            "submitted_by": person(resident).user_id,
            **more,
        }
        self.add(
            Claim(
                id=claim_id,
                area_code=self.area,
                household_id=self.household_id,
                resident_id=self.resident_id,
                status=status,
                **values,
                **captured(),
            )
        )
        return claim_id

    def account(self, balance: int, held: int = 0) -> UUID:
        """Write the household's account, with one lot."""
        account_id = new_id()
        self.add(
            Account(
                id=account_id,
                area_code=self.community,
                kind=AccountKind.HOUSEHOLD,
                household_id=self.household_id,
                balance=balance,
                held=held,
            )
        )
        self.add(
            Lot(
                id=new_id(),
                account_id=account_id,
                amount=balance,
                remaining=balance,
                use_by=business_day() + timedelta(days=99),
            )
        )
        return account_id

    def reward(self, stock: int = 5) -> UUID:
        """Write a reward of 3 points."""
        reward_id = new_id()
        self.add(
            Reward(
                id=reward_id,
                area_code=self.community,
                name="肥皂",
                unit="块",
                price=3,
                cost_fen=300,
                stock=stock,
                content_hash=b"",
            )
        )
        return reward_id

    def redemption(self) -> UUID:
        """Write an open redemption of the household, its points held."""
        redemption_id = new_id()
        reward_id = self.reward()
        self.account(balance=10, held=3)
        resident = "far_resident" if self.far else "resident"
        self.add(
            Redemption(
                id=redemption_id,
                area_code=self.area,
                household_id=self.household_id,
                reward_id=reward_id,
                quantity=1,
                points=3,
                content_hash=b"",
                made_by=person(resident).user_id,
                made_at=now(),
            )
        )
        return redemption_id
