"""Work on a hazard that became major meanwhile: kept, and nothing follows without the five fixed items."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.models import Hazard, HazardStatus
from tests.api.test_hazard_levels import merge
from tests.cast import person
from tests.hazard_world import (
    FIVE_FIXED,
    Take,
    done,
    refused,
    write_hazard,
)

WORKER, COLLEAGUE = (str(person(name).user_id) for name in ("worker", "colleague"))


@pytest.mark.parametrize("whose", ["his", "his, begun offline", "of another"])
def test_work_of_before_it_was_major_stands_in_the_history_alone(
    session: Session, take: Take, major: Hazard, whose: str
) -> None:
    """Nothing was fixed; no phone asked for items, and what was done is not lost."""
    kept = write_hazard(session, HazardStatus.ACCEPTED)
    done(take("admin", kept, "assign", assignee_id=WORKER))
    began = {"captured_at": now().isoformat()}
    if whose == "of another":
        with set_to(now() + timedelta(minutes=10)):
            hand_over(take, kept, WORKER, COLLEAGUE)
    elif whose == "his":
        done(take("worker", kept, "start", **began))
    with set_to(now() + timedelta(minutes=20)):
        merge(take, major, kept)
    with set_to(now() + timedelta(hours=1)):
        if whose != "his":
            done(take("worker", kept, "start", **began))
        shown = done(take("worker", kept, "rectify", note="清走了", **began))
        before = take("colleague" if whose == "of another" else "worker", kept, "start")

    last = shown["events"][-1]
    assert (shown["status"], shown["level"]) == ("assigned", "major")
    assert (last["step"], last["data"]["verb"], last["note"]) == ("work_late", "rectify", "清走了")
    assert refused(before) == (422, "incomplete_five_fixed")


def test_whoever_had_it_when_it_became_major_puts_it_right_no_more_once_it_is_anothers(
    session: Session, take: Take, major: Hazard
) -> None:
    """Nor by his items of then; nor what he began after it was raised without any."""
    kept = write_hazard(session, HazardStatus.ACCEPTED)
    done(take("admin", kept, "assign", assignee_id=WORKER))
    merge(take, major, kept)
    with set_to(now() + timedelta(minutes=5)):
        bare = take("worker", kept, "start", captured_at=now().isoformat())
        done(take("worker", kept, "start", five_fixed=FIVE_FIXED, captured_at=now().isoformat()))
    with set_to(now() + timedelta(minutes=10)):
        hand_over(take, kept, WORKER, COLLEAGUE)
    with set_to(now() + timedelta(minutes=20)):
        after = {"captured_at": now().isoformat(), "note": "清走了"}
        others = take("worker", kept, "rectify", **after)
        hand_over(take, kept, COLLEAGUE, WORKER)
    with set_to(now() + timedelta(minutes=30)):
        again = take("worker", kept, "rectify", **after | {"captured_at": now().isoformat()})

    assert refused(bare) == (422, "incomplete_five_fixed")
    assert [refused(one) for one in (others, again)] == [(409, "illegal_step")] * 2


def hand_over(take: Take, hazard: Hazard, former_id: str, assignee_id: str) -> None:
    to = {"assignee_id": assignee_id, "former_id": former_id, "note": "换人", "controls": "拉警戒线"}
    done(take("admin", hazard, "assign", **to))
