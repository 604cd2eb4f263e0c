"""Exports of a community's roster, each approved by a second person."""

import enum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.taken_out import TakenOut, rules_of_files


class RosterColumn(enum.StrEnum):
    """What a file of the roster may tell of each resident, in the order of its columns."""

    AREA = "area"
    PLACE = "place"
    DOOR = "door"
    NAME = "name"
    RELATION = "relation"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    PRESENCE = "presence"
    PHONE = "phone"
    ID_NUMBER = "id_number"


class RosterExport(TakenOut, Base):
    """A file of residents of a community, or a grid of it."""

    __tablename__ = "roster_exports"
    __table_args__ = rules_of_files("roster_exports")
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    columns: Mapped[list[str]]
    """Words of ``RosterColumn``, in their order."""
    clear: Mapped[bool]
    """Whether numbers of adults stand there in full."""
