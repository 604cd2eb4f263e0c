"""Asking that something be deleted, and visits and photos of a child to ask it of."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    CareCategory,
    Photo,
    PhotoLink,
    PhotoOwner,
    Visit,
)
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.cast import person
from tests.client import Answer, Client


def ask(
    client: Client, what: str, resident_id: UUID | None = None, deletion_id: UUID | None = None
) -> Answer:
    body = {"what": what, "resident_id": str(resident_id) if resident_id else None}
    return client.put(f"/v1/me/deletions/{deletion_id or new_id()}", json=body)


def decide(client: Client, asked: Answer, verb: str = "approve", note: str = "已办") -> Answer:
    assert asked.status_code == 201, asked.text
    return client.post(f"/v1/deletions/{asked.json['id']}/{verb}", json={"note": note})


def counts(client: Client, resident_id: UUID | None = None) -> dict[str, int]:
    query = f"?resident_id={resident_id}" if resident_id else ""
    answer = client.get(f"/v1/me/held{query}")
    assert answer.status_code == 200, answer.text
    return {one["kind"]: one["count"] for one in answer.json["items"]}


def visited(session: Session, worker: Client, child: UUID) -> Visit:
    """Let the worker visit a child whose guardian agreed, and name a photo that he sent."""
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    with set_to(NOON):
        answer = file_visit(worker, care, form, note="想爸爸妈妈")
    assert answer.status_code == 201, answer.text
    return session.get_one(Visit, UUID(answer.json["id"]))


def photo_of(session: Session, *records: tuple[UUID, PhotoOwner]) -> UUID:
    """Keep a photo that the worker sent and these records name."""
    photo_id, by = new_id(), person("worker").user_id
    session.add(
        Photo(id=photo_id, sha256=photo_id.bytes, width=9, height=9, uploaded_by=by, received_at=now())
    )
    for record_id, kind in records:
        link: dict[str, Any] = {"area_code": "421202001001", "position": 0, "named_by": by}
        session.add(PhotoLink(record_id=record_id, photo_id=photo_id, record_kind=kind, **link))
    session.commit()
    return photo_id
