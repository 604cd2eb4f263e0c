"""The settings of WeChat: a group that is absent as a whole, or whole."""

import pytest

from app.config import BASE_URLS, Settings, SettingsError, WeChatSettings
from dev.wechat import APPS
from tests.test_config import PRODUCTION as PRODUCTION_KEYS
from tests.test_config import RIGHT

SECRET = "9c41e07ab2d85f3660d1be7428fa935c"
MINI = {"GONGDI_WECHAT_APPID": "wx1234567890abcdef", "GONGDI_WECHAT_SECRET": SECRET}
PRODUCTION = {**PRODUCTION_KEYS, "GONGDI_ENV": "production"}


def read(**changes: str) -> WeChatSettings | None:
    return Settings.read(RIGHT | changes).wechat


def refusal(**changes: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**changes)
    return str(caught.value)


def test_without_any_of_them_wechat_is_off() -> None:
    assert read() is None
    assert read(GONGDI_WECHAT_APPID="", GONGDI_WECHAT_BASE_URL=" ") is None
    assert read(**PRODUCTION) is None


def test_a_mini_program_is_enough() -> None:
    assert read(**MINI, **PRODUCTION) == WeChatSettings(
        base_url="https://api.weixin.qq.com",
        login_url="https://open.weixin.qq.com",
        appid="wx1234567890abcdef",
        secret=SECRET,
        web_appid="",
        web_secret="",
        callback_token="",
        callback_keys=(),
        templates=(),
    )


def test_everything_that_may_be_set() -> None:
    settings = read(
        **MINI,
        GONGDI_WECHAT_WEB_APPID="wxabcdef1234567890",
        GONGDI_WECHAT_WEB_SECRET=SECRET[::-1],
        GONGDI_WECHAT_CALLBACK_TOKEN="Token2026",
        GONGDI_WECHAT_CALLBACK_KEYS=f"{'A' * 43} , {'b' * 43}",
        GONGDI_WECHAT_TEMPLATES="hazard_assigned:abcdefghij_ABCDEFGHIJ-1, claim_step:bbcdefghij_ABCDEFGHIJ-1",
        GONGDI_WECHAT_BASE_URL="http://127.0.0.1:9000/",
        GONGDI_WECHAT_LOGIN_URL="http://[::1]:9000",
    )

    assert settings is not None
    assert (settings.web_appid, settings.web_secret) == ("wxabcdef1234567890", SECRET[::-1])
    assert settings.callback_token == "Token2026"
    assert settings.callback_keys == ("A" * 43, "b" * 43)
    assert dict(settings.templates) == {
        "hazard_assigned": "abcdefghij_ABCDEFGHIJ-1",
        "claim_step": "bbcdefghij_ABCDEFGHIJ-1",
    }
    assert (settings.base_url, settings.login_url) == ("http://127.0.0.1:9000", "http://[::1]:9000")


@pytest.mark.parametrize(
    "name, given",
    [
        ("GONGDI_WECHAT_SECRET", {"GONGDI_WECHAT_APPID": "wx1234567890abcdef"}),
        ("GONGDI_WECHAT_APPID", {"GONGDI_WECHAT_SECRET": SECRET}),
        ("GONGDI_WECHAT_APPID", {"GONGDI_WECHAT_BASE_URL": "https://api.weixin.qq.com"}),
        ("GONGDI_WECHAT_WEB_SECRET", {**MINI, "GONGDI_WECHAT_WEB_APPID": "wxabcdef1234567890"}),
        ("GONGDI_WECHAT_WEB_APPID", {**MINI, "GONGDI_WECHAT_WEB_SECRET": SECRET}),
        ("GONGDI_WECHAT_CALLBACK_KEYS", {**MINI, "GONGDI_WECHAT_CALLBACK_TOKEN": "Token2026"}),
        ("GONGDI_WECHAT_CALLBACK_TOKEN", {**MINI, "GONGDI_WECHAT_CALLBACK_KEYS": "A" * 43}),
    ],
)
def test_half_a_pair_is_refused_with_the_name_of_what_is_missing(name: str, given: dict[str, str]) -> None:
    assert refusal(**given).startswith(f"{name} is not set")


@pytest.mark.parametrize(
    "name, value",
    [
        ("GONGDI_WECHAT_APPID", "gh_1234567890abcdef"),
        ("GONGDI_WECHAT_APPID", "wx12"),
        ("GONGDI_WECHAT_SECRET", "too short"),
        ("GONGDI_WECHAT_SECRET", "0123 4567 89ab cdef"),
        ("GONGDI_WECHAT_CALLBACK_TOKEN", "ab"),
        ("GONGDI_WECHAT_CALLBACK_TOKEN", "with space"),
        ("GONGDI_WECHAT_CALLBACK_KEYS", "A" * 42),
        ("GONGDI_WECHAT_CALLBACK_KEYS", ",".join(letter * 43 for letter in "abc")),
        ("GONGDI_WECHAT_TEMPLATES", "hazard_assigned"),
        ("GONGDI_WECHAT_TEMPLATES", "hazard_assigned:short"),
        ("GONGDI_WECHAT_TEMPLATES", f"claim_step:{'a' * 43},claim_step:{'b' * 43}"),
        ("GONGDI_WECHAT_BASE_URL", "api.weixin.qq.com"),
        ("GONGDI_WECHAT_BASE_URL", "https://api.weixin.qq.com/sns"),
        ("GONGDI_WECHAT_BASE_URL", "https://user:word@api.weixin.qq.com"),
        ("GONGDI_WECHAT_LOGIN_URL", "ftp://open.weixin.qq.com"),
    ],
)
def test_nonsense_is_refused_with_the_variables_name(name: str, value: str) -> None:
    partners = {"GONGDI_WECHAT_CALLBACK_TOKEN": "Token2026", "GONGDI_WECHAT_CALLBACK_KEYS": "A" * 43}
    message = refusal(**MINI | partners | {name: value})

    assert message.startswith(name)


@pytest.mark.parametrize("name", ["GONGDI_WECHAT_BASE_URL", "GONGDI_WECHAT_LOGIN_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.weixin.qq.com",
        "http://127.0.0.1:9000",
        "https://127.0.0.1:9000",
        "https://127.1",
        "https://2130706433",
        "https://[::1]",
        "https://0.0.0.0",
        "https://10.0.0.5",
        "https://localhost",
        "https://localhost.",
        "https://wechat.localhost",
        "https://wechat.local",
        "https://wechat",
        "https://169.254.169.254",
        "https://[::ffff:127.0.0.1]",
        "https://0x7f.1",
        "https://wechat.example",
        "https://weixin.qq.com",
        "https://api.weixin.qq.com.example",
        "https://evil-api.weixin.qq.com",
        "https://api.weixin.qq.com:8443",
        "HTTPS://API.WEIXIN.QQ.COM",
    ],
)
def test_production_takes_only_an_address_of_wechats_own(name: str, url: str) -> None:
    """S-134: https and listed hosts, whatever else resolves to a machine of ours."""
    assert refusal(**MINI, **PRODUCTION, **{name: url}).startswith(f"{name} must be ")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://[::1]:9000", "https://wechat.example"])
def test_elsewhere_a_server_of_ones_own_may_stand_for_wechat(url: str) -> None:
    settings = read(**MINI, GONGDI_WECHAT_BASE_URL=url, GONGDI_WECHAT_LOGIN_URL=url)

    assert settings is not None
    assert (settings.base_url, settings.login_url) == (url, url)


@pytest.mark.parametrize("url", BASE_URLS)
def test_production_takes_each_address_that_wechat_names(url: str) -> None:
    settings = read(**MINI, **PRODUCTION, GONGDI_WECHAT_BASE_URL=f"{url}/")

    assert settings is not None
    assert settings.base_url == url


CALLBACK = {
    "GONGDI_WECHAT_CALLBACK_TOKEN": "Token2026",
    "GONGDI_WECHAT_CALLBACK_KEYS": "h3Kq9ZtR7wXc1LmV5bNy8PdS2fGj6TaUe4oQiBvDxWz",
}
WEB = {"GONGDI_WECHAT_WEB_APPID": "wxabcdef1234567890", "GONGDI_WECHAT_WEB_SECRET": SECRET[::-1]}


@pytest.mark.parametrize(
    "name, value",
    [
        *APPS.items(),
        ("GONGDI_WECHAT_SECRET", "0" * 16),
        ("GONGDI_WECHAT_SECRET", "0123456789abcdef" * 2),
        ("GONGDI_WECHAT_SECRET", "a1b2c3d" * 4 + "a1b2"),
        ("GONGDI_WECHAT_WEB_SECRET", "f" * 32),
        ("GONGDI_WECHAT_CALLBACK_TOKEN", "AAA"),
        ("GONGDI_WECHAT_CALLBACK_TOKEN", "spamtest"),
        ("GONGDI_WECHAT_CALLBACK_TOKEN", "abcdabcd"),
        ("GONGDI_WECHAT_CALLBACK_KEYS", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
        ("GONGDI_WECHAT_CALLBACK_KEYS", f"{CALLBACK['GONGDI_WECHAT_CALLBACK_KEYS']}, {'A' * 43}"),
    ],
)
def test_production_takes_no_published_or_too_regular_secret(name: str, value: str) -> None:
    """S-112, S-194: the made-up WeChat's, those of WeChat's own examples, and what anybody guesses."""
    right = {**MINI, **WEB, **CALLBACK, **PRODUCTION}
    assert read(**right) is not None

    message = refusal(**right | {name: value})

    assert message.startswith(f"{name} is ")
    assert value not in message
    assert read(**MINI | WEB | CALLBACK | {name: value}) is not None, "on a laptop they are fine"


def test_secrets_show_neither_in_print_nor_in_a_refusal() -> None:
    secrets = {
        "GONGDI_WECHAT_SECRET": "aaaa-app-secret-aaaa",
        "GONGDI_WECHAT_WEB_SECRET": "bbbb-h5-secret-bbbb",
        "GONGDI_WECHAT_CALLBACK_TOKEN": "ccccToken",
        "GONGDI_WECHAT_CALLBACK_KEYS": "d" * 43,
    }
    given = {**MINI, "GONGDI_WECHAT_WEB_APPID": "wxabcdef1234567890", **secrets}
    shown = repr(Settings.read(RIGHT | given))

    assert "wxabcdef1234567890" in shown
    assert not [secret for secret in secrets.values() if secret in shown]
    assert "has space" not in refusal(**given | {"GONGDI_WECHAT_SECRET": "has space has space"})
