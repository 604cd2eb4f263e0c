"""The calls that serve the mini-program: who somebody is, his phone number, messages to him."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from types import MappingProxyType

import redis

from app.adapters.wechat.access_token import AccessToken
from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.errors import (
    CodeRefusedError,
    ForeignPhoneError,
    WeChatAnswerError,
    WeChatBusyError,
    WeChatConfigurationError,
    WeChatUserError,
)
from app.adapters.wechat.line import Line
from app.adapters.wechat.message_fields import fitted
from app.adapters.wechat.reply import Reply
from app.adapters.wechat.shared_lock import SharedLock
from app.adapters.wechat.templates import TEMPLATES
from app.adapters.wechat.transport import TOTAL_S

SEND_MESSAGE = "/cgi-bin/message/subscribe/send"
_CODE = re.compile(r"[!-~]{1,512}")
_OPENID = re.compile(r"[A-Za-z0-9_-]{6,128}")
_WORST_RANK = 4
_SENDING_LOCKS = 64


@dataclass(frozen=True, slots=True)
class WeChatIdentity:
    """Who WeChat says somebody is."""

    openid: str = field(repr=False)
    """Of this person towards one appid only."""
    unionid: str | None = field(repr=False)
    """Of this person towards all appids of one owner, if these are bound to an open platform account."""


@dataclass(frozen=True, slots=True)
class WeChatPhone:
    """A phone number that WeChat vouches for."""

    number: str = field(repr=False)
    """Without the country's code."""
    country_code: str


class RiskScene(IntEnum):
    """What somebody is about to do."""

    SIGN_UP = 0
    BONUS = 1
    WRITING = 2


class MiniProgram:
    """Our mini-program as WeChat's servers know it."""

    def __init__(
        self,
        line: Line,
        client: redis.Redis,
        access: AccessToken,
        *,
        template_ids: Mapping[str, str],
        long_term: Collection[str] = (),
    ) -> None:
        unknown = sorted(set(template_ids) - set(TEMPLATES))
        if unknown:
            raise WeChatConfigurationError(f"templates {', '.join(unknown)}")
        self._line = line
        self._access = access
        self.template_ids: Mapping[str, str] = MappingProxyType(dict(template_ids))
        """By the kind of message: what the mini-program asks the subscription for."""
        self.long_term = frozenset(long_term)
        """Ids of those that people accept once for any number of messages."""
        self._sending = tuple(
            SharedLock(client, f"wechat:{line.appid}:sending:{number}") for number in range(_SENDING_LOCKS)
        )

    def code2session(self, code: str) -> WeChatIdentity:
        """Say whose sign-in code it is; it works once and is never sent twice.

        WeChat's session key is not even read: nothing here needs it. Raises CodeRefusedError,
        UserBlockedError and the other kinds of WeChatError.
        """
        path = "/sns/jscode2session"
        query = {
            "appid": self._line.appid,
            "secret": self._line.secret,
            "js_code": checked_code(path, code),
            "grant_type": "authorization_code",
        }
        reply = self._line.ask(path, query, repeatable=False, deadline=Deadline.after(TOTAL_S))
        return identified(path, reply)

    def phone_number(self, code: str, openid: str) -> WeChatPhone:
        """Say which phone number the code of the phone button stands for; WeChat checks whose it is.

        Raises CodeRefusedError, ForeignPhoneError and the other kinds of WeChatError.
        """
        path = "/wxa/business/getuserphonenumber"
        body: dict[str, object] = {"code": checked_code(path, code), "openid": checked_openid(path, openid)}
        info = self._access.ask(path, body, repeatable=False).inner("phone_info")
        if info.inner("watermark").text("appid") != self._line.appid:
            raise ForeignPhoneError(path)
        return WeChatPhone(info.text("purePhoneNumber"), info.text("countryCode"))

    def send_message(
        self, openid: str, template: str, values: Mapping[str, str], *, page: str = ""
    ) -> str | None:
        """Send a subscribed message; values by the field names of its template in ``TEMPLATES``.

        Gives WeChat's own name of the message, if it tells one.

        Texts that are too long are cut. One message at a time goes to one person, for
        WeChat refuses a second one under way (43108).
        Raises NotSubscribedError if this person has none to come, MessageFieldError, and the other kinds.
        """
        known = TEMPLATES.get(template)
        if known is None or template not in self.template_ids:
            raise WeChatConfigurationError(f"{SEND_MESSAGE} {template}")
        body: dict[str, object] = {
            "touser": checked_openid(SEND_MESSAGE, openid),
            "template_id": self.template_ids[template],
            "page": page or known.page,
            "data": {name: {"value": value} for name, value in fitted(known, values).items()},
        }
        deadline = Deadline.after(TOTAL_S)
        with self._sending[_lock_number(openid)].taken(deadline) as mine:
            if not mine:
                raise WeChatBusyError(SEND_MESSAGE, retry_after_s=1)
            reply = self._access.ask(SEND_MESSAGE, body, repeatable=False, deadline=deadline)
        return reply.text_or_none("msgid")

    def risk_rank(self, openid: str, scene: RiskScene, *, client_ip: str) -> int:
        """Say how risky WeChat finds this person now, from 0 to 4; one signal among others, no verdict.

        Raises WeChatUserError if he has not opened the mini-program lately, and the other kinds.
        """
        path = "/wxa/getuserriskrank"
        body: dict[str, object] = {
            "appid": self._line.appid,
            "openid": checked_openid(path, openid),
            "scene": int(scene),
            "client_ip": client_ip,
        }
        rank = self._access.ask(path, body, repeatable=True).number("risk_rank")
        if not 0 <= rank <= _WORST_RANK:
            raise WeChatAnswerError(path)
        return rank


def identified(path: str, reply: Reply) -> WeChatIdentity:
    """Read who somebody is; raises WeChatAnswerError where that could be nobody's name at WeChat."""
    identity = WeChatIdentity(reply.text("openid"), reply.text_or_none("unionid"))
    for name in (identity.openid, identity.unionid):
        if name is not None and not _OPENID.fullmatch(name):
            raise WeChatAnswerError(path)
    return identity


def checked_code(path: str, code: str) -> str:
    """Refuse at once what cannot be a code of WeChat's."""
    if not _CODE.fullmatch(code):
        raise CodeRefusedError(path)
    return code


def checked_openid(path: str, openid: str) -> str:
    """Refuse at once what cannot be an openid."""
    if not _OPENID.fullmatch(openid):
        raise WeChatUserError(path)
    return openid


def _lock_number(openid: str) -> int:
    """Choose one of a fixed number of locks, the same in every process; so no openid is a key in Redis."""
    return int.from_bytes(sha256(openid.encode()).digest()[:4]) % _SENDING_LOCKS
