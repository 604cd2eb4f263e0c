"""Telling an app of events: signed, encrypted if wanted, tried three times; and the wrong ways to do so."""

import base64
import http.client
import ipaddress
import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes.wechat.accounts import App
from tests.fakes.wechat.deliveries import Attempt, PushRequest
from tests.fakes.wechat.signing import encrypt, encrypt_blocks, frame, push_signature
from tests.fakes.wechat.world import World

TRIES = 3
ANSWER_S = 5.0
WRONGS = {
    "", "signature", "no_signature", "inner_appid", "ciphertext", "ciphertext_resigned", "key", "padding",
    "length",
}  # fmt: skip
STRANGE_APPID = "wx00000000deadbeef"
STRANGE_KEY = "B" * 43


class NotOurMachineError(ValueError):
    """A push is to leave this machine."""


@dataclass(frozen=True)
class How:
    """How one push is to be made: as the app's owner set it, unless said."""

    form: str = ""
    encrypted: bool | None = None
    timestamp: int | None = None
    key: str = "current"
    """``previous`` encrypts with the EncodingAESKey before the last rotation."""
    wrong: str = ""
    """One of ``WRONGS``."""

    def __post_init__(self) -> None:
        """Refuse what would silently be an ordinary push."""
        if self.wrong not in WRONGS or self.key not in {"current", "previous"}:
            raise ValueError(f"there is no such push: {self}")


def signed(world: World, app: App, message: str, openid: str, how: How) -> PushRequest:
    """Make the request that tells an app something."""
    push = app.push
    timestamp = str(int(world.clock.now()) if how.timestamp is None else how.timestamp)
    nonce = str(world.random.randrange(10**8, 10**9))
    form = how.form or push.format
    query = {
        "signature": push_signature(push.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": openid,
    }
    body, checked = message, "signature"
    if push.encrypted if how.encrypted is None else how.encrypted:
        ciphertext = _encrypted(world, app, message, how)
        sent = _bent(ciphertext) if how.wrong.startswith("ciphertext") else ciphertext
        over = sent if how.wrong == "ciphertext_resigned" else ciphertext
        query |= {
            "encrypt_type": "aes",
            "msg_signature": push_signature(push.token, timestamp, nonce, over),
        }
        body, checked = _envelope(app, sent, form), "msg_signature"
    if how.wrong == "signature":
        query[checked] = push_signature(push.token + "x", timestamp, nonce)
    if how.wrong == "no_signature":
        query = {name: value for name, value in query.items() if "signature" not in name}
    return PushRequest(query, "application/json" if form == "json" else "text/xml", body)


def verification(world: World, app: App) -> tuple[dict[str, str], str]:
    """Return the query that checks an address when its owner enters it, and the echo expected."""
    timestamp = str(int(world.clock.now()))
    nonce = str(world.random.randrange(10**8, 10**9))
    echo = str(world.random.randrange(10**18, 10**19))
    signature = push_signature(app.push.token, timestamp, nonce)
    return {"signature": signature, "echostr": echo, "timestamp": timestamp, "nonce": nonce}, echo


def send(url: str, request: PushRequest, *, tries: int = TRIES, answer_s: float = ANSWER_S) -> list[Attempt]:
    """Send until accepted, at most so many times; an answer that takes longer is none."""
    attempts: list[Attempt] = []
    while len(attempts) < tries and not (attempts and attempts[-1].accepted):
        headers = {"Content-Type": request.content_type, "User-Agent": "Mozilla/4.0"}
        attempts.append(ask(url, "POST", request.query, request.body, headers, answer_s))
    return attempts


def ask(
    url: str, method: str, query: dict[str, str], body: str, headers: dict[str, str], answer_s: float
) -> Attempt:
    """Send one request to this machine; raises NotOurMachineError for any other."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not _is_here(parts.hostname):
        raise NotOurMachineError(f"{url} is not on this machine")
    target = f"{parts.path or '/'}?{urlencode(dict(parse_qsl(parts.query)) | query)}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=answer_s)
    start = time.monotonic()
    try:
        connection.request(method, target, body.encode() or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return Attempt(None, "", type(error).__name__, time.monotonic() - start)
    finally:
        connection.close()
    return Attempt(answer.status, text, "", time.monotonic() - start)


def _encrypted(world: World, app: App, message: str, how: How) -> str:
    key = app.push.previous_aes_key if how.key == "previous" else app.push.aes_key
    framed = frame(
        message.encode(),
        STRANGE_APPID if how.wrong == "inner_appid" else app.appid,
        world.random.randbytes(16),
    )
    if how.wrong == "length":
        framed = framed[:16] + b"\xff\xff\xff\xff" + framed[20:]
    if how.wrong == "padding":
        return encrypt_blocks(key, framed + bytes(-len(framed) % 32) + bytes(32))
    return encrypt(STRANGE_KEY if how.wrong == "key" else key, framed)


def _bent(ciphertext: str) -> str:
    raw = bytearray(base64.b64decode(ciphertext))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(bytes(raw)).decode()


def _envelope(app: App, ciphertext: str, form: str) -> str:
    if form == "json":
        return json.dumps({"ToUserName": app.original_id, "Encrypt": ciphertext})
    return (
        f"<xml><ToUserName><![CDATA[{app.original_id}]]></ToUserName>"
        f"<Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>"
    )


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
