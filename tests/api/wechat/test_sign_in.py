"""Signing in by the mini-program."""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.adapters import connect
from app.adapters.wechat.reply import json_object
from app.clock import now
from app.config import Settings
from app.ids import new_id
from app.models import Base, SessionKind, SignIn, User, WeChatLink
from tests.api.wechat.conftest import SESSIONS, refused
from tests.cast import person
from tests.client import Answer, Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.hazard_world import file, inspection_body, write_checklist
from tests.points_world import claimed, write_rule
from tests.wechat.installation import settings_for

LOGIN = "/sns/jscode2session"
SignedIn = Callable[[Person], Client]
Enter = Callable[[Person], Answer]


def count(session: Session, table: type[User | WeChatLink | SignIn]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_somebody_new_gets_an_account_bound_to_nobody(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-44: one upstream call per login."""
    client = signed_in(lan)

    me = client.get("/v1/me").json
    assert (me["name"], me["resident_id"], me["household_id"], me["held"]) == ("微信用户", None, None, [])
    assert wechat.calls(LOGIN) == 1
    assert wechat.flags() == []
    user = session.get_one(User, UUID(me["user_id"]))
    assert (user.area_code, user.phone_index, user.password_hash) == (None, None, None)


def test_the_session_is_the_apps_and_no_fresh_proof(enter: Enter, session: Session, lan: Person) -> None:
    token = enter(lan).json["token"]

    opened = session.scalars(
        select(SignIn).where(SignIn.token_hash == hashlib.sha256(token.encode()).digest())
    ).one()
    assert (opened.kind, opened.checked_at, opened.second_factor_at) == (SessionKind.APP, None, None)
    assert opened.expires_at - now() > timedelta(hours=11)


def test_the_same_person_comes_back_to_the_same_account(
    signed_in: SignedIn, session: Session, lan: Person
) -> None:
    first, second = signed_in(lan), signed_in(lan)

    assert first.person is not None
    assert second.person is not None
    assert first.person.user_id == second.person.user_id
    assert first.person.token != second.person.token
    assert count(session, WeChatLink) == 1


def test_a_used_code_is_refused_and_asked_once(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-44, S-45: 40029 and 40163 read the same; nothing is made of a refused code."""
    code = wechat.login_code(lan)
    assert phone.post(SESSIONS, json={"code": code}).status_code == 201
    before = count(session, SignIn)

    used, unknown = (phone.post(SESSIONS, json={"code": one}) for one in (code, "0unknown"))

    assert refused(used) == refused(unknown) == (401, "wechat_code")
    assert used.json["title"] == unknown.json["title"] == "微信登录没有成功，请重新打开再试一次"
    assert wechat.calls(LOGIN) == 3
    assert (count(session, SignIn), count(session, WeChatLink)) == (before, 1)


@pytest.mark.parametrize(
    "fault, status, code, retry_after",
    [
        ({"kind": "errcode", "errcode": 40226}, 403, "wechat_blocked", None),
        ({"kind": "errcode", "errcode": 45011}, 429, "wechat_busy", "60"),
        ({"kind": "busy"}, 503, "wechat_away", "5"),
        ({"kind": "html_502"}, 503, "wechat_away", "5"),
        ({"kind": "errcode", "errcode": 40125}, 500, "internal", None),
    ],
)
def test_what_wechat_says_instead(
    enter: Enter,
    session: Session,
    wechat: WeChatFake,
    lan: Person,
    fault: dict[str, object],
    status: int,
    code: str,
    retry_after: str | None,
) -> None:
    """S-44: each error has its status and a sentence, and the code is sent once whatever comes back."""
    before = count(session, User)
    wechat.faults(LOGIN, [fault])

    answer = enter(lan)

    assert refused(answer) == (status, code)
    assert answer.headers.get("Retry-After") == retry_after
    assert (wechat.calls(LOGIN), count(session, User)) == (1, before)


@pytest.mark.parametrize("kind", ["html_502", "refuse", "half_json"])
def test_a_failure_is_logged_once(enter: Enter, wechat: WeChatFake, lan: Person, kind: str) -> None:
    """S-52: whoever counts the lines counts the failures."""
    wechat.fault(LOGIN, kind)

    with capture_logs() as lines:
        assert refused(enter(lan)) == (503, "wechat_away")

    assert [(line["call"], line["log_level"]) for line in lines if line["event"] == "wechat_away"] == [
        (LOGIN, "warning")
    ]
    assert not [line["event"] for line in lines if " " in line["event"]]


def test_a_days_quota_is_asked_for_once_and_says_when_it_ends(
    enter: Enter, wechat: WeChatFake, lan: Person
) -> None:
    """S-44, S-52: whoever comes until midnight in China is told so at once, without WeChat being asked."""
    wechat.chance(LOGIN, 1, "errcode", errcode=45009)

    answers = [enter(lan) for _ in range(3)]

    assert [refused(answer) for answer in answers] == [(429, "wechat_busy")] * 3
    assert all(0 < int(answer.headers["Retry-After"]) <= 24 * 3600 + 1 for answer in answers)
    assert wechat.calls(LOGIN) == 1


def test_a_disabled_user_stays_out(signed_in: SignedIn, enter: Enter, session: Session, lan: Person) -> None:
    client = signed_in(lan)
    assert client.person is not None
    session.get_one(User, client.person.user_id).disabled_at = now()
    session.commit()

    assert refused(enter(lan)) == (403, "user_disabled")


def test_without_wechat_the_sentence_is_plain(visitor: Client, admin: Client) -> None:
    answers = [
        visitor.post(SESSIONS, json={"code": "x"}),
        admin.post("/v1/me/phone/wechat", json={"code": "x"}),
        admin.post("/v1/me/wechat", json={"code": "x"}),
    ]

    assert [refused(answer) for answer in answers] == [(503, "wechat_off")] * 3
    assert answers[0].json["title"] == "这里没有开通微信功能，请用手机号登录"
    assert [answer.headers.get("Retry-After") for answer in answers] == [None] * 3, "no waiting mends it"


def test_wechat_is_down_and_the_rest_goes_on(
    app_with: Callable[..., Flask], wechat: WeChatFake, session: Session
) -> None:
    """S-52: nothing listens where WeChat was: sign-in says so in words; inspections and points go on."""
    with wechat.refusing_url() as url:
        app = app_with(wechat=settings_for(url))
        phone = Client(app, None)
        answers = [phone.post(SESSIONS, json={"code": f"code{number}"}) for number in range(8)]
        assert {refused(answer) for answer in answers} == {(503, "wechat_away")}
        assert "手机号登录" in answers[0].json["title"]
        waits_s = [int(answer.headers["Retry-After"]) for answer in answers]
        assert waits_s[:5] == [5] * 5
        assert all(5 < wait_s <= 16 for wait_s in waits_s[5:]), "the circuit knows when it is tried anew"
        assert phone.get("/healthz").status_code == 200
        assert phone.get("/readyz").status_code == 200
        body = inspection_body(write_checklist(session))
        worker, admin = Client(app, person("worker")), Client(app, person("admin"))
        assert file(worker, body).status_code == 201
        claim = claimed(Client(app, person("resident")), write_rule(session))
        assert worker.step(f"{claim}/verify").status_code == 200
        assert admin.step(f"{claim}/approve").json["status"] == "posted"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Keep what WeChat answers."""
    answers: list[dict[str, Any]] = []
    read = json_object

    def overheard(call: str, body: bytes) -> dict[str, Any]:
        answers.append(read(call, body))
        return answers[-1]

    monkeypatch.setattr("app.adapters.wechat.reply.json_object", overheard)
    return answers


def test_what_wechat_calls_people_is_nowhere_in_clear(
    signed_in: SignedIn,
    session: Session,
    settings: Settings,
    lan: Person,
    caplog: pytest.LogCaptureFixture,
    heard: list[dict[str, Any]],
) -> None:
    """S-54: session_key is neither stored nor logged nor returned; openid and unionid are sealed."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        client = signed_in(lan)
    (key,) = [answer["session_key"] for answer in heard if "session_key" in answer]
    tables = [
        row
        for table in Base.metadata.sorted_tables
        for row in session.execute(text(f'SELECT "{table.name}"::text FROM "{table.name}"')).scalars()  # noqa: S608  # of our models
    ]

    assert tables
    assert not [row for row in tables if key in row or key.encode().hex() in row]
    assert key not in f"{lines}{caplog.text}{client.get('/v1/me').text}"
    link = session.scalars(select(WeChatLink)).one()
    kept = b"|".join(value for value in vars(link).values() if isinstance(value, bytes))
    assert lan.openid.encode() not in kept
    assert lan.unionid
    assert lan.unionid.encode() not in kept
    assert lan.openid not in caplog.text
    with connect(settings.redis_url) as client:
        stored = [client.dump(key) or b"" for key in client.scan_iter("*")]
    assert not [value for value in stored if lan.openid.encode() in value or key.encode() in value]


def test_a_later_account_of_the_same_owner_is_found_by_unionid(
    signed_in: SignedIn, session: Session, lan: Person
) -> None:
    """Whoever came by the web app, whose openid is another, is the same user in the mini-program."""
    first = signed_in(lan)
    assert first.person is not None
    link = session.scalars(select(WeChatLink)).one()
    link.openid_index = b"of another app"
    session.commit()

    again = signed_in(lan)

    assert again.person is not None
    assert again.person.user_id == first.person.user_id
    assert new_id() != first.person.user_id
