"""A record is whole without its photos, says how many arrived, and can be found while some have not."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.ids import new_id
from tests.client import Client
from tests.evidence.photos import file as picture
from tests.evidence.photos import scene
from tests.hazard_world import inspection_body, report_body, write_checklist


def upload(client: Client, photo_id: UUID) -> None:
    """Send a photo."""
    assert client.put(f"/v1/photos/{photo_id}", data=picture(scene())).status_code in {200, 201}


def body_of(kind: str, session: Session, photo_ids: list[UUID]) -> dict[str, Any]:
    """Give the body of an inspection or a hazard that names photos."""
    named: dict[str, Any] = {"photo_ids": [str(one) for one in photo_ids]}
    if kind == "hazards":
        return report_body(**named)
    return inspection_body(write_checklist(session), **named)


def counts(shown: dict[str, Any]) -> tuple[int, int]:
    """Give how many photos arrived, of how many."""
    return shown["photos_arrived"], shown["photos_named"]


@pytest.mark.parametrize("kind", ["inspections", "hazards"])
def test_a_record_counts_its_photos_and_is_found_until_all_are_there(
    session: Session, worker: Client, kind: str
) -> None:
    there, missing, path = new_id(), new_id(), f"/v1/{kind}/{new_id()}"
    upload(worker, there)
    assert worker.put(f"/v1/{kind}/{new_id()}", json=body_of(kind, session, [])).status_code == 201

    filed = worker.put(path, json=body_of(kind, session, [there, missing])).json

    lacking = f"/v1/{kind}?lacks_photos=true"
    assert counts(filed) == counts(worker.get(path).json) == (1, 2)
    assert [(one["id"], counts(one)) for one in worker.get(lacking).json["items"]] == [(filed["id"], (1, 2))]
    assert len(worker.get(f"/v1/{kind}?lacks_photos=false").json["items"]) == 2

    upload(worker, missing)

    assert counts(worker.get(path).json) == (2, 2)
    assert worker.get(lacking).json["items"] == []


def test_another_s_photo_under_the_same_id_is_not_the_one_it_lacks(
    session: Session, worker: Client, colleague: Client
) -> None:
    """Whoever sent it first had not named it: the record goes on lacking its own."""
    photo_id = new_id()
    upload(colleague, photo_id)

    filed = worker.put(f"/v1/inspections/{new_id()}", json=body_of("inspections", session, [photo_id])).json

    assert counts(filed) == (0, 1)
    found = worker.get("/v1/inspections?lacks_photos=true").json["items"]
    assert [one["id"] for one in found] == [filed["id"]]


def test_only_true_and_false_are_answers(worker: Client) -> None:
    answer = worker.get("/v1/inspections?lacks_photos=1")

    assert answer.json["errors"] == {"lacks_photos": ["请填 true 或 false"]}
