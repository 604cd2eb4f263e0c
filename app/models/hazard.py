"""Hazards, their legal steps, and their history."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, ClockFlag, Id, Located, MadeByPhone, located_by
from app.models.freezing import Freezable
from app.models.hazard_step import HazardStep
from app.models.place import Place
from app.models.unit import Unit


class HazardCategory(enum.StrEnum):
    """Kinds of hazards (work points 10, 15, 19)."""

    FIRE = "fire"
    BUILDING = "building"
    FLOOD_GEOLOGICAL = "flood_geological"
    TRAFFIC = "traffic"
    PRODUCTION = "production"
    ENVIRONMENT = "environment"
    DISPUTE = "dispute"
    FACILITY = "facility"


class HazardLevel(enum.StrEnum):
    """General can be put right at once; major needs the five fixed items and the county's recheck."""

    GENERAL = "general"
    MAJOR = "major"


class HazardSource(enum.StrEnum):
    """Where the first report came from."""

    INSPECTION = "inspection"
    RESIDENT = "resident"
    STAFF = "staff"
    VISITOR = "visitor"


class HazardStatus(enum.StrEnum):
    """States of the closed loop."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    ASSIGNED = "assigned"
    RECTIFYING = "rectifying"
    TRANSFERRED = "transferred"
    """With another department, which alone can put it right; the community keeps it on its books."""
    RECTIFIED = "rectified"
    VERIFIED = "verified"
    CLOSED = "closed"


_S = HazardStatus
HAZARD_NEXT: dict[HazardStatus, frozenset[HazardStatus]] = {
    _S.REPORTED: frozenset({_S.ACCEPTED, _S.REJECTED, _S.DUPLICATE}),
    _S.ACCEPTED: frozenset({_S.ASSIGNED, _S.TRANSFERRED}),
    _S.ASSIGNED: frozenset({_S.RECTIFYING, _S.ASSIGNED, _S.ACCEPTED, _S.TRANSFERRED}),
    _S.RECTIFYING: frozenset({_S.RECTIFIED, _S.ASSIGNED, _S.ACCEPTED, _S.TRANSFERRED}),
    _S.TRANSFERRED: frozenset({_S.RECTIFIED, _S.ACCEPTED}),
    _S.RECTIFIED: frozenset({_S.VERIFIED, _S.ASSIGNED, _S.TRANSFERRED}),
    _S.VERIFIED: frozenset({_S.CLOSED, _S.ASSIGNED, _S.TRANSFERRED}),
    _S.REJECTED: frozenset(),
    _S.DUPLICATE: frozenset(),
    _S.CLOSED: frozenset(),
}
"""The transition table (domain.md, inspections and hazards)."""
HAZARD_ENDED = frozenset(status for status, steps in HAZARD_NEXT.items() if not steps)
HAZARD_PUT_RIGHT = frozenset({HazardStatus.RECTIFIED, HazardStatus.VERIFIED, HazardStatus.CLOSED})
"""What stands after work that was done, or a recheck that passed."""
HAZARD_OPEN = text("status NOT IN ('rejected', 'duplicate', 'closed')")
"""What is not ended, in SQL: written out, so that a partial index is recognised by it."""
HAZARD_WAITING = text("status IN ('reported', 'accepted')")
"""What is to be accepted or given out, likewise."""
HAZARD_IN_HAND = text("status IN ('assigned', 'rectifying')")
"""What somebody is to put right, likewise."""
HAZARD_UNCONFIRMED = text("status IN ('rectified', 'verified')")
"""What is to be rechecked or closed, likewise."""


class Department(enum.StrEnum):
    """Who alone can put some hazards right."""

    FIRE_SERVICE = "fire_service"
    HOUSING = "housing"
    POWER = "power"
    GAS = "gas"
    WATER = "water"
    NATURAL_RESOURCES = "natural_resources"
    TRANSPORT = "transport"
    EMERGENCY = "emergency"
    MARKET = "market"
    POLICE = "police"
    OTHER = "other"


class Hazard(MadeByPhone, Located, Freezable, Base):
    """Something unsafe at a place, owned by whoever must put it right."""

    __tablename__ = "hazards"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) = (item_key IS NULL)", name="item_keyed"),
        CheckConstraint("satisfaction BETWEEN 1 AND 3", name="satisfaction"),
        CheckConstraint(
            "status <> 'assigned' OR num_nonnulls(assignee_id, unit_id) = 1", name="one_assignee"
        ),
        CheckConstraint("(duplicate_of_id IS NOT NULL) = (status = 'duplicate')", name="duplicate_named"),
        Index("ix_hazards_area_code_id", "area_code", "id"),
        Index("ix_hazards_area_code_status_id", "area_code", "status", "id"),
        located_by("hazards", "reported_by"),
        Index("ix_hazards_assignee_id_status", "assignee_id", "status"),
        Index(
            "ix_hazards_in_hand",
            "assignee_id",
            "area_code",
            postgresql_where=HAZARD_IN_HAND,
        ),
        Index("ix_hazards_due_at_id", "due_at", "id"),
        Index("ix_hazards_unit_id", "unit_id", postgresql_where=text("unit_id IS NOT NULL")),
        Index(
            "ix_hazards_duplicate_of_id",
            "duplicate_of_id",
            postgresql_where=text("duplicate_of_id IS NOT NULL"),
        ),
        Index("ix_hazards_acted_for", "acted_for", postgresql_where=text("acted_for IS NOT NULL")),
        Index("ix_hazards_alarm_at", "alarm_at", postgresql_where=text("alarm_at IS NOT NULL")),
        Index("ix_hazards_waiting", "received_at", postgresql_where=HAZARD_WAITING),
        Index("ix_hazards_unconfirmed", "area_code", postgresql_where=HAZARD_UNCONFIRMED),
        Index("ix_hazards_place_id", "place_id"),
        Index("ix_hazards_visit_id", "visit_id", postgresql_where=text("visit_id IS NOT NULL")),
        Index("ix_hazards_received_at", "received_at"),
        Index("ix_hazards_rectified_by", "rectified_by", postgresql_where=text("rectified_by IS NOT NULL")),
        Index(
            "uq_hazards_open_item",
            "place_id",
            "item_key",
            unique=True,
            postgresql_where=HAZARD_OPEN,
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklist_items.id"))
    """The checklist item it broke, if an inspection found it, in the version that found it first."""
    item_key: Mapped[str | None]
    """The item in all versions of its list (``Checklist.key_of``); a place has one open hazard of it."""
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspections.id"))
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id"))
    """On which visit it was seen: told only to whoever may read that."""
    code_id: Mapped[UUID | None] = mapped_column(ForeignKey("place_codes.id"))
    source: Mapped[HazardSource]
    category: Mapped[HazardCategory]
    level: Mapped[HazardLevel] = mapped_column(default=HazardLevel.GENERAL)
    text: Mapped[str]
    status: Mapped[HazardStatus] = mapped_column(default=HazardStatus.REPORTED)
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    acted_for: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    """The resident for whom somebody acted who reported it."""
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff made the way in of whoever reported it (``Actor.let_in_by``)."""
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    """To which team or company it was given; whoever of it starts is the assignee from then on."""
    due_at: Mapped[datetime | None]
    due_from: Mapped[datetime | None]
    """Since when the time until ``due_at`` runs: an extension moves the end of it and not its beginning."""
    alarm_at: Mapped[datetime | None]
    """When next something happens of itself (``app/hazards/alarms.py``); None where nothing does."""
    waiting_told_on: Mapped[date | None]
    """The last day on which somebody was told that it waits to be accepted or given out."""
    asked_due_at: Mapped[datetime | None]
    """The later deadline that whoever puts it right asked for, until somebody decides."""
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the present deadline was put off."""
    supervised_at: Mapped[datetime | None]
    """When an office last urged it (督办), of itself or because it was overdue."""
    answered_at: Mapped[datetime | None]
    """When that was answered; None where it was not."""
    rectified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazards.id"))
    recurrences: Mapped[int] = mapped_column(default=0)
    recheck_failures: Mapped[int] = mapped_column(default=0)
    controls: Mapped[str | None]
    """Temporary controls of a major hazard until it is put right."""
    five_fixed: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Measures, funds, responsible person, deadline and contingency plan (五落实) of a major hazard."""
    controls_due_at: Mapped[datetime | None]
    """By when the temporary controls of a major hazard must have been shown."""
    controls_reported_at: Mapped[datetime | None]
    """When they were, by the phone that showed them; None again where the county found them wanting."""
    controls_checked_at: Mapped[datetime | None]
    """When the county found them good."""
    department: Mapped[Department | None]
    """With whom it is or was, until somebody of the community gets it again."""
    came_back: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The same item at the same place was closed within a month before."""
    ended_at: Mapped[datetime | None]
    satisfaction: Mapped[int | None]
    """What whoever reported it said once it was closed: 1 dissatisfied, 2 so-so, 3 satisfied."""
    rated_at: Mapped[datetime | None]
    """When he first did."""
    receipt_hash: Mapped[bytes | None]
    """Of the key in the address of a visitor's receipt."""
    place: Mapped[Place] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    events: Mapped[list["HazardEvent"]] = relationship(lazy="raise", order_by="HazardEvent.number")

    def advance(self, to: HazardStatus) -> None:
        """Take one legal step; the only writer of ``status``.

        Raises IllegalStepError if the present state does not lead there.
        """
        if to not in HAZARD_NEXT[self.status]:
            raise IllegalStepError(id=self.id, now=self.status, asked=to)
        self.status = to


class HazardEvent(Base):
    """One step of a hazard, append-only: who, when, what he wrote, and where it led."""

    __tablename__ = "hazard_events"
    __table_args__ = (
        UniqueConstraint("hazard_id", "number"),
        Index("ix_hazard_events_area_code_at", "area_code", "at"),
        Index("ix_hazard_events_closed", "at", postgresql_where=text("step = 'close'")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazards.id"))
    number: Mapped[int]
    step: Mapped[HazardStep]
    status_after: Mapped[HazardStatus]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    captured_at: Mapped[datetime | None]
    """By the clock of the phone that took the step, where it said so: it may have been offline for days."""
    clock_flag: Mapped[ClockFlag | None]
    note: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    content_hash: Mapped[bytes]
    """Of the step, its actor and its input: the same step sent again is answered, not taken twice."""

    @property
    def happened_at(self) -> datetime:
        """The moment deadlines go by: the phone's if it said one that is plausible, else the server's."""
        if self.captured_at is None or self.clock_flag is not ClockFlag.OK:
            return self.at
        return self.captured_at
