"""People who were entered twice, and steps with them, as an admin sends them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.ids import new_id
from tests.care_world import write_resident
from tests.client import Answer, Client
from tests.moves_world import KIN, THERE, TODAY

BORN = date(1955, 3, 8)


def write_twin(session: Session, **columns: Any) -> UUID:
    """Enter the resident of the cast once more, with the neighbours."""
    return write_resident(session, **{"household_id": THERE} | columns)


def make_one(
    client: Client, stays: UUID, duplicate: UUID, step_id: UUID | None = None, reason: str = "两次录入"
) -> Answer:
    """Let one be the other's duplicate."""
    body = {"duplicate_id": str(duplicate), "reason": reason}
    return client.step(f"/v1/residents/{stays}/same-person", body, step_id or new_id())


def looked_at(client: Client, stays: UUID, duplicate: UUID) -> dict[str, Any]:
    """Give what would become of two."""
    answer = client.get(f"/v1/residents/{stays}/same-person?duplicate_id={duplicate}")
    assert answer.status_code == 200, answer.json
    told: dict[str, Any] = answer.json
    return told


def in_the_way(client: Client, stays: UUID, duplicate: UUID) -> list[str]:
    """Give the codes of what keeps two from being one."""
    return [one["code"] for one in looked_at(client, stays, duplicate)["obstacles"]]


def pairs(client: Client, query: str = "") -> list[tuple[set[str], list[str]]]:
    """Give who may be one, and what is alike."""
    answer = client.get(f"/v1/duplicates{query}")
    assert answer.status_code == 200, answer.json
    return [({one["first"]["id"], one["second"]["id"]}, one["alike"]) for one in answer.json["items"]]


def helped() -> dict[str, Any]:
    """Give the body that puts the resident on the register of those who need help to get out."""
    return {"resident_id": str(KIN), "helpers": 1, "noted_on": TODAY().isoformat()}
