"""What one of a unit did before it was no more his arrives later."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.models import (
    NoticeKind,
    Unit,
)
from tests.api.test_units import given, told
from tests.cast import person
from tests.client import Client
from tests.hazard_world import Take, done, refused

Be = Callable[[str], Client]
WORKER, COLLEAGUE, LEAD = (person(name).user_id for name in ("worker", "colleague", "lead"))


@pytest.mark.parametrize("how", ["another started", "he left", "he left and another started"])
def test_what_one_did_before_it_was_no_more_his_is_taken_later(
    be: Be, session: Session, take: Take, unit: Unit, how: str
) -> None:
    """The unit has it still; who started has it, and is told. What he did after that is not taken."""
    hazard = given(session, unit)
    taken = {"captured_at": now().isoformat()}
    with set_to(now() + timedelta(hours=2)):
        if "left" in how:
            members = [str(WORKER), str(LEAD)]
            change = {"name": "维修班", "member_ids": members, "ended": False}
            be("admin").step(f"/v1/units/{unit.id}/change", change)
        if "started" in how:
            done(take("worker", hazard, "start"))
    with set_to(now() + timedelta(hours=4)):
        after = {"captured_at": now().isoformat()}
        later = refused(take("colleague", hazard, "start", **after))
        begun = done(take("colleague", hazard, "start", **taken))
        ended = done(take("colleague", hazard, "rectify", note="清走了", **taken))
        rechecked = done(take("admin", hazard, "verify", passed=False, note="还在"))

    assert later in {(403, "not_assignee"), (409, "illegal_step")}
    assert (begun["status"], begun["assignee_id"]) == (
        ("rectifying", str(WORKER)) if "started" in how else ("assigned", None)
    )
    assert ended["status"] == "rectified"
    assert told(session, NoticeKind.HAZARD_STEP, hazard).count(WORKER) == 1
    assert (rechecked["unit_id"], rechecked["assignee_id"]) == (str(unit.id), None), "any of it starts anew"


@pytest.mark.parametrize("was_of_it", [True, False])
def test_what_a_clock_that_is_not_believed_says_is_not_taken(
    be: Be, session: Session, take: Take, unit: Unit, *, was_of_it: bool
) -> None:
    """Nor from whoever was never of the unit, or before it was given to it."""
    hazard = given(session, unit)
    long_ago = {"captured_at": (now() - timedelta(days=9)).isoformat()}
    just_now = {"captured_at": now().isoformat()}
    with set_to(now() + timedelta(hours=2)):
        if was_of_it:
            change = {"name": "维修班", "member_ids": [str(WORKER)], "ended": False}
            be("admin").step(f"/v1/units/{unit.id}/change", change)
        taken = long_ago if was_of_it else just_now
        answer = refused(take("colleague" if was_of_it else "lead", hazard, "start", **taken))

    assert answer == (403, "not_assignee")
