"""Who the fake knows: apps (a mini-program, a service account for H5) and people with WeChat."""

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

Made = TypeVar("Made")
MINI_APPID = "wx5f0000000000c0de"
MINI_SECRET = "5f" * 16
H5_APPID = "wx7b0000000000c0de"
H5_SECRET = "7b" * 16


@dataclass
class Template:
    """A subscribe message's template: its fields by name, such as ``thing1`` or ``time2``."""

    fields: list[str]
    long_term: bool = False


@dataclass
class Push:
    """Where and how an app wants to be told of events."""

    url: str = ""
    token: str = "AAAAA"
    aes_key: str = "A" * 43
    """The EncodingAESKey: 43 signs of base64."""
    previous_aes_key: str = ""
    format: str = "json"
    """``json`` or ``xml``."""
    encrypted: bool = True
    automatic: bool = False
    """Whether events go out by themselves; else when the tester delivers them."""


@dataclass
class App:
    """A mini-program or service account, with what its owner set in the platform's console."""

    appid: str
    secret: str
    kind: str = "mini"
    """``mini`` or ``h5``."""
    original_id: str = "gh_97417a04a28d"
    oauth_domain: str = ""
    """The one host OAuth may return to, with its port where it has one."""
    js_domains: list[str] = field(default_factory=list)
    open_platform: bool = True
    """Bound to an open-platform account, so that people have a unionid."""
    messages_banned: bool = False
    sticky_40001: bool = False
    """Refuses every token, also new ones."""
    templates: dict[str, Template] = field(default_factory=dict)
    push: Push = field(default_factory=Push)


@dataclass
class User:
    """A person with WeChat."""

    name: str
    phone: str = ""
    """Without the country code."""
    country_code: str = "86"
    has_unionid: bool = True
    blocked: bool = False
    """A high-risk user, whose codes are blocked."""
    risk_rank: int = 0
    risk_refused: bool = False
    delivery: str = "success"
    """ErrorStatus of messages sent to this person."""
    closed: bool = False
    note: str = ""
    """What the demo's page says about this person, in Chinese."""

    def openid(self, app: App) -> str:
        """Return this person's id within one app: another in each."""
        return "o" + _letters(f"{app.appid}/{self.name}", 27)

    def unionid(self, app: App) -> str | None:
        """Return the id shared by the apps of one owner, if there is one."""
        return "o6_" + _letters(f"union/{self.name}", 25) if self.has_unionid and app.open_platform else None


def _letters(text: str, length: int) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return digest[:length].ljust(length, "0")


def default_apps() -> dict[str, App]:
    """Return the two apps that are there after every reset."""
    return {
        MINI_APPID: App(MINI_APPID, MINI_SECRET),
        H5_APPID: App(
            H5_APPID, H5_SECRET, "h5", "gh_5b17a0c4f28d", oauth_domain="127.0.0.1", js_domains=["127.0.0.1"]
        ),
    }


def updated(made: Made, changes: dict[str, Any]) -> Made:
    """Set the named attributes; an unknown name is the tester's mistake and raises ValueError."""
    known = {each.name for each in fields(made)}  # type: ignore[arg-type]
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"{type(made).__name__} has no {name}")
        setattr(made, name, value)
    return made
