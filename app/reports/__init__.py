"""What reads across stories: a worker's day and month, and figures for offices."""

from app.reports.care_counts import AreaCounts, care_counts, count_care
from app.reports.stable_homes import stable_homes_from
from app.reports.today import MOST, Day, DayOccurrence, DayPlace, today
from app.reports.work_books import bulletin_workbook, dispatch_workbook
from app.reports.work_counts import (
    COUNTED_ON,
    AreaMonth,
    AreaQuarter,
    WorkFigures,
    count_work,
    falls,
    month_figures,
    quarter_figures,
)
from app.reports.worker_months import (
    MonthUnseenError,
    TalkMonthError,
    WorkerMonth,
    own_month,
    worker_month,
)

__all__ = [
    "COUNTED_ON",
    "MOST",
    "AreaCounts",
    "AreaMonth",
    "AreaQuarter",
    "Day",
    "DayOccurrence",
    "DayPlace",
    "MonthUnseenError",
    "TalkMonthError",
    "WorkFigures",
    "WorkerMonth",
    "bulletin_workbook",
    "care_counts",
    "count_care",
    "count_work",
    "dispatch_workbook",
    "falls",
    "month_figures",
    "own_month",
    "quarter_figures",
    "stable_homes_from",
    "today",
    "worker_month",
]
