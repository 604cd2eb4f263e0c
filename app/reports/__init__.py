"""What reads across stories: a worker's day, and figures for offices."""

from app.reports.care_counts import AreaCounts, care_counts, count_care
from app.reports.today import MOST, Day, DayOccurrence, DayPlace, today

__all__ = [
    "MOST",
    "AreaCounts",
    "Day",
    "DayOccurrence",
    "DayPlace",
    "care_counts",
    "count_care",
    "today",
]
