"""What residents of working age live by, month by month."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id, Sealed
from app.models.household import Resident


class WorkState(enum.StrEnum):
    """What somebody lives by; who neither works nor looks for work is not asked why."""

    EMPLOYED = "employed"
    SELF_EMPLOYED = "self_employed"
    """A trade of his own, or the farm at home."""
    LOOKING = "looking"
    NOT_WORKING = "not_working"
    """At school, at home, or not able to."""


class WorkPlace(enum.StrEnum):
    """Where the work is; each holds the one before it, and outside is the rest."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    OUTSIDE = "outside"


class WorkWay(enum.StrEnum):
    """By what way somebody came to the work."""

    ONESELF = "oneself"
    ORGANISED = "organised"
    PUBLIC_BENEFIT = "public_benefit"
    """A public-benefit post (公益性岗位)."""
    WORKSHOP = "workshop"
    """A workshop that was set up for the settlement (帮扶车间)."""
    FOR_RELIEF = "for_relief"
    """Public works that employ people of the place (以工代赈)."""
    OTHER = "other"


class WageBand(enum.StrEnum):
    """What the work brings in a month, in yuan; nobody is asked for the sum."""

    UNDER_2000 = "under_2000"
    FROM_2000 = "from_2000"
    FROM_3500 = "from_3500"
    FROM_5000 = "from_5000"
    FROM_8000 = "from_8000"


class WorkSource(enum.StrEnum):
    """How it is known."""

    VISIT = "visit"
    PHONE = "phone"
    IMPORT = "import"


class Employment(Base):
    """What a resident lived by in a month, as somebody wrote it; a correction replaces it and leaves it."""

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("months BETWEEN 1 AND 720", name="months"),
        CheckConstraint("(place IS NOT NULL) = (state IN ('employed', 'self_employed'))", name="place"),
        CheckConstraint("(way IS NOT NULL) = (state = 'employed')", name="way"),
        CheckConstraint("wage_sealed IS NULL OR place IS NOT NULL", name="wage"),
        Index("ix_employments_area_code_id", "area_code", "id"),
        Index("ix_employments_resident_id_month", "resident_id", "month", "id"),
        Index(
            "uq_employments_standing",
            "resident_id",
            "month",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    month: Mapped[date]
    """Its first day."""
    state: Mapped[WorkState]
    place: Mapped[WorkPlace | None]
    way: Mapped[WorkWay | None]
    months: Mapped[int]
    """How many months it has gone on, with this one."""
    wage_sealed: Mapped[Sealed | None]
    """None also where he did not say."""
    source: Mapped[WorkSource]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    """When a correction of the same month took its place."""
    content_hash: Mapped[bytes]
    resident: Mapped[Resident] = relationship(lazy="raise")
