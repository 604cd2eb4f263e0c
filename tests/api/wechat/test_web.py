"""The web app inside WeChat: sign-in through WeChat's page, and signatures for its functions."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.api.http.parts import EXTENSION
from app.clock import now, set_to
from app.models import SignIn, User, WeChatLink
from tests.api.wechat.conftest import HOST, SESSIONS, refused
from tests.cast import Person as Somebody
from tests.cast import named
from tests.client import Client
from tests.fakes.wechat.control import H5_APPID, Person, WeChatFake
from tests.races.together import at_once
from tests.wechat.installation import settings_for

START, CALLBACK, SIGN = "/v1/oauth/wechat/start", "/v1/oauth/wechat/callback", "/v1/wechat/page-signature"
EXCHANGE = "/sns/oauth2/access_token"
MARK, COOKIE = "__Host-gongdi-sign-in", "__Host-gongdi"
Enter = Callable[[Person], Any]


@pytest.fixture
def browser(wechat_app: Flask) -> FlaskClient:
    """Give a browser inside WeChat, which keeps cookies."""
    return wechat_app.test_client()


def way_back(browser: FlaskClient, wechat: WeChatFake, who: Person) -> str:
    """Go through WeChat's page; give the address it sends the browser back to, without the host."""
    started = browser.get(START)
    assert started.status_code == 302, started.text
    address = urlsplit(wechat.authorize(started.headers["Location"], who))
    assert (address.scheme, address.netloc, address.path) == ("https", HOST, CALLBACK)
    return f"{address.path}?{address.query}"


def sessions_of_newcomers(session: Session) -> int:
    opened = (
        select(func.count())
        .select_from(SignIn)
        .join(User, User.id == SignIn.user_id)
        .where(User.area_code.is_(None))
    )
    return session.scalar(opened) or 0


def cookie(answer: Any, name: str) -> str:
    (found,) = [text for text in answer.headers.getlist("Set-Cookie") if text.startswith(f"{name}=")]
    return str(found)


def test_the_browser_comes_back_signed_in(
    browser: FlaskClient, wechat: WeChatFake, session: Session, lan: Person
) -> None:
    """S-19, S-28: through WeChat's page and back to a fixed place of ours, with a cookie no script reads."""
    answer = browser.get(way_back(browser, wechat, lan))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert cookie(answer, COOKIE).split("; ", 1)[1] == "Secure; HttpOnly; Path=/; SameSite=Strict"
    assert browser.get("/v1/me").json["name"] == "微信用户"  # type: ignore[index]
    assert (sessions_of_newcomers(session), wechat.calls(EXCHANGE), wechat.flags()) == (1, 1, [])


def test_the_session_before_ends(browser: FlaskClient, wechat: WeChatFake, lan: Person) -> None:
    """S-13: what the browser had when it left for WeChat is dead when it comes back, whoever it was."""
    first = cookie(browser.get(way_back(browser, wechat, wechat.user("hua"))), COOKIE).split("; ")[0]
    path = way_back(browser, wechat, lan)
    browser.delete_cookie(COOKIE, domain="localhost")  # SameSite: it is not shown by who comes from elsewhere

    second = cookie(browser.get(path), COOKIE).split("; ")[0]

    assert first != second
    answers = [
        Client(browser.application, None).get(
            "/v1/me", headers={"Authorization": f"Bearer {one.partition('=')[2]}"}
        )
        for one in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [401, 200]


def test_the_mark_of_the_browser_is_short_lived_and_out_of_reach(browser: FlaskClient) -> None:
    """S-28: the cookie that binds a state to its browser."""
    text = cookie(browser.get(START), MARK)

    assert text.endswith("; Max-Age=600; Secure; HttpOnly; Path=/; SameSite=Lax")


def test_missing_wrong_and_foreign_states_are_refused(
    browser: FlaskClient, wechat_app: Flask, wechat: WeChatFake, session: Session, lan: Person
) -> None:
    """S-19: a state that is missing, wrong, or another browser's gives 400, and the code is not even sent."""
    path = way_back(browser, wechat, lan)
    state = parse_qs(urlsplit(path).query)["state"][0]
    stranger = wechat_app.test_client()
    stranger.get(START)

    answers = [
        browser.get(f"{CALLBACK}?code=x"),
        browser.get(f"{CALLBACK}?code=x&state={'A' * len(state)}"),
        stranger.get(path),
        wechat_app.test_client().get(path),
    ]

    assert [refused(answer) for answer in answers] == [(400, "sign_in_state")] * 4  # type: ignore[arg-type]
    assert (wechat.calls(EXCHANGE), sessions_of_newcomers(session)) == (0, 0)


def test_a_state_is_over_after_its_use(
    browser: FlaskClient, wechat: WeChatFake, session: Session, lan: Person
) -> None:
    """S-19, S-20: a copy right afterwards gets the same session; a reused state gives 400."""
    path = way_back(browser, wechat, lan)
    first, copy = browser.get(path), browser.get(path)
    with set_to(now() + timedelta(seconds=16)):
        late = browser.get(path)

    assert (first.status_code, copy.status_code) == (302, 302)
    assert cookie(first, COOKIE) == cookie(copy, COOKIE)
    assert refused(late) == (400, "sign_in_state")  # type: ignore[arg-type]
    assert (sessions_of_newcomers(session), wechat.calls(EXCHANGE)) == (1, 1)


def test_a_refused_code_uses_the_state_up(browser: FlaskClient, wechat: WeChatFake, lan: Person) -> None:
    """S-19: with a wrong code nobody comes in, and the state is no good for another try."""
    path = way_back(browser, wechat, lan)
    wrong = path.replace("code=", "code=wrong", 1)

    assert refused(browser.get(wrong)) == (401, "wechat_code")  # type: ignore[arg-type]
    assert refused(browser.get(path)) == (400, "sign_in_state")  # type: ignore[arg-type]


def test_the_web_app_and_the_mini_program_know_one_person(
    browser: FlaskClient, wechat_app: Flask, enter: Enter, wechat: WeChatFake, session: Session, lan: Person
) -> None:
    """The openids differ; where WeChat tells the unionid, it is one user with two identities."""
    token = enter(lan).json["token"]
    state = parse_qs(urlsplit(way_back(browser, wechat, lan)).query)["state"][0]
    code = wechat.oauth_code(lan, scope="snsapi_userinfo")
    assert browser.get(f"{CALLBACK}?code={code}&state={state}").status_code == 302

    mini = Client(wechat_app, Somebody(named("unknown"), token)).get("/v1/me").json["user_id"]
    assert browser.get("/v1/me").json["user_id"] == mini  # type: ignore[index]
    assert session.scalar(select(func.count()).select_from(WeChatLink)) == 2


@pytest.fixture
def racing_app(app_with: Callable[..., Flask], wechat: WeChatFake, engine: Engine) -> Iterator[Flask]:
    """Give an application that commits; what it made goes afterwards."""
    wechat.app(H5_APPID, oauth_domain=HOST)
    yield app_with(
        wechat=settings_for(wechat.url), trusted_hosts=(HOST, "localhost"), public_url=f"https://{HOST}"
    )
    with Session(engine) as session:
        made = session.scalars(select(User.id).where(User.area_code.is_(None))).all()
        for table in (WeChatLink, SignIn):
            session.execute(delete(table).where(table.user_id.in_(made)))
        session.execute(delete(User).where(User.id.in_(made)))
        session.commit()


def test_a_callback_delivered_twice_at_once(
    racing_app: Flask, engine: Engine, wechat: WeChatFake, lan: Person
) -> None:
    """S-20: two parallel callbacks: one session, no 500, and both lead into it."""
    first = racing_app.test_client()
    path = way_back(first, wechat, lan)
    mark = first.get_cookie(MARK)
    assert mark is not None
    copies = [racing_app.test_client() for _ in range(2)]
    for one in copies:
        one.set_cookie(MARK, mark.value)

    answers = at_once([partial(one.get, path) for one in copies])

    assert [answer.status_code for answer in answers] == [302, 302]
    assert cookie(answers[0], COOKIE) == cookie(answers[1], COOKIE)
    assert wechat.calls(EXCHANGE) == 1
    with Session(engine) as session:
        assert sessions_of_newcomers(session) == 1


def test_what_needs_no_answer_of_wechats_needs_no_place(
    wechat_app: Flask, phone: Client, wechat: WeChatFake, lan: Person
) -> None:
    """S-52: while others take every place, pages are signed with the ticket that is there."""
    page = f"{SIGN}?url=https://{HOST}/scan"
    assert phone.get(page).status_code == 200
    with ExitStack() as others:
        for _ in range(3):
            others.enter_context(wechat_app.extensions[EXTENSION].wechat_places.place())
        refusal = phone.post(SESSIONS, json={"code": wechat.login_code(lan)})
        assert (refused(refusal), refusal.headers["Retry-After"]) == ((503, "wechat_away"), "5")
        assert wechat.calls("/sns/jscode2session") == 0
        assert phone.get(page).status_code == 200
        assert phone.get(START).status_code == 302
    assert phone.post(SESSIONS, json={"code": wechat.login_code(lan)}).status_code == 201


def test_our_pages_are_signed(phone: Client, wechat: WeChatFake) -> None:
    """S-64: the signature is right for the page without its fragment, and the ticket is fetched once."""
    page = f"https://{HOST}/scan?from=menu"

    for url in (f"{page}%23top", page):
        answer = phone.get(f"{SIGN}?url={url}")
        assert answer.status_code == 200, answer.text
        signed = answer.json
        says = wechat.judge_page(
            page, noncestr=signed["nonce"], timestamp=str(signed["timestamp"]), signature=signed["signature"]
        )
        assert says == "ok"
    assert wechat.calls("/cgi-bin/ticket/getticket") == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com/",
        f"https://{HOST}@evil.com/",
        f"https://{HOST}.evil.com/",
        f"http://{HOST}/",
        f"https://evil.com%5C@{HOST}/",
        "javascript:alert(1)",
    ],
)
def test_pages_elsewhere_are_not_signed(phone: Client, wechat: WeChatFake, url: str) -> None:
    """S-64: evil.com, https://ours@evil, ours.evil.com, http: all 400, and WeChat is not asked."""
    answer = phone.get(f"{SIGN}?url={url}")
    assert (refused(answer), list(answer.json["errors"])) == ((400, "page_foreign"), ["url"])
    assert wechat.journal() == []


def test_without_a_service_account_there_is_no_web_sign_in(
    app_with: Callable[..., Flask], wechat: WeChatFake
) -> None:
    alone = Client(app_with(wechat=settings_for(wechat.url, web_appid="", web_secret="")), None)

    answers = [alone.get(path) for path in (START, CALLBACK, f"{SIGN}?url=https://{HOST}/")]

    assert [refused(answer) for answer in answers] == [(503, "wechat_off")] * 3


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "text/html"])
def test_a_person_reads_on_a_page_what_went_wrong_and_how_to_go_on(browser: FlaskClient, accept: str) -> None:
    """Whom WeChat led back too late sees a sentence and a button, and no problem document."""
    answer = browser.get(f"{CALLBACK}?code=x&state=y", headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "登录已经过期，请重新打开页面再登录" in answer.text
    assert f'href="{START}"' in answer.text
    assert "扫墙上" not in answer.text
    assert browser.get(f"{SIGN}?url=x", headers={"Accept": accept}).mimetype == "application/problem+json"
