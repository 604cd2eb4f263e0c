"""How a message writes what it tells."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.clock import end_of
from app.messages.wording import Facts, values_of
from app.models import NoticeKind
from tests.notices.world import notice

DAY = date(2026, 12, 9)


def test_what_is_due_at_the_end_of_a_day_reads_as_that_day() -> None:
    """WeChat's clock has no hour 24: its last minute is written, and other moments as they are."""
    told = notice("worker", NoticeKind.HAZARD_ASSIGNED)
    ends, noon = end_of(DAY), end_of(DAY) - timedelta(hours=12)

    written = [
        values_of(Session(), told, [Facts("1", {name: at})])[name]
        for name, at in (("due", ends), ("due", noon), ("at", ends))
    ]

    assert written == ["2026年12月9日 23:59", "2026年12月9日 12:00", "2026年12月10日 00:00"]
