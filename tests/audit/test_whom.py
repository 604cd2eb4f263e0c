"""The trail says for whom something was decided: the auditor reads nothing else, and looks nothing up."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Binding
from tests.cast import HOME, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.trail import entries_of

Become = Callable[[str | None], Client]
WORKER, RESIDENT = str(person("worker").user_id), str(person("resident").user_id)
Act = Callable[[Become, Session], tuple[Answer, dict[str, object]]]


def given(be: Become, _: Session) -> tuple[Answer, dict[str, object]]:
    body = {"user_id": RESIDENT, "role": "shop_clerk", "area_code": HOME}
    return be("security").put(f"/v1/grants/{new_id()}", json=body), {
        "user_id": RESIDENT,
        "role": "shop_clerk",
    }


def taken(be: Become, _: Session) -> tuple[Answer, dict[str, object]]:
    path = f"/v1/grants/{named('grant worker')}/end"
    return be("security").post(path), {"user_id": WORKER, "role": "grid_worker"}


def invited(be: Become, _: Session) -> tuple[Answer, dict[str, object]]:
    answer = be("system").put(f"/v1/invitations/{new_id()}", json={"user_id": WORKER})
    return answer, {"user_id": WORKER}


def unbound(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    binding = session.scalars(select(Binding.id).where(Binding.user_id == UUID(RESIDENT))).one()
    answer = be("admin").post(f"/v1/bindings/{binding}/end", json={"reason": "dispute", "note": "不是本人"})
    return answer, {"user_id": RESIDENT, "resident_id": str(named("resident")), "reason": "dispute"}


def guarded_no_more(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    child = write_child(session)
    answer = be("admin").post(f"/v1/guardianships/{write_guardian(session, child)}/end")
    return answer, {"child_id": str(child), "guardian_id": str(named("resident"))}


def looked_at(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    child, path = write_child(session), f"/v1/viewing-tickets/{new_id()}"
    body = {"resident_id": str(child), "purpose": "核对帮扶情况", "days": 7}
    assert be("worker").put(path, json=body).status_code == 201
    answer = be("admin").post(f"{path}/decide", json={"approved": True})
    return answer, {"resident_id": str(child), "user_id": WORKER}


@pytest.mark.parametrize("act", [given, taken, invited, unbound, guarded_no_more, looked_at])
def test_the_trail_says_for_whom(be: Become, session: Session, act: Act) -> None:
    """S-100: by ids, beside who did it."""
    with entries_of(session) as left:
        answer, whom = act(be, session)

    assert answer.status_code in {200, 201}, answer.text
    assert dict(left[-1].facts).items() >= whom.items()
