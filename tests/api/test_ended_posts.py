"""What lies on a phone whose holder lost his post: it is told to be kept, and taken once he has it again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import hazards
from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import Grant, HazardStatus
from tests.cast import person
from tests.client import Answer, Client
from tests.evidence.photos import file as picture_file
from tests.evidence.photos import scene
from tests.hazard_world import (
    Take,
    done,
    file,
    inspection_body,
    refused,
    report_body,
    write_checklist,
    write_hazard,
)

WORKER = person("worker").user_id


def end_posts(session: Session, at: datetime) -> None:
    session.execute(update(Grant).where(Grant.user_id == WORKER).values(ended_at=at))
    session.commit()


def give_again(session: Session) -> None:
    session.execute(update(Grant).where(Grant.user_id == WORKER).values(ended_at=None))
    session.commit()


def test_what_was_done_before_is_kept_on_the_phone_and_taken_once_he_has_his_post_again(
    session: Session, worker: Client, be: Callable[[str], Client]
) -> None:
    take, checklist = Take(be), write_checklist(session)
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    done(take("admin", hazard, "assign", assignee_id=str(WORKER)))
    taken = {"captured_at": now().isoformat()}
    ids = [new_id() for _ in range(5)]

    def send() -> list[Answer]:
        """Send all of it, as a phone does; the same each time."""
        first = worker.step(f"/v1/hazards/{hazard.id}/start", {"step_id": str(ids[2]), **taken})
        sent = {"step_id": str(ids[3]), "note": "清走了", **taken}
        return [
            file(worker, inspection, ids[0]),
            worker.put(f"/v1/hazards/{ids[1]}", json=report),
            first,
            worker.step(f"/v1/hazards/{hazard.id}/rectify", sent),
            worker.put(f"/v1/photos/{ids[4]}", data=picture),
        ]

    inspection = inspection_body(checklist, photo_ids=[str(ids[4])])
    report, picture = report_body(), picture_file(scene(300, 200))
    ended_at = now() + timedelta(minutes=1)
    end_posts(session, ended_at)
    with set_to(now() + timedelta(hours=2)):
        hazards.unassign(session, limit=10)
        session.commit()
        kept = send()
        batch = worker.post(
            "/v1/drafts", json={"drafts": [{"kind": "inspection", "id": str(ids[0]), "body": inspection}]}
        )
        give_again(session)
        landed = send()

    assert [refused(one) for one in kept] == [(403, "post_ended")] * 5
    assert f"岗位{business_day(ended_at)}已经结束，手机里没传的先别删" in kept[0].json["title"]
    assert batch.json["results"][0]["problem"]["code"] == "post_ended"
    assert [one.status_code for one in landed] == [201, 201, 200, 200, 201]
    assert landed[3].json["status"] == "rectified"


@pytest.mark.parametrize(
    "name, path, hours, told",
    [
        ("worker", "/v1/inspections/{}", 24 * 7 - 1, "post_ended"),
        ("worker", "/v1/inspections/{}", 24 * 7 + 1, "forbidden"),
        ("worker", "/v1/hazards/{}", 24 * 7 + 1, "not_bound"),
        ("worker", "/v1/redemptions/{}", 1, "not_bound"),
    ],
)
def test_it_is_said_for_seven_days_of_what_a_phone_sends_later_alone(
    session: Session, be: Callable[[str], Client], name: str, path: str, hours: int, told: str
) -> None:
    end_posts(session, now())
    body: dict[str, Any] = {}
    with set_to(now() + timedelta(hours=hours)):
        answer = be(name).put(path.format(new_id()), json=body)

    assert refused(answer) == (403, told)


def test_a_post_that_came_to_its_day_is_one_that_ended(session: Session, worker: Client) -> None:
    session.execute(update(Grant).where(Grant.user_id == WORKER).values(valid_until=now()))
    session.commit()
    with set_to(now() + timedelta(hours=1)):
        assert refused(worker.put(f"/v1/inspections/{new_id()}", json={})) == (403, "post_ended")
