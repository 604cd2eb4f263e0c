"""What the answer to one's own write tells of a hazard: no more than one may read of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.hazards.satisfaction import receipt_hash
from app.ids import new_id
from app.models import Checklist, Hazard, HazardSource, HazardStatus
from tests.cast import HOME, named, person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, KEY, Take, done, of_item, report_body, write_hazard

Be = Callable[[str], Client]
OFFICES_ONLY = ("five_fixed", "merged_ids", "merged_ratings", "earlier")
CONTROLS = "拉了警戒线"
"""What keeps it safe meanwhile: residents who reported it read that, and of the staff whose area it is."""
ELSEWHERE = {"area_code": HOME + "002", "place_id": named("workshop")}


def put_right(session: Session, row: Hazard, checklist: Checklist) -> None:
    """Let a report be closed that others made as well, of an item that others found before."""
    where = {"area_code": row.area_code, "place_id": row.place_id, "reported_by": None}
    item, before = of_item(checklist, 1), now() - timedelta(days=9)
    row.status, row.ended_at, row.item_id, row.item_key = HazardStatus.CLOSED, now(), *item.values()
    row.controls, row.five_fixed = CONTROLS, FIVE_FIXED
    said: dict[str, Any] = {"satisfaction": 1, "rated_at": now()}
    write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=row.id, **where, **said)
    write_hazard(session, HazardStatus.CLOSED, received_at=before, ended_at=before, **where, **item)


def as_read(client: Client, row: Hazard, controls: str | None = CONTROLS) -> dict[str, Any]:
    """Give what he reads of a hazard, with nothing in it that only the offices are told."""
    shown: dict[str, Any] = client.get(f"/v1/hazards/{row.id}").json
    assert [shown[name] for name in OFFICES_ONLY] == [None, [], [], []]
    assert shown["controls"] == controls
    return shown


def of_step(shown: dict[str, Any]) -> dict[str, Any]:
    """Give what the answer to a step has of what is read."""
    return {name: value for name, value in shown.items() if name != "visit_id"}


def test_whoever_sends_his_report_again_is_told_what_he_may_read(
    resident: Client, admin: Client, session: Session, checklist: Checklist
) -> None:
    path, body = f"/v1/hazards/{new_id()}", report_body()
    row = session.get_one(Hazard, resident.put(path, json=body).json["id"])
    put_right(session, row, checklist)
    again = resident.put(path, json=body)

    assert again.status_code == 200
    assert again.json == as_read(resident, row)
    assert all(admin.get(path).json[name] for name in OFFICES_ONLY), "there is something to keep back"


@pytest.mark.parametrize("name, where, controls", [("resident", {}, CONTROLS), ("worker", ELSEWHERE, None)])
def test_whoever_rates_his_report_is_told_what_he_may_read(
    be: Be, session: Session, checklist: Checklist, name: str, where: dict[str, Any], controls: str | None
) -> None:
    """Also one of the staff who stood in there for a colleague."""
    row = write_hazard(session, reported_by=person(name).user_id, **where)
    put_right(session, row, checklist)
    shown = done(Take(be)(name, row, "rate", faces=3))

    assert shown == of_step(as_read(be(name), row, controls))


def test_a_visitor_who_signed_in_and_took_his_report_over_is_told_what_he_may_read(
    be: Be, session: Session, checklist: Checklist
) -> None:
    visitors: dict[str, Any] = {
        "source": HazardSource.VISITOR,
        "receipt_hash": receipt_hash(KEY),
        "reported_by": None,
    }
    row = write_hazard(session, **visitors)
    put_right(session, row, checklist)
    shown = done(Take(be)("resident", row, "take-over", key=KEY))

    assert shown == of_step(as_read(be("resident"), row))
