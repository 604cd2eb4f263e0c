"""Weather alerts for areas, and the visits that each brings forward."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id


class WeatherKind(enum.StrEnum):
    """Which weather."""

    HEAT = "heat"
    COLD = "cold"
    STORM = "storm"
    FLOOD = "flood"
    SNOW = "snow"


class WeatherAlert(Base):
    """Days on which everybody who is looked after in an area is called on, or some of them."""

    __tablename__ = "weather_alerts"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="span"),
        Index("ix_weather_alerts_area_code_id", "area_code", "id"),
        Index("ix_weather_alerts_until_on", "until_on", postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    kind: Mapped[WeatherKind]
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day, included."""
    reason: Mapped[str]
    levels: Mapped[list[str]]
    """Care levels; none named is all, and so with categories."""
    categories: Mapped[list[str]]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When workers were told, once all visits were brought forward."""
    ended_at: Mapped[datetime | None]
    """When it was ended before its last day."""
    content_hash: Mapped[bytes]


class WeatherCall(Base):
    """A care record's visit that an alert brought forward, until it is made or the alert is over."""

    __tablename__ = "weather_calls"
    __table_args__ = (
        UniqueConstraint("alert_id", "care_record_id"),
        Index("ix_weather_calls_open", "care_record_id", postgresql_where=text("closed_at IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("weather_alerts.id"))
    care_record_id: Mapped[UUID] = mapped_column(ForeignKey("care_records.id"))
    from_on: Mapped[date]
    """A visit from this day on satisfies it."""
    due_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    alert: Mapped[WeatherAlert] = relationship(lazy="raise")
