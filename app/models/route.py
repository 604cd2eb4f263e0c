"""In which order the places of an area are walked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class Route(Base):
    """An order that somebody gave the places of an area; what holds now stands at the places themselves."""

    __tablename__ = "routes"
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"), index=True)
    """A community or a grid."""
    place_ids: Mapped[list[str]] = mapped_column(JSONB)
    set_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    set_at: Mapped[datetime]
    content_hash: Mapped[bytes]
