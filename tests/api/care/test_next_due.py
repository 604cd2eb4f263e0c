from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import clock
from tests.care_world import NOON, file_visit, write_care
from tests.client import Client


@pytest.mark.parametrize(
    "filed, last, due",
    [
        # outcome and how many hours before noon of 31 January, in the order of arrival
        ([("seen_well", 0)], "2027-01-31", "2027-02-07"),
        ([("needs_referral", 0)], "2027-01-31", "2027-02-07"),
        ([("emergency", 0)], "2027-01-31", "2027-02-07"),
        ([("not_reached", 0)], None, "2027-02-01"),
        ([("seen_well", 24)], "2027-01-30", "2027-02-06"),
        ([("seen_well", 11)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 13)], "2027-01-30", "2027-02-06"),
        # a late older visit moves nothing
        ([("seen_well", 0), ("seen_well", 72)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 0), ("not_reached", 72)], "2027-01-31", "2027-02-07"),
        # in whatever order they arrive, the last to happen decides
        ([("not_reached", 24), ("seen_well", 0)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 0), ("not_reached", 24)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 24), ("not_reached", 0)], "2027-01-30", "2027-02-01"),
        ([("not_reached", 0), ("seen_well", 24)], "2027-01-30", "2027-02-01"),
        ([("not_reached", 0), ("not_reached", 48)], None, "2027-02-01"),
        # of two at the same moment, the one that was filed last
        ([("seen_well", 0), ("not_reached", 0)], "2027-01-31", "2027-02-01"),
        ([("not_reached", 0), ("seen_well", 0)], "2027-01-31", "2027-02-07"),
        # a clock that is a year slow or an hour fast is not believed: the day of arrival counts
        ([("seen_well", 24 * 365)], "2027-01-31", "2027-02-07"),
        ([("seen_well", -1)], "2027-01-31", "2027-02-07"),
        ([("seen_well", -24 * 5)], "2027-01-31", "2027-02-07"),
    ],
)
def test_when_the_next_visit_is_due(
    worker: Client, record: UUID, form: UUID, filed: list[tuple[str, int]], last: str | None, due: str
) -> None:
    for outcome, hours in filed:
        at = NOON - timedelta(hours=hours)
        assert (
            file_visit(worker, record, form, outcome=outcome, captured_at=at.isoformat()).status_code == 201
        )

    now = worker.get(f"/v1/care-records/{record}").json
    assert (now["last_visited_on"], now["next_due_on"]) == (last, due)


@pytest.mark.parametrize(
    "every_days, day, due",
    [
        (30, datetime(2027, 1, 31, 4, tzinfo=UTC), "2027-03-02"),
        (30, datetime(2028, 1, 31, 4, tzinfo=UTC), "2028-03-01"),
        (31, datetime(2027, 8, 31, 4, tzinfo=UTC), "2027-10-01"),
        (1, datetime(2027, 2, 28, 4, tzinfo=UTC), "2027-03-01"),
        (92, datetime(2027, 12, 31, 4, tzinfo=UTC), "2028-04-01"),
        (7, datetime(2027, 12, 31, 15, 59, tzinfo=UTC), "2028-01-07"),
        (7, datetime(2027, 12, 31, 16, 1, tzinfo=UTC), "2028-01-08"),
    ],
)
def test_months_and_years_end_in_china(
    worker: Client, session: Session, form: UUID, every_days: int, day: datetime, due: str
) -> None:
    record = write_care(session, every_days=every_days)

    with clock.set_to(day):
        assert file_visit(worker, record, form, captured_at=day.isoformat()).status_code == 201
        assert worker.get(f"/v1/care-records/{record}").json["next_due_on"] == due
