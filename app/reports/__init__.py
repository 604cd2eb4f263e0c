"""What reads across stories: a worker's day."""

from app.reports.today import MOST, Day, DayOccurrence, DayPlace, today

__all__ = ["MOST", "Day", "DayOccurrence", "DayPlace", "today"]
