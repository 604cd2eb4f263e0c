"""Agreeing, and reading how one stands, for several tests."""

from typing import Any
from uuid import UUID

from app.clock import now
from app.ids import new_id
from app.models import ConsentPurpose, ConsentText
from app.people import SHIPPED_TEXTS
from tests.client import Answer, Client

LOCATION = SHIPPED_TEXTS[ConsentPurpose.LOCATION]
MINORS = SHIPPED_TEXTS[ConsentPurpose.MINORS]


def put(client: Client, text_id: UUID = LOCATION.id, *, given: bool = True, **fields: Any) -> Answer:
    body = {"text_id": str(text_id), "given": given, **fields}
    return client.put(f"/v1/me/consents/{new_id()}", json=body)


def standing(client: Client, purpose: str = "location", query: str = "") -> Any:
    answer = client.get(f"/v1/me/consents{query}")
    assert answer.status_code == 200, answer.text
    (found,) = [one for one in answer.json["items"] if one["purpose"] == purpose]
    return found


def next_version(purpose: ConsentPurpose) -> ConsentText:
    return ConsentText(
        id=new_id(),
        purpose=purpose,
        version=99,
        title="位置",
        text="新的。",
        text_hash=b"2",
        published_at=now(),
    )
