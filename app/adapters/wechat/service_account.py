"""The calls that serve the web app inside WeChat, by a service account (服务号) with its own appid."""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha1
from urllib.parse import urlencode, urlsplit

import redis

from app.adapters.wechat.access_token import AccessToken
from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.errors import WeChatAnswerError, WeChatUserError
from app.adapters.wechat.line import Line
from app.adapters.wechat.mini_program import WeChatIdentity, checked_code, identified
from app.adapters.wechat.shared_value import Fetched, SharedValue
from app.adapters.wechat.transport import TOTAL_S
from app.clock import now

_STATE = re.compile(r"[A-Za-z0-9]{16,128}")
_LONGEST_TICKET_LIFE_S = 7200
_LONGEST_URL = 2048
_HTTPS_PORT = 443
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class PageRefusedError(WeChatUserError):
    """The page is not one of ours, so it gets neither signature nor sign-in."""


@dataclass(frozen=True, slots=True)
class PageSignature:
    """What ``wx.config`` needs, beside the list of functions, to let a page scan and take photos."""

    appid: str
    nonce: str
    timestamp: int
    """Seconds."""
    signature: str = field(repr=False)


class ServiceAccount:
    """Our service account as WeChat's servers know it."""

    def __init__(
        self,
        line: Line,
        client: redis.Redis,
        access: AccessToken,
        *,
        key: bytes,
        login_url: str,
        hosts: tuple[str, ...],
    ) -> None:
        self._line = line
        self._access = access
        self._login_url = login_url
        self._hosts = frozenset(host.lower() for host in hosts)
        self._ticket = SharedValue(client, f"wechat:{line.appid}:ticket", key)

    def authorize_url(self, redirect_url: str, state: str) -> str:
        """Give the address that sends somebody through WeChat and back to ``redirect_url`` with a code.

        Nothing is asked on the way. ``state`` is 16 to 128 letters and digits, random, and comes back too.
        The page may be plain http on this machine itself, for trying out: nobody else sees the code there,
        and WeChat refuses such an address.
        Raises PageRefusedError if the page is on none of our hosts, and ValueError for another kind of state.
        """
        if not _STATE.fullmatch(state):
            message = "a state has 16 to 128 letters and digits"
            raise ValueError(message)
        query = urlencode(
            {
                "appid": self._line.appid,
                "redirect_uri": self._own_page("/connect/oauth2/authorize", redirect_url, here_too=True),
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        return f"{self._login_url}/connect/oauth2/authorize?{query}#wechat_redirect"

    def exchange(self, code: str) -> WeChatIdentity:
        """Say whose web sign-in code it is; it works once and is never sent twice.

        WeChat's own tokens for this person are not read. Raises CodeRefusedError and the other kinds.
        """
        path = "/sns/oauth2/access_token"
        query = {
            "appid": self._line.appid,
            "secret": self._line.secret,
            "code": checked_code(path, code),
            "grant_type": "authorization_code",
        }
        reply = self._line.ask(path, query, repeatable=False, deadline=Deadline.after(TOTAL_S))
        return identified(path, reply)

    def has_ticket(self) -> bool:
        """Say whether ``sign_page`` can do without WeChat's servers now."""
        return self._ticket.is_known_fresh()

    def sign_page(self, url: str) -> PageSignature:
        """Sign one of our pages for WeChat's functions; the part from ``#`` on does not count.

        Raises PageRefusedError for a page elsewhere, and the other kinds of WeChatError.
        """
        page = self._own_page("/cgi-bin/ticket/getticket", url)
        nonce, timestamp = secrets.token_hex(8), int(now().timestamp())
        ticket = self._ticket.get(self._fetch_ticket, Deadline.after(TOTAL_S))
        return PageSignature(
            self._line.appid, nonce, timestamp, page_signature(ticket, nonce, timestamp, page)
        )

    def _fetch_ticket(self, deadline: Deadline) -> Fetched:
        path = "/cgi-bin/ticket/getticket"
        reply = self._access.ask(path, query={"type": "jsapi"}, repeatable=True, deadline=deadline)
        life_s = min(reply.number("expires_in"), _LONGEST_TICKET_LIFE_S)
        if life_s <= 0:
            raise WeChatAnswerError(path)
        return Fetched(reply.text("ticket"), life_s)

    def _own_page(self, path: str, url: str, *, here_too: bool = False) -> str:
        """Return the address without its fragment, if a browser would find it on one of our hosts."""
        page = url.partition("#")[0]
        if not _is_on(page, self._hosts, here_too=here_too):
            raise PageRefusedError(path)
        return page


def page_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return the signature of the JS-SDK: SHA-1 over raw values in a fixed order, as WeChat wants it."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


def _is_on(url: str, hosts: frozenset[str], *, here_too: bool) -> bool:
    """Say whether it is https on one of the hosts, with nothing that a browser might read otherwise.

    ``here_too`` also takes http, from any port, if the host is this machine.
    """
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or parts.hostname not in hosts:
        return False
    if parts.scheme == "http":
        return here_too and parts.hostname in _HERE
    return parts.scheme == "https" and port in {None, _HTTPS_PORT}
