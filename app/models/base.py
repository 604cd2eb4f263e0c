"""What every table shares: naming of constraints, column types, and the marks of a fact from a phone."""

import enum
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Enum,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    case,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

AreaCode = Annotated[str, mapped_column(String(15, collation="C"))]
"""4, 6, 9, 12 or 15 digits; byte order, so that a prefix is a range of the index."""
Sealed = Annotated[bytes, mapped_column(LargeBinary, info={"sealed": True})]
"""A text sealed for this row (app/sealing.py); ``x_sealed`` may have a blind index ``x_index`` beside."""
Big = Annotated[int, mapped_column(BigInteger)]
Id = Annotated[UUID, mapped_column(primary_key=True)]


def _words(kinds: type[enum.Enum]) -> list[str]:
    return [str(kind.value) for kind in kinds]


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way of declaring it
        datetime: DateTime(timezone=True),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
        list[int]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        enum.Enum: Enum(
            enum.Enum, native_enum=False, create_constraint=True, length=32, values_callable=_words
        ),
    }


class ClockFlag(enum.StrEnum):
    """Whether the device's clock is believed (domain.md, clocks)."""

    OK = "ok"
    FUTURE = "future"
    STALE = "stale"


class Datum(enum.StrEnum):
    """The coordinate system a position was sent in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


class Presence(enum.StrEnum):
    """What the evidence adds up to; low presence asks for a spot check and never punishes."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNVERIFIED = "unverified"


class MadeByPhone:
    """A fact made by a client: its id is the idempotency key, its content's hash is kept."""

    content_hash: Mapped[bytes]
    captured_at: Mapped[datetime]
    """Device time."""
    received_at: Mapped[datetime]
    """Server time."""
    clock_flag: Mapped[ClockFlag] = mapped_column(default=ClockFlag.OK)

    @hybrid_property
    def happened_at(self) -> datetime:
        """Give the moment periods and deadlines go by: the device's if plausible, else the server's."""
        return self.captured_at if self.clock_flag is ClockFlag.OK else self.received_at

    @happened_at.inplace.expression
    @classmethod
    def _happened_at_in_sql(cls) -> ColumnElement[datetime]:
        return case((cls.clock_flag == ClockFlag.OK, cls.captured_at), else_=cls.received_at)


def located_by(table: str, worker: str) -> Index:
    """Give the index of somebody's positions in their order in time, for the way from one to the next."""
    return Index(f"ix_{table}_located", worker, "captured_at", postgresql_where=text("lng IS NOT NULL"))


class Located:
    """A position as the device sent it; compared after conversion to one datum."""

    lng: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    datum: Mapped[Datum | None]
    presence: Mapped[Presence] = mapped_column(default=Presence.UNVERIFIED)
    presence_reasons: Mapped[list[str]] = mapped_column(default=list)
