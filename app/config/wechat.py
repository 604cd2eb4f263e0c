"""The settings of WeChat: all absent means that this installation does without it. Read by ``app.config``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

BASE_URLS = (
    "https://api.weixin.qq.com",
    "https://api2.weixin.qq.com",
    "https://sh.api.weixin.qq.com",
    "https://sz.api.weixin.qq.com",
    "https://hk.api.weixin.qq.com",
)
"""Where WeChat's server APIs answer: everywhere, for an outage, and by region (接口域名说明)."""
LOGIN_URLS = ("https://open.weixin.qq.com",)
_APPID = re.compile(r"wx[0-9A-Za-z]{4,30}")
_SECRET = re.compile(r"[!-~]{16,64}")
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_ENCODING_KEY = re.compile(r"[A-Za-z0-9]{43}")
_TEMPLATE = re.compile(r"([a-z_]{1,40}):([A-Za-z0-9_-]{20,64})(:long-term)?")
_MOST_KEYS = 2
_LEAST_SIGNS = {
    "GONGDI_WECHAT_SECRET": 8,
    "GONGDI_WECHAT_WEB_SECRET": 8,
    "GONGDI_WECHAT_CALLBACK_TOKEN": 4,
    "GONGDI_WECHAT_CALLBACK_KEYS": 12,
}
"""How many different signs each has at least. What the console draws has fewer once in ten millions."""
_PUBLISHED = frozenset(
    {
        "wx5f0000000000c0de",
        "wx7b0000000000c0de",
        "spamtest",
        "pamtest",
        "QDG6eK",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    }
)
"""The apps of the made-up WeChat, whose secrets are too regular, and the examples of WeChat's own samples."""
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class WeChatSettings:
    """Our mini-program, and what else of WeChat is used."""

    base_url: str
    login_url: str
    """Where a browser inside WeChat is sent to sign in."""
    appid: str
    secret: str = field(repr=False)
    web_appid: str
    """Of the service account (服务号) behind the web app; empty if there is none."""
    web_secret: str = field(repr=False)
    callback_token: str = field(repr=False)
    callback_keys: tuple[str, ...] = field(repr=False)
    """EncodingAESKey, and a second one while it is being changed; none if WeChat sends us nothing."""
    templates: tuple[tuple[str, str], ...]
    """Kinds of messages and the ids of their templates."""
    long_term: frozenset[str] = frozenset()
    """Ids of templates that people accept once for any number of messages."""


def read_wechat(environ: Mapping[str, str], *, production: bool) -> WeChatSettings | None:
    """Read and check the group; None if nothing of it is set.

    Raises ValueError naming the variable and the remedy, and never showing a value.
    """
    values = {
        "GONGDI_WECHAT_APPID": _APPID,
        "GONGDI_WECHAT_SECRET": _SECRET,
        "GONGDI_WECHAT_WEB_APPID": _APPID,
        "GONGDI_WECHAT_WEB_SECRET": _SECRET,
        "GONGDI_WECHAT_CALLBACK_TOKEN": _TOKEN,
        "GONGDI_WECHAT_CALLBACK_KEYS": None,
        "GONGDI_WECHAT_TEMPLATES": None,
        "GONGDI_WECHAT_BASE_URL": None,
        "GONGDI_WECHAT_LOGIN_URL": None,
    }
    given = {name: environ.get(name, "").strip() for name in values}
    if not any(given.values()):
        return None
    for name, form in values.items():
        if form and given[name] and not form.fullmatch(given[name]):
            _refuse(name, "is not of the form that WeChat's console shows: copy it again")
    _pair(given, "GONGDI_WECHAT_APPID", "GONGDI_WECHAT_SECRET", needed=True)
    _pair(given, "GONGDI_WECHAT_WEB_APPID", "GONGDI_WECHAT_WEB_SECRET")
    _pair(given, "GONGDI_WECHAT_CALLBACK_TOKEN", "GONGDI_WECHAT_CALLBACK_KEYS")
    if production:
        _refuse_known(given)
    templates = _templates("GONGDI_WECHAT_TEMPLATES", given)
    return WeChatSettings(
        base_url=_address("GONGDI_WECHAT_BASE_URL", given, BASE_URLS, production=production),
        login_url=_address("GONGDI_WECHAT_LOGIN_URL", given, LOGIN_URLS, production=production),
        appid=given["GONGDI_WECHAT_APPID"],
        secret=given["GONGDI_WECHAT_SECRET"],
        web_appid=given["GONGDI_WECHAT_WEB_APPID"],
        web_secret=given["GONGDI_WECHAT_WEB_SECRET"],
        callback_token=given["GONGDI_WECHAT_CALLBACK_TOKEN"],
        callback_keys=_keys("GONGDI_WECHAT_CALLBACK_KEYS", given),
        templates=tuple((kind, template_id) for kind, template_id, _ in templates),
        long_term=frozenset(template_id for _, template_id, lasting in templates if lasting),
    )


def _pair(given: Mapping[str, str], one: str, other: str, *, needed: bool = False) -> None:
    for name, partner in ((one, other), (other, one)):
        if not given[name] and (needed or given[partner]):
            _refuse(name, "is not set, and the rest of WeChat's settings needs it")


def _refuse_known(given: Mapping[str, str]) -> None:
    """Refuse what anybody can read or guess: whoever has the callback's token and key can speak as WeChat."""
    for name in ("GONGDI_WECHAT_APPID", "GONGDI_WECHAT_WEB_APPID"):
        if given[name] in _PUBLISHED:
            _refuse(name, "is the made-up WeChat's: set your own, from WeChat's console")
    for name, least in _LEAST_SIGNS.items():
        for value in filter(None, map(str.strip, given[name].split(","))):
            if value in _PUBLISHED or len(set(value)) < least or value in (value + value)[1:-1]:
                _refuse(name, "is a published example or too regular: make another in WeChat's console")


def _address(name: str, given: Mapping[str, str], known: tuple[str, ...], *, production: bool) -> str:
    """Read a server's address; production takes only those that are WeChat's own (OWASP ASVS 1.3.6)."""
    url = given[name].rstrip("/") or known[0]
    if not _ADDRESS.fullmatch(url):
        _refuse(name, f"must be scheme and host only, such as {known[0]}")
    if production and url not in known:
        _refuse(name, f"must be one of WeChat's own in production ({', '.join(known)}), or left out")
    return url


def _keys(name: str, given: Mapping[str, str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in given[name].split(",") if key.strip())
    if len(keys) > _MOST_KEYS or not all(_ENCODING_KEY.fullmatch(key) for key in keys):
        _refuse(name, "must be one EncodingAESKey of 43 letters and digits, or two with a comma between")
    return keys


def _templates(name: str, given: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Read ``kind:id`` and ``kind:id:long-term``; one id is long-term everywhere or nowhere."""
    texts = [text.strip() for text in given[name].split(",") if text.strip()]
    found = [_TEMPLATE.fullmatch(text) for text in texts]
    three = [(match[1], match[2], match[3] is not None) for match in found if match]
    kinds, ids = {kind for kind, _, _ in three}, {template_id for _, template_id, _ in three}
    if not len(three) == len(texts) == len(kinds) or len({one[1:] for one in three}) != len(ids):
        _refuse(
            name,
            "must be kind:id or kind:id:long-term with commas between, each kind once, such as "
            "hazard_assigned:<id>",
        )
    return three


def _refuse(name: str, why: str) -> None:
    message = f"{name} {why}"
    raise ValueError(message)
