"""When and of what the phone tells: everybody chooses for himself."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.notices.pace import URGENT
from tests.client import Client
from tests.trail import entries_of

PATH = "/v1/me/notice-settings"
MINE = {"quiet_from": "20:00", "quiet_until": "06:30", "off": ["claim_step", "hazard_step"]}


def off(body: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in body["kinds"] if one["off"]]


def put(client: Client, revision: int, **changes: Any) -> Any:
    return client.put(PATH, json=MINE | {"revision": revision} | changes)


def test_until_somebody_chooses_nights_are_quiet_and_nothing_is_off(worker: Client) -> None:
    shown = worker.get(PATH).json

    assert (shown["revision"], shown["quiet_from"], shown["quiet_until"]) == (0, "21:30", "07:30")
    assert off(shown) == []
    urgent = {one["kind"] for one in shown["kinds"] if one["pace"] == "urgent"}
    assert urgent == {"visit_urgent", "harm_case"} == set(URGENT)


def test_a_choice_is_kept_and_sent_again_changes_nothing(
    session: Session, worker: Client, admin: Client
) -> None:
    with entries_of(session) as left:
        first, again = put(worker, 0), put(worker, 0)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json == worker.get(PATH).json
    assert (first.json["revision"], first.json["quiet_from"], first.json["quiet_until"]) == (
        1,
        "20:00",
        "06:30",
    )
    assert off(first.json) == ["hazard_step", "claim_step"]
    assert {one.facts["off"][0] for one in left} == {"claim_step"}
    assert admin.get(PATH).json["revision"] == 0


def test_a_late_copy_does_not_undo_the_next_choice(worker: Client) -> None:
    put(worker, 0)
    second = put(worker, 1, quiet_from=None, quiet_until=None, off=[])
    late = put(worker, 0)

    assert (second.status_code, second.json["quiet_from"]) == (200, None)
    assert (late.status_code, late.json["code"]) == (409, "notice_settings_changed")
    assert worker.get(PATH).json == second.json


@pytest.mark.parametrize("kind", sorted(URGENT))
def test_what_is_urgent_cannot_be_switched_off(worker: Client, kind: str) -> None:
    answer = put(worker, 0, off=["claim_step", kind])

    assert (answer.status_code, answer.json["code"]) == (422, "urgent_kind")
    assert worker.get(PATH).json["revision"] == 0


@pytest.mark.parametrize(
    "quiet", [("21:00", None), (None, "06:00"), ("07:00", "22:00"), ("06:00", "20:01"), ("08:00", "08:00")]
)
def test_quiet_hours_have_two_ends_and_leave_some_of_the_day(worker: Client, quiet: tuple[Any, Any]) -> None:
    """What waits longer than a day is not told at all."""
    answer = put(worker, 0, quiet_from=quiet[0], quiet_until=quiet[1])

    assert (answer.status_code, answer.json["code"]) == (422, "quiet_hours")


@pytest.mark.parametrize("wrong", ["25:00", "9", "夜里", 21])
def test_a_time_is_a_time(worker: Client, wrong: Any) -> None:
    answer = put(worker, 0, quiet_from=wrong)

    assert answer.status_code == 422
    assert answer.json["errors"] == {"quiet_from": ["请填几点几分，如 08:30"]}
