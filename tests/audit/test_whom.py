"""The trail says for whom something was decided: the auditor reads nothing else, and looks nothing up."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Binding, User
from tests.care_world import file_visit, write_care, write_form, write_resident
from tests.cast import HOME, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.points_world import claim_body, give_points, move_in, order_body, write_reward, write_rule
from tests.proxy_world import ask as ask_proxy
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


def left(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    binding = session.scalars(select(Binding.id).where(Binding.user_id == UUID(RESIDENT))).one()
    answer = be("resident").post(f"/v1/me/bindings/{binding}/end", json={"reason": "moved_away"})
    return answer, {"resident_id": str(named("resident"))}


def proxy_asked(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    helped = str(write_resident(session, name="王大爷"))
    answer = ask_proxy(be("worker"), resident_id=helped, user_id=str(person("lead").user_id))
    return answer, {"resident_id": helped, "user_id": str(person("lead").user_id)}


def proxy_ended(be: Become, _: Session) -> tuple[Answer, dict[str, object]]:
    proxy = ask_proxy(be("worker")).json["id"]
    answer = be("admin").post(f"/v1/proxies/{proxy}/end")
    return answer, {"resident_id": str(named("resident")), "user_id": WORKER}


def ordered_for_another(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    give_points(session, 10)
    household = str(named("household home"))
    body = order_body(write_reward(session), household_id=household)
    return be("lead").put(f"/v1/redemptions/{new_id()}", json=body), {"household_id": household}


def claimed_for_another(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    answer = be("lead").put(f"/v1/claims/{new_id()}", json=claim_body(write_rule(session)))
    return answer, {"resident_id": str(named("resident")), "household_id": str(named("household home"))}


def visited(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    answer = file_visit(be("worker"), write_care(session), write_form(session))
    return answer, {"resident_id": str(named("resident"))}


def second_factor_reset(be: Become, session: Session) -> tuple[Answer, dict[str, object]]:
    move_in(session, "admin")
    admin = session.get_one(User, person("admin").user_id)
    answer = be("system").step(f"/v1/users/{admin.id}/second-factor/reset")
    return answer, {"resident_id": str(admin.resident_id)}


ACTS = [
    given,
    taken,
    invited,
    unbound,
    guarded_no_more,
    looked_at,
    left,
    proxy_asked,
    proxy_ended,
    ordered_for_another,
    claimed_for_another,
    visited,
    second_factor_reset,
]


@pytest.mark.parametrize("act", ACTS)
def test_the_trail_says_for_whom(be: Become, session: Session, act: Act) -> None:
    """S-100: by ids, beside who did it."""
    with entries_of(session) as entries:
        answer, whom = act(be, session)

    assert answer.status_code in {200, 201}, answer.text
    assert dict(entries[-1].facts).items() >= whom.items()
