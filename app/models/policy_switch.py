"""Policy switches: what a community may ask of its people only after somebody answered for it."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class PolicySwitch(enum.StrEnum):
    """What is off unless it was turned on (domain.md, policy switches)."""

    COMPULSORY_CHECK_IN = "compulsory_check_in"
    POSITION_UPLOAD = "position_upload"
    STAFF_RANKING = "staff_ranking"
    RESIDENT_RANKING = "resident_ranking"
    PHOTO_COMPULSORY = "photo_compulsory"
    WECHAT_CONTENT_CHECK = "wechat_content_check"


class PolicyChange(Base):
    """A switch of a community was turned; the latest change says how it stands, the older ones stay."""

    __tablename__ = "policy_changes"
    __table_args__ = (
        CheckConstraint("is_on = (approved_by IS NOT NULL)", name="on_by_two"),
        CheckConstraint("approved_by <> changed_by", name="two_people"),
        Index("ix_policy_changes_area_code_switch_changed_at", "area_code", "switch", "changed_at"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    switch: Mapped[PolicySwitch]
    is_on: Mapped[bool]
    purpose: Mapped[str]
    """What it is turned on for; of one turned off, why."""
    legal_basis: Mapped[str] = mapped_column(default="")
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    changed_at: Mapped[datetime]
    content_hash: Mapped[bytes]
