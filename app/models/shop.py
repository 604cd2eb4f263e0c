"""The points shop: rewards, redemptions, and every movement of stock."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id
from app.models.household import Household


class Reward(Base):
    """Goods a household may have for points."""

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint("price BETWEEN 1 AND 100000", name="price"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("limit_per_month > 0", name="limit"),
        Index("ix_rewards_area_code_id", "area_code", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    name: Mapped[str]
    unit: Mapped[str]
    price: Mapped[int]
    """Points a piece."""
    cost_fen: Mapped[int]
    """What the community pays a piece, in fen."""
    stock: Mapped[int] = mapped_column(default=0)
    limit_per_month: Mapped[int | None]
    """Pieces a household may take in a calendar month."""
    own_producer: Mapped[bool] = mapped_column(default=False)
    """From the resettlement area's own producers (work point 8)."""
    content_hash: Mapped[bytes]
    withdrawn_at: Mapped[datetime | None]


class RedemptionStatus(enum.StrEnum):
    """States of a redemption."""

    HELD = "held"
    COLLECTED = "collected"
    CANCELLED = "cancelled"


REDEMPTION_NEXT: dict[RedemptionStatus, frozenset[RedemptionStatus]] = {
    RedemptionStatus.HELD: frozenset({RedemptionStatus.COLLECTED, RedemptionStatus.CANCELLED}),
    RedemptionStatus.COLLECTED: frozenset(),
    RedemptionStatus.CANCELLED: frozenset(),
}


class Redemption(Base):
    """Goods ordered for points, which are held until somebody collects or cancels."""

    __tablename__ = "redemptions"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 100", name="quantity"),
        CheckConstraint("points > 0", name="points_positive"),
        Index("ix_redemptions_area_code_status_id", "area_code", "status", "id"),
        Index("ix_redemptions_household_id_id", "household_id", "id"),
        Index("ix_redemptions_acted_for", "acted_for", postgresql_where=text("acted_for IS NOT NULL")),
        Index("ix_redemptions_pickup_for", "pickup_for", postgresql_where=text("pickup_for IS NOT NULL")),
        Index("ix_redemptions_ended_by", "ended_by", postgresql_where=text("ended_by IS NOT NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    reward_id: Mapped[UUID] = mapped_column(ForeignKey("rewards.id"))
    quantity: Mapped[int]
    points: Mapped[int]
    status: Mapped[RedemptionStatus] = mapped_column(default=RedemptionStatus.HELD)
    content_hash: Mapped[bytes]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    acted_for: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    """The resident for whom somebody acted who ordered."""
    made_at: Mapped[datetime]
    pickup_version: Mapped[int] = mapped_column(default=0)
    """How many pick-up codes were shown; whoever asks for the next one names the one he knows."""
    pickup_hash: Mapped[bytes | None]
    """SHA-256 of the pick-up code shown last."""
    pickup_until: Mapped[datetime | None]
    pickup_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who showed it."""
    pickup_for: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    """The resident for whom he acted then: the code is good only as long as he may."""
    pickup_let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff made the way in of whoever showed it (``Actor.let_in_by``)."""
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    reward: Mapped[Reward] = relationship(lazy="raise")
    household: Mapped[Household] = relationship(lazy="raise")

    def advance(self, to: RedemptionStatus) -> None:
        """Take one legal step; the only writer of ``status``.

        Raises IllegalStepError if the present state does not lead there.
        """
        if to not in REDEMPTION_NEXT[self.status]:
            raise IllegalStepError(id=self.id, now=self.status, asked=to)
        self.status = to


class StockReason(enum.StrEnum):
    """Why stock changed."""

    DELIVERY = "delivery"
    ORDER = "order"
    CANCEL = "cancel"


class StockMovement(Base):
    """A change of a reward's stock; stock is their sum."""

    __tablename__ = "stock_movements"
    __table_args__ = (CheckConstraint("change <> 0", name="change"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    reward_id: Mapped[UUID] = mapped_column(ForeignKey("rewards.id"), index=True)
    change: Mapped[int]
    reason: Mapped[StockReason]
    redemption_id: Mapped[UUID | None] = mapped_column(ForeignKey("redemptions.id"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
