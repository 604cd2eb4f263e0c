"""The page that an invitation's link opens."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from app import clock
from app.config import PasswordProfile
from app.identity.passwords import LEAST
from app.ids import new_id
from app.models import User
from tests.api.sign_in.conftest import SignInAs, code, refused
from tests.client import Answer, Client

GOOD = "Kiesel 7 Fjordlampe"


@pytest.fixture
def link(be: Callable[[str | None], Client], user: User) -> str:
    """Give the path of a fresh invitation's link."""
    made = be("system").put(f"/v1/invitations/{new_id()}", json={"user_id": str(user.id)})
    return str(urlsplit(made.json["url"]).path)


def send(visitor: Client, link: str, password: str, again: str | None = None) -> Answer:
    return visitor.post(link, data={"password": password, "again": password if again is None else again})


def test_the_link_opens_a_form_and_sets_the_password(visitor: Client, link: str, sign_in: SignInAs) -> None:
    page = visitor.get(link)
    sent = send(visitor, link, GOOD)
    done = visitor.get(sent.headers["Location"])

    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "赵六，请设密码" in page.text
    assert page.text.count('type="password"') == 2
    assert f"密码至少{LEAST[PasswordProfile.MLPS]}个字" in page.text
    assert sent.status_code == 303
    assert (done.status_code, "密码设好了" in done.text) == (200, True)
    assert refused(sign_in(password=GOOD)) == (201, "")


def test_who_has_a_second_factor_is_asked_for_its_code(
    be: Callable[[str | None], Client], visitor: Client, administrator: User, sign_in: SignInAs
) -> None:
    """S-39: whoever made the link cannot use it himself; a wrong code is told on the form."""
    made = be("system").put(f"/v1/invitations/{new_id()}", json={"user_id": str(administrator.id)})
    link = str(urlsplit(made.json["url"]).path)
    asked = re.search(r'<input [^>]*name="totp"[^>]*maxlength="([0-9]+)"', visitor.get(link).text)
    spaced = f"{code()[:3]} {code()[3:]}"  # as authenticator apps show it
    assert asked is not None
    assert len(spaced) <= int(asked[1])

    def sent(totp: str) -> tuple[int, bool]:
        answer = visitor.post(link, data={"password": GOOD, "again": GOOD, "totp": totp})
        return answer.status_code, "动态验证码不对" in answer.text

    assert [sent("000000"), sent("")] == [(422, True)] * 2
    at_code = visitor.post(link, data={"password": GOOD, "again": GOOD, "totp": "000000"}).text
    at_password = visitor.post(link, data={"password": GOOD, "again": "", "totp": "000000"}).text
    assert [re.findall(r'id="(\w+)"[^>]*aria-invalid', one) for one in (at_code, at_password)] == [
        ["totp"],
        ["password"],
    ]
    assert visitor.post(link, data={"password": GOOD, "again": GOOD, "totp": "abc"}).status_code == 422
    assert sent(spaced) == (303, False)
    assert refused(sign_in(password=GOOD, totp=code(1))) == (201, "")


def test_a_link_works_once_and_says_what_to_do_when_the_reply_was_lost(visitor: Client, link: str) -> None:
    send(visitor, link, GOOD)

    for answer in (visitor.get(link), send(visitor, link, GOOD)):
        assert answer.status_code == 410
        assert "已经用过或过期" in answer.text
        assert "直接登录就行" in answer.text


def test_a_link_is_good_for_a_day(visitor: Client, link: str) -> None:
    with clock.set_to(clock.now() + timedelta(hours=24)):
        assert visitor.get(link).status_code == 410


@pytest.mark.parametrize(
    "password, again, told",
    [
        (GOOD, GOOD + "x", "两次填的密码不一样"),
        ("", "", "两处都要填"),
        ("x" * 201, "x" * 201, "最多200个字"),
        ("abc", "abc", "密码至少要"),
        ("Password-2026", "Password-2026", "太容易被猜到"),
    ],
)
def test_what_is_wrong_stands_at_the_form_and_the_link_goes_on_working(
    visitor: Client, link: str, sign_in: SignInAs, password: str, again: str, told: str
) -> None:
    answer = send(visitor, link, password, again)

    assert answer.status_code == 422
    assert told in answer.text
    assert 'role="alert"' in answer.text
    assert f'value="{password}' not in answer.text, "a password is never sent back"
    assert send(visitor, link, GOOD).status_code == 303
    assert refused(sign_in(password=GOOD)) == (201, "")


def test_a_program_is_answered_in_json(visitor: Client) -> None:
    answer = visitor.get("/invite/none", headers={"Accept": "application/json"})

    assert refused(answer) == (410, "invitation_over")
