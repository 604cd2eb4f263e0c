"""The roster: households and the residents in them."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id, Sealed
from app.models.place import Place

UNPREPARED = "sounds IS NULL OR phone_tail_index IS NULL AND phone_sealed IS NOT NULL"
"""In SQL: by what a resident is found is still to be written."""


class Sex(enum.StrEnum):
    """As on the household register."""

    FEMALE = "female"
    MALE = "male"


class Relation(enum.StrEnum):
    """Relation to the head of the household."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER = "other"


class PresenceState(enum.StrEnum):
    """Where a resident lives now; it drives who is due for a visit."""

    HOME = "home"
    AWAY = "away"
    HOLIDAY = "holiday"


class LeftWhy(enum.StrEnum):
    """Why somebody lives nowhere in the community any more."""

    MOVED_OUT = "moved_out"
    DIED = "died"
    DUPLICATE = "duplicate"
    """He was entered twice: all that is known of him stands at the one who stays (``same_as_id``)."""


class Household(Base):
    """A household behind one door; it holds the points account (一户一账户)."""

    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("merged_into IS NULL OR closed_on IS NOT NULL", name="merged_is_closed"),
        Index(
            "uq_households_open_door",
            "place_id",
            "door",
            unique=True,
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("ix_households_area_code_door", "area_code", "door", "id"),
        Index(
            "ix_households_place_id_as_counted",
            "place_id",
            text("as_counted(door)"),
            "id",
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("ix_households_plain_door", text("plain_door(door)"), "area_code"),
        Index("ix_households_place_id_plain_door", "place_id", text("plain_door(door)")),
        Index(
            "ix_households_door_words",
            text("door_words(area_code, plain_door(door))"),
            postgresql_using="gin",
        ),
        Index("ix_households_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    door: Mapped[str]
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    """When it was closed: nobody lives in it, and its door is free for another one; None while it is open."""
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    """The household that took in its people, where it was closed for that."""
    place: Mapped[Place] = relationship(lazy="raise")
    residents: Mapped[list["Resident"]] = relationship(
        lazy="raise",
        viewonly=True,
        order_by="Resident.id",
        primaryjoin="and_(Household.id == Resident.household_id, Resident.left_on.is_(None))",
    )
    """Who lives there; those who left are not among them."""


class Resident(Base):
    """A person of the roster."""

    __tablename__ = "residents"
    __table_args__ = (
        Index("ix_residents_area_code_name", "area_code", "name", "id"),
        Index("ix_residents_plain_name", text("plain_name(name)"), "area_code", "id"),
        Index(
            "uq_residents_head",
            "household_id",
            unique=True,
            postgresql_where=text("relation = 'head' AND left_on IS NULL"),
        ),
        CheckConstraint("(left_on IS NULL) = (left_why IS NULL)", name="left_for_a_reason"),
        CheckConstraint(
            "(same_as_id IS NOT NULL) = (left_why IS NOT DISTINCT FROM 'duplicate')", name="duplicate_of_one"
        ),
        Index("ix_residents_same_as_id", "same_as_id", postgresql_where=text("same_as_id IS NOT NULL")),
        UniqueConstraint("id_number_index"),
        Index("ix_residents_sounds", "sounds", postgresql_using="gin"),
        Index("ix_residents_phone_tail_index", "phone_tail_index"),
        Index(
            "ix_residents_unprepared",
            "id",
            postgresql_where=text(UNPREPARED),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    name: Mapped[str]
    sounds: Mapped[str | None] = mapped_column(TSVECTOR)
    """By what the name is found in his community; the database takes it away with the name and when he moves,
    and a job writes it anew."""
    sex: Mapped[Sex]
    birth_date: Mapped[date]
    relation: Mapped[Relation]
    presence: Mapped[PresenceState] = mapped_column(default=PresenceState.HOME)
    back_on: Mapped[date | None]
    """When somebody who is away is expected; from that day on he is called on again."""
    phone_sealed: Mapped[Sealed | None]
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    """Salted by the community; relatives may share a phone."""
    phone_tail_index: Mapped[bytes | None]
    """The same of its last four digits; the database takes it away with the phone."""
    phone_at: Mapped[datetime | None]
    """When staff last wrote another phone, or took it away; None while it is that of the first entry."""
    phone_by: Mapped[UUID | None]
    """Their account: without a key, for accounts name residents already, and none is ever taken away."""
    id_number_sealed: Mapped[Sealed | None]
    id_number_index: Mapped[bytes | None]
    id_number_at: Mapped[datetime | None]
    """As ``phone_at``."""
    id_number_by: Mapped[UUID | None]
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    left_on: Mapped[date | None]
    """The last day on which he lived there; None while he does."""
    left_why: Mapped[LeftWhy | None]
    same_as_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    """Of a duplicate: who stays. Nothing that is written names a duplicate any more."""
    came_back_at: Mapped[datetime | None]
    """When the roster let him back in, the last time: what was said before of his leaving holds no more."""
    household: Mapped[Household] = relationship(lazy="raise")
