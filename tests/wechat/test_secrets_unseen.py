"""Codes, tokens, secrets and openids show neither in errors nor in logs, and go only where they must."""

import traceback
from collections.abc import Callable

import pytest
import requests
import structlog

from app.adapters.wechat import (
    WeChat,
    WeChatError,
    WeChatUnreachableError,
)
from tests.fakes.wechat.control import MINI_APPID, MINI_SECRET, Person, WeChatFake
from tests.wechat.conftest import Open

LOGIN = "/sns/jscode2session"
TOKEN = "/cgi-bin/stable_token"
FAULTS: list[tuple[str, dict[str, object]]] = [
    ("busy", {}),
    ("errcode", {"errcode": 40029}),
    ("errcode", {"errcode": 40001}),
    ("errcode", {"errcode": 45009}),
    ("errcode", {"errcode": 40164}),
    *((kind, {}) for kind in ("lost", "truncated", "html_502", "half_json", "redirect", "not_utf8", "reset")),
    ("bad_chunk", {}),
    ("redirect", {"location": "http://[::1"}),
]


@pytest.mark.parametrize("kind, options", FAULTS)
def test_no_secret_shows_in_errors_and_logs(
    client: WeChat,
    fake: WeChatFake,
    lan: Person,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    options: dict[str, object],
) -> None:
    """S-54: nor does any other secret of the client show: code, AppSecret, token, openid, phone."""
    caplog.set_level("DEBUG")
    body = {"grant_type": "client_credential", "appid": MINI_APPID, "secret": MINI_SECRET}
    token = requests.post(f"{fake.url}{TOKEN}", json=body, timeout=5).json()["access_token"]
    login_code, phone_code = fake.login_code(lan), fake.phone_code(lan)
    caplog.clear()
    calls: list[Callable[[], object]] = [
        lambda: client.mini.code2session(login_code),
        lambda: client.mini.phone_number(phone_code, lan.openid),
    ]
    shown = []
    with structlog.testing.capture_logs() as logs:
        for call in calls:
            fake.chance("*", 1, kind, **options)
            with pytest.raises(WeChatError) as caught:
                call()
            fake.no_faults()
            shown += [repr(caught.value), *traceback.format_exception(caught.value), str(vars(caught.value))]
            assert caught.value.__context__ is None
    text = "\n".join([*shown, str(logs), caplog.text])

    assert LOGIN in text
    secrets = (MINI_SECRET, login_code, phone_code, token, lan.openid, "13900000001")
    assert not [secret for secret in secrets if secret in text]


def test_no_secret_shows_when_there_is_no_connection(
    fake: WeChatFake, open_client: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """S-54: the HTTP library's own errors quote the whole address: they are not chained to ours."""
    caplog.set_level("DEBUG")
    with fake.refusing_url() as url, pytest.raises(WeChatUnreachableError) as caught:
        open_client(url).mini.code2session("0" + "secret" * 5)

    assert "0secretsecret" not in "".join(traceback.format_exception(caught.value)) + caplog.text
    assert caught.value.__context__ is None


def test_secrets_are_sent_only_where_wechat_wants_them(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    client.mini.code2session(fake.login_code(lan))
    client.mini.phone_number(fake.phone_code(lan), lan.openid)

    assert fake.flags() == []
    assert fake.calls("/cgi-bin/token") == 0


def test_no_secret_shows_when_the_http_library_wonders_at_a_header(
    client: WeChat, fake: WeChatFake, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """S-54, S-104: it would warn of a line that is no header, and quote the whole address."""
    caplog.set_level("DEBUG")
    fake.fault(LOGIN, "bad_header")

    assert client.mini.code2session(fake.login_code(lan)).openid == lan.openid
    assert [record.name for record in caplog.records if record.name.startswith("urllib3")] == []
    assert MINI_SECRET not in caplog.text
