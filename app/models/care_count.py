"""How many people are looked after, by area and category, as offices read it."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base
from app.models.care import CareCategory


class CareCount(Base):
    """How many are looked after in an area and category on the first of a month."""

    __tablename__ = "care_counts"
    __table_args__ = (
        CheckConstraint("people >= 0", name="people"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"), primary_key=True)
    """A city, county, township or community; never a grid."""
    category: Mapped[CareCategory] = mapped_column(primary_key=True)
    people: Mapped[int]
    is_shown: Mapped[bool]
    """Not where the figure is small, or would tell a small one beside it."""
