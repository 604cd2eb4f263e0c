"""Steps that need a second person, and what is asked for them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.ids import new_id
from tests.cast import HOME, named, person
from tests.client import Answer, Client

Become = Callable[[str | None], Client]
WHY = "换岗"


def admin_grant(who: str = "neighbour", **changes: Any) -> dict[str, Any]:
    """Give a grant of an administrator's role, with the id it will have."""
    values = {"id": str(new_id()), "user_id": str(person(who).user_id), "role": "auditor", "area_code": HOME}
    return values | changes


def adjustment(points: int = 5, *, household: str = "home", **changes: Any) -> dict[str, Any]:
    """Give one correction of a household's points."""
    household_id = str(named(f"household {household}"))
    return {"id": str(new_id()), "household_id": household_id, "points": points} | changes


def batch(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Give a batch of corrections for HOME."""
    return {"area_code": HOME, "reason": "年底核对", "items": list(items or (adjustment(),))} | changes


def asked(client: Client, **what: Any) -> str:
    """Ask for an approval; give its id."""
    approval_id = str(new_id())
    answer = client.put(f"/v1/approvals/{approval_id}", json={"reason": WHY} | what)
    assert answer.status_code == 201, answer.text
    return approval_id


def approved(client: Client, decider: Client, **what: Any) -> str:
    """Ask for an approval and let it be given; give its id."""
    approval_id = asked(client, **what)
    answer = decider.post(f"/v1/approvals/{approval_id}/approve", json={})
    assert (answer.status_code, answer.json["state"]) == (200, "approved"), answer.text
    return approval_id


def granted(client: Client, new: dict[str, Any], approval_id: str | UUID | None) -> Answer:
    """Grant what was asked for."""
    body = {name: value for name, value in new.items() if name != "id"}
    if approval_id is not None:
        body["approval_id"] = str(approval_id)
    return client.put(f"/v1/grants/{new['id']}", json=body)


def outcome(answer: Answer) -> tuple[int, str]:
    """Give status and code of a refusal."""
    return answer.status_code, answer.json["code"]
