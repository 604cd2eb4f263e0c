"""Steps with whole households, as an admin sends them, and households to take them with."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household, Resident
from tests.cast import named
from tests.client import Answer, Client
from tests.moves_world import HERE, THERE, TODAY, leave


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


def people(*them: tuple[UUID, str]) -> list[dict[str, str]]:
    """Say what each of these is to the head of the household that takes him in."""
    return [{"resident_id": str(one), "relation": relation} for one, relation in them]


def split_body(going: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    """Give the body that lets these people live behind another door."""
    return {
        "id": str(new_id()),
        "place_id": str(named("block")),
        "door": "7单元701",
        "people": going,
        "moved_on": TODAY().isoformat(),
        **more,
    }


def split(client: Client, body: dict[str, Any], step_id: UUID | None = None) -> Answer:
    """Split the first household of the cast."""
    return client.step(f"/v1/households/{HERE}/split", body, step_id or new_id())


def merge(
    client: Client, all_of_them: list[dict[str, str]], step_id: UUID | None = None, **more: Any
) -> Answer:
    """Let the first household of the cast go into the neighbours'."""
    body = {"into_id": str(THERE), "people": all_of_them, "moved_on": TODAY().isoformat(), **more}
    return client.step(f"/v1/households/{HERE}/merge", body, step_id or new_id())


def undo(client: Client, change_id: str, step_id: UUID | None = None) -> Answer:
    """Undo a change."""
    return client.step(f"/v1/roster-changes/{change_id}/undo", {}, step_id or new_id())


def undoing(client: Client, change_id: str) -> Any:
    """Give what undoing a change would do."""
    answer = client.get(f"/v1/roster-changes/{change_id}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json
