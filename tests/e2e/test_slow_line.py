"""A line that stalls, or brings a request so late that what was sent after it is there first."""

import time

import pytest
import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Hazard, Photo
from dev.lossy import Fault
from tests.cast import person
from tests.e2e.conftest import Far
from tests.evidence.photos import file, scene
from tests.hazard_world import report_body
from tests.processes import until

pytestmark = pytest.mark.xdist_group("served")
PATIENCE_S = 1.0


def ask(far: Far, method: str, path: str, name: str = "worker", **content: object) -> requests.Response:
    """Ask over the line as somebody who does not wait long."""
    headers = {"Authorization": f"Bearer {person(name).token}", "Connection": "close"}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            far.address + path,
            headers=headers,
            timeout=PATIENCE_S,
            **content,  # type: ignore[arg-type]
        )


def count(far: Far, table: type[Photo] | type[Hazard]) -> int:
    """Count rows."""
    with Session(far.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def fail_once(far: Far, fault: Fault) -> None:
    """Let the next connection fail."""
    faults = [fault]
    far.line.fault_for_next = lambda: faults.pop() if faults else None


def test_a_photo_that_stalls_is_not_kept_and_is_new_when_it_comes_whole(far: Far) -> None:
    photo, path, before = file(scene()), f"/v1/photos/{new_id()}", count(far, Photo)
    fail_once(far, Fault(let_through=len(photo) // 2, stalls=True))

    with pytest.raises(requests.Timeout):
        ask(far, "PUT", path, data=photo)

    assert count(far, Photo) == before
    assert ask(far, "PUT", path, data=photo).status_code == 201
    assert count(far, Photo) == before + 1


def test_what_is_late_arrives_though_the_phone_gave_it_up_and_is_there_once(far: Far) -> None:
    path, body, before = f"/v1/hazards/{new_id()}", report_body(), count(far, Hazard)
    fail_once(far, Fault(late_s=2 * PATIENCE_S))
    began = time.monotonic()

    with pytest.raises(requests.Timeout):
        ask(far, "PUT", path, json=body)
    step = {"step_id": str(new_id())}
    early = ask(far, "POST", f"{path}/accept", "admin", json=step)

    assert time.monotonic() - began < 2 * PATIENCE_S, "the step passed the report on the way"
    assert early.status_code == 404
    assert until(lambda: count(far, Hazard) == before + 1, within_s=10)
    assert ask(far, "PUT", path, json=body).status_code == 200, "sent again it is there"
    assert ask(far, "POST", f"{path}/accept", "admin", json=step).json()["status"] == "accepted"
    assert count(far, Hazard) == before + 1
