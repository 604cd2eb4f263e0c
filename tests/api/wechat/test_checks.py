"""Proving oneself again by WeChat, where there is no password and no second factor."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import User
from tests.api.wechat.conftest import refused
from tests.client import Client
from tests.fakes.wechat.control import Person, WeChatFake

CHECK, LINK = "/v1/sessions/current/check", "/v1/me/wechat"
SignedIn = Callable[[Person], Client]


def test_who_has_nothing_but_wechat_can_close_his_account(
    signed_in: SignedIn, wechat: WeChatFake, lan: Person
) -> None:
    client, closing = signed_in(lan), f"/v1/me/closings/{new_id()}"
    before = client.put(closing, json={})

    checked = client.post(CHECK, json={"wechat_code": wechat.login_code(lan)})

    assert refused(before) == (403, "reauth_required")
    assert checked.status_code == 200, checked.text
    assert client.put(closing, json={}).status_code == 201


def test_a_code_proves_once(signed_in: SignedIn, wechat: WeChatFake, lan: Person) -> None:
    """S-18: the code of a step up is taken once."""
    client, code = signed_in(lan), wechat.login_code(lan)
    assert client.post(CHECK, json={"wechat_code": code}).status_code == 200

    again = client.post(CHECK, json={"wechat_code": code})

    assert refused(again) == (422, "wechat_phone_code")
    assert list(again.json["errors"]) == ["wechat_code"]


def test_another_wechat_proves_nothing(signed_in: SignedIn, wechat: WeChatFake, lan: Person) -> None:
    """S-18: and only of the WeChat that the account has."""
    client, other = signed_in(lan), wechat.user("hua", phone="13900000002")

    assert refused(client.post(CHECK, json={"wechat_code": wechat.login_code(other)})) == (
        403,
        "wechat_other",
    )
    assert refused(client.put(f"/v1/me/closings/{new_id()}", json={})) == (403, "reauth_required")


def test_a_password_is_asked_for_where_there_is_one(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    client = signed_in(lan)
    assert client.person is not None
    session.get_one(User, client.person.user_id).password_hash = "one"
    session.flush()

    answer = client.post(CHECK, json={"wechat_code": wechat.login_code(lan)})

    assert refused(answer) == (403, "wechat_check_unfit")


def test_staff_prove_themselves_by_more(
    be_there: Callable[[str], Client], wechat: WeChatFake, lan: Person
) -> None:
    """A grid worker sees numbers in clear after a check: WeChat's word is not enough for that."""
    worker = be_there("worker")
    linked = worker.post(LINK, json={"code": wechat.login_code(lan)})

    answer = worker.post(CHECK, json={"wechat_code": wechat.login_code(lan)})

    assert linked.status_code == 204, linked.text
    assert refused(answer) == (403, "wechat_check_unfit")


def test_who_has_no_wechat_is_told(
    be_there: Callable[[str], Client], wechat: WeChatFake, lan: Person
) -> None:
    answer = be_there("worker").post(CHECK, json={"wechat_code": wechat.login_code(lan)})

    assert refused(answer) == (409, "wechat_not_linked")


@pytest.mark.parametrize("body", [{}, {"password": "a", "wechat_code": "b"}, {"wechat_code": ""}])
def test_one_proof_is_asked_for(signed_in: SignedIn, lan: Person, body: dict[str, str]) -> None:
    assert signed_in(lan).post(CHECK, json=body).status_code == 422
