"""Steps with whole households, as an admin sends them, and households to take them with."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household, Resident
from tests.client import Answer, Client
from tests.moves_world import HERE, KIN, THERE, TODAY, leave


def empty(admin: Client, session: Session, household_id: UUID = HERE) -> None:
    """Let all who live in a household leave."""
    there = Resident.household_id == household_id
    for one in session.scalars(select(Resident.id).where(there, Resident.left_on.is_(None))).all():
        assert leave(admin, one).status_code == 200


def close(client: Client, household_id: UUID = HERE, step_id: UUID | None = None, **more: Any) -> Answer:
    """Close a household."""
    body = {"closed_on": TODAY().isoformat(), "reason": "房子腾空交回", **more}
    return client.step(f"/v1/households/{household_id}/close", body, step_id or new_id())


def previewed(client: Client, household_id: UUID, verb: str, body: dict[str, Any]) -> Any:
    """Give what a step would do."""
    answer = client.step(f"/v1/households/{household_id}/{verb}/preview", body)
    assert answer.status_code == 200, answer.text
    return answer.json


def codes(outlook: Any) -> list[str]:
    """Give what stands in the way."""
    return [one["code"] for one in outlook["obstacles"]]


def home(session: Session, household_id: UUID) -> Household:
    """Give a household as it stands."""
    return session.get_one(Household, household_id, populate_existing=True)


def back(why: str = "家里没人了") -> dict[str, Any]:
    """Say that points go back to the community."""
    return {"household_id": None, "why": why}


__all__ = ["HERE", "KIN", "THERE", "TODAY", "back", "close", "codes", "empty", "home", "leave", "previewed"]
