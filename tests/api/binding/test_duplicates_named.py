"""Somebody who was entered twice asks to be bound: he is found once."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.binding_doubts import namesakes
from app.models import BindingRequest
from tests.binding_world import ask
from tests.client import Answer, Client
from tests.moves_world import KIN
from tests.twins_world import make_one, write_twin


def test_a_request_to_be_bound_leads_to_who_stays(admin: Client, session: Session, newcomer: Client) -> None:
    """A duplicate of that name is no candidate, and hides nobody who had what proves who he is."""
    twin = write_twin(session)
    before = ask(newcomer, name="王桂兰")
    assert len(candidates(admin, before)) == 2
    assert make_one(admin, twin, KIN).status_code == 200

    assert [one["resident_id"] for one in candidates(admin, before)] == [str(twin)]
    request = session.get_one(BindingRequest, UUID(before.json["id"]))
    assert [one.id for one in namesakes(session, request)] == [twin]


def candidates(client: Client, request: Answer) -> list[dict[str, Any]]:
    """Give whom the admin reads beside a request."""
    found: list[dict[str, Any]] = client.get(f"/v1/binding-requests/{request.json['id']}").json["candidates"]
    return found
