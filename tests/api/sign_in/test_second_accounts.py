"""A code that hardly anybody needs: for whoever has another way in, or had an account that he left."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Binding, Notice, Relation, Resident, User, WeChatApp, WeChatLink
from tests.api.sign_in.conftest import HASH, refused
from tests.api.sign_in.test_sign_in_codes import hand_out
from tests.cast import named, person
from tests.client import Client

Become = Callable[[str | None], Client]


def told_of_it(session: Session) -> list[UUID]:
    """Give who beside the account itself was told of a code for the resident."""
    about = {"what": "sign_in_code_of", "resident_id": str(named("resident"))}
    return list(session.scalars(select(Notice.user_id).where(Notice.data == about)))


@pytest.mark.parametrize("days, told", [(364, (409, "had_account")), (366, (201, ""))])
def test_no_second_account_is_made_of_a_resident_who_left_his_own(
    resident: Client, be: Become, session: Session, days: int, told: tuple[int, str]
) -> None:
    """S-9: whoever sat in the first one may have left it for him, and would be him in the second."""
    binding = session.get_one(Binding, named("binding resident"))
    answer = resident.post(f"/v1/me/bindings/{binding.id}/end", json={"reason": "left"})
    assert answer.status_code == 200
    session.refresh(binding)
    binding.ended_at = clock.now() - timedelta(days=days)
    session.commit()

    assert refused(hand_out(be("lead"))) == told


def test_of_whom_staff_said_that_it_was_not_him_an_account_is_made(
    resident: Client, worker: Client, admin: Client
) -> None:
    """Somebody else had bound himself to her, and went: that one's leaving keeps her out of nothing."""
    path = f"/bindings/{named('binding resident')}/end"
    assert resident.post(f"/v1/me{path}", json={"reason": "left"}).status_code == 200
    told = {"reason": "mistake", "note": "不是本人"}
    assert admin.post(f"/v1{path}", json=told).status_code == 200

    assert refused(hand_out(worker)) == (201, "")


@pytest.mark.parametrize("way", ["password", "wechat", None])
@pytest.mark.parametrize("at_home", [True, False], ids=["the home", "the admins"])
def test_a_code_that_is_hardly_needed_is_told_to_others(
    be: Become, session: Session, way: str | None, *, at_home: bool
) -> None:
    """S-9: whoever has it reads the resident's notices before him."""
    user = session.get_one(User, person("resident").user_id)
    if way == "password":
        user.password_hash, user.password_set_at = HASH, clock.now()
    elif way == "wechat":
        session.add(
            WeChatLink(
                id=new_id(),
                app=WeChatApp.MINI,
                user_id=user.id,
                openid_sealed=b"sealed",
                openid_index=b"index",
                created_at=clock.now(),
            )
        )
    if at_home:
        neighbour = session.get_one(Resident, named("neighbour"))
        neighbour.household_id, neighbour.relation = named("household home"), Relation.OTHER
    session.commit()

    code_id = new_id()
    for _ in range(2):
        assert refused(hand_out(be("lead"), code_id=code_id)) == (201, "")

    assert told_of_it(session) == ([person("neighbour" if at_home else "admin").user_id] if way else [])


def test_a_code_after_an_admin_ended_the_binding_is_told_to_whom_he_unbound(
    be: Become, admin: Client, session: Session
) -> None:
    """S-9: he reads that somebody is let in again as the resident whom he was."""
    end = {"reason": "moved_away", "note": "搬走了"}
    assert admin.post(f"/v1/bindings/{named('binding resident')}/end", json=end).status_code == 200

    assert refused(hand_out(be("admin"))) == (409, "had_account"), "he would be that resident himself"
    assert refused(hand_out(be("worker"))) == (201, "")
    assert told_of_it(session) == [person("resident").user_id]
