"""Areas: the tree city, county, township, community, grid."""

import enum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base


class AreaLevel(enum.StrEnum):
    """Depth in the tree; the code's length follows from it."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"
    GRID = "grid"


DIGITS = {
    AreaLevel.CITY: 4,
    AreaLevel.COUNTY: 6,
    AreaLevel.TOWNSHIP: 9,
    AreaLevel.COMMUNITY: 12,
    AreaLevel.GRID: 15,
}


class Area(Base):
    """A node of the tree; its code starts with its parent's (NBS statistical division codes)."""

    __tablename__ = "areas"
    code: Mapped[AreaCode] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[AreaLevel]
    parent_code: Mapped[AreaCode | None] = mapped_column(ForeignKey("areas.code"), index=True)
