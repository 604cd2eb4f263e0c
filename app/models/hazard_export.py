"""Files of the ledger of hazards."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.taken_out import TakenOut, rules_of_files


class HazardExport(TakenOut, Base):
    """A file of the hazards of an area."""

    __tablename__ = "hazard_exports"
    __table_args__ = rules_of_files("hazard_exports")
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """None where there were so few that nobody had to agree."""
    wanted: Mapped[dict[str, Any]]
    """Which hazards: the words and spans that were asked for."""
