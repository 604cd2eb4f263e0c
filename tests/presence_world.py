"""What shows that somebody is at the block: challenges, codes of witnesses, devices; a switch turned on."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import PolicyChange, PolicySwitch
from tests.cast import HOME, person
from tests.client import Answer, Client
from tests.hazard_world import BLOCK


def challenged(client: Client, device_id: UUID, *, place_id: UUID = BLOCK) -> dict[str, Any]:
    """Ask for a challenge at a place; give it."""
    body = {"step_id": str(new_id()), "place_id": str(place_id), "device_id": str(device_id)}
    answer = client.post("/v1/challenges", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def device(device_id: UUID, counter: int = 1) -> dict[str, Any]:
    """Give what a record says of its device."""
    return {"id": str(device_id), "counter": counter}


def shown(client: Client, place_id: UUID = BLOCK) -> list[str]:
    """Show codes at a place; give them in their order."""
    answer = client.step(f"/v1/places/{place_id}/witness-codes")
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json["codes"]]


def turn_on(session: Session, switch: PolicySwitch) -> None:
    """Write and commit that HOME turned a switch on."""
    session.add(
        PolicyChange(
            id=new_id(),
            area_code=HOME,
            switch=switch,
            is_on=True,
            purpose="防汛期间核实到场",
            legal_basis="县政府2026年第8号文件",
            changed_by=person("admin").user_id,
            approved_by=person("county").user_id,
            changed_at=now(),
            content_hash=b"",
        )
    )
    session.commit()


def presence(answer: Answer) -> tuple[str, list[str]]:
    """Give what a record's signals add up to, and the reasons."""
    assert answer.status_code == 201, answer.text
    return answer.json["presence"], answer.json["presence_reasons"]
