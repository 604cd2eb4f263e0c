"""Of how many people looked after a job did something is not in the trail; of how many claims it is."""

import pytest

from app.jobs import care, work
from app.jobs.counts import told_of

OF_CARE = (
    care.bring_visits_forward,
    care.put_visits_back,
    care.tell_without_hands,
    work.tell_not_reached,
    work.tell_of_follow_ups,
)


@pytest.mark.parametrize("count", [1, 4, 5, 200])
def test_jobs_of_care_tell_no_count(count: int) -> None:
    """An alert for one level and category at one place would have it told, and two of them the difference."""
    assert [told_of(job.__name__, count) for job in OF_CARE] == [{}] * len(OF_CARE)


def test_others_tell_theirs() -> None:
    assert told_of(work.post_due_claims.__name__, 3) == {"count": 3}
