"""What happened of itself to a hazard because its time ran: each once for each deadline."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class AlarmKind(enum.StrEnum):
    """What happens; each is a step of the hazard by the same word."""

    REMIND = "remind"
    SUPERVISE_COUNTY = "supervise_county"
    SUPERVISE_CITY = "supervise_city"
    REMIND_CONTROLS = "remind_controls"


class HazardAlarm(Base):
    """One alarm of one deadline; the key keeps two schedulers from taking it twice."""

    __tablename__ = "hazard_alarms"
    __table_args__ = (UniqueConstraint("hazard_id", "kind", "due_at"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazards.id"))
    kind: Mapped[AlarmKind]
    due_at: Mapped[datetime]
    """The deadline it is of: of the hazard, or of its temporary controls."""
    planned_at: Mapped[datetime]
    taken_at: Mapped[datetime]
