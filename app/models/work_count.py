"""How many residents work, by area and month, as offices read it."""

import enum
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base


class WorkMeasure(enum.StrEnum):
    """What is counted; each but the first of people and of homes is a part of another one."""

    WORKING_AGE = "working_age"
    WORKING = "working"
    """Of working age, employed or self-employed."""
    MISSING = "missing"
    """Of those who are not known to work, without a record of the month."""
    IN_PROVINCE = "in_province"
    """Of those who work, in the province, the city and the county among it."""
    IN_CITY = "in_city"
    IN_COUNTY = "in_county"
    HOMES = "homes"
    """Households with somebody of working age."""
    STABLE_HOMES = "stable_homes"
    """Of these, with at least one who has worked for three months."""


class WorkCount(Base):
    """How many there were in an area in a month, as it was written down when they were counted."""

    __tablename__ = "work_counts"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"), primary_key=True)
    """A city, county, township or community; never a grid."""
    measure: Mapped[WorkMeasure] = mapped_column(primary_key=True)
    number: Mapped[int]
    is_shown: Mapped[bool]
    """Not where the figure is small, or would tell a small one beside it."""
