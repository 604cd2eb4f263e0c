"""What reads across stories: a worker's day."""

from app.reports.today import MOST, Day, DayPlace, today

__all__ = ["MOST", "Day", "DayPlace", "today"]
