"""Teams and companies that put hazards right."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class UnitKind(enum.StrEnum):
    """What a unit is."""

    TEAM = "team"
    COMPANY = "company"


class Unit(Base):
    """Some of the field staff who have hazards together: whoever of them starts has it then."""

    __tablename__ = "units"
    __table_args__ = (Index("ix_units_area_code_id", "area_code", "id"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    name: Mapped[str]
    kind: Mapped[UnitKind]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    content_hash: Mapped[bytes]


class UnitMember(Base):
    """Somebody of a unit as it is now; who was of it stands in its events."""

    __tablename__ = "unit_members"
    __table_args__ = (UniqueConstraint("unit_id", "user_id"),)
    id: Mapped[Id]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    since: Mapped[datetime]


class UnitEvent(Base):
    """A change of a unit, under the id that whoever made it gave it."""

    __tablename__ = "unit_events"
    __table_args__ = (Index("ix_unit_events_unit_id_id", "unit_id", "id"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    """The name and the members that it had before."""
    content_hash: Mapped[bytes]
