"""A file of the ledger holds what the list of hazards would, narrowed alike."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import now
from app.models import HazardStatus
from tests.cast import named, person
from tests.client import Client
from tests.exports.ledger_world import taken
from tests.hazard_world import of_item, write_checklist, write_hazard


@pytest.mark.parametrize(
    "asked",
    [
        {"place_id": str(named("workshop"))},
        {"item_key": "odd.item"},
        {"assignee_id": str(person("colleague").user_id)},
        {"recurring": True},
        {"satisfaction": 1},
        {"supervised": True},
        {"due_within_days": 1},
        {"text": "电动车"},
    ],
    ids=str,
)
def test_a_file_is_narrowed_as_the_list_is(
    app: Flask, session: Session, admin: Client, asked: dict[str, Any]
) -> None:
    odd: dict[str, Any] = {
        "place_id": named("workshop"),
        "assignee_id": person("colleague").user_id,
        "recurrences": 1,
        "satisfaction": 1,
        "supervised_at": now(),
        "due_at": now() + timedelta(hours=1),
        "text": "电动车进楼",
    }
    if "item_key" in asked:
        asked = {"item_key": (of := of_item(write_checklist(session), 1))["item_key"]}
        odd |= of
    wanted = write_hazard(session, HazardStatus.ASSIGNED, **odd)
    write_hazard(session, HazardStatus.ASSIGNED)
    lines = taken(app, session, admin, **asked)

    assert [line["编号"] for line in lines] == [str(wanted.id)]
