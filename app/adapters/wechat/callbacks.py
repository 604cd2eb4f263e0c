"""What WeChat's servers send to us: verified, decrypted, heard once. Only the safe mode (安全模式) is taken.

``msg_signature`` is the SHA-1 of token, timestamp, nonce and ciphertext, sorted and joined; the text is
AES-256-CBC with PKCS#7 over blocks of 32, and names at its end the appid it is for.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha1, sha256

import redis
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from app.adapters.wechat.errors import WeChatError, WeChatRetryableError
from app.adapters.wechat.events import Event, EventError, read_fields
from app.adapters.wechat.reply import whole
from app.clock import now

LARGEST_BODY = 64 * 1024
"""Events have one or two kilobytes."""
SKEW = timedelta(minutes=5)
_BLOCK, _AES_BLOCK = 32, 16
_RANDOM, _LENGTH = 16, 4
_NONCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ECHO = re.compile(r"[A-Za-z0-9+/=_-]{1,1024}")
_CALL = "callback"


class CallbackRefusedError(WeChatError):
    """It does not come from WeChat, or not for us, or is not whole."""


class CallbackRepeatedError(CallbackRefusedError):
    """It was heard before: WeChat may be told ``success``, and nothing more is done."""


class CallbackUncertainError(WeChatRetryableError):
    """Whether it was heard before is unknown, for Redis is down: WeChat sends it again."""


class Callbacks:
    """Opens what arrives for one appid; two keys are accepted while the key is being changed."""

    def __init__(
        self, client: redis.Redis, *, appid: str, token: str, encoding_keys: tuple[str, ...]
    ) -> None:
        self._redis = client
        self._appid = appid.encode()
        self._token = token
        self._keys = tuple(base64.b64decode(f"{key}=") for key in encoding_keys)

    def echo(self, query: Mapping[str, str]) -> str:
        """Answer the question by which WeChat checks the address; raises CallbackRefusedError."""
        timestamp, nonce = _when(query)
        answer = query.get("echostr", "")
        if not self._is_signed(query.get("signature", ""), timestamp, nonce) or not _ECHO.fullmatch(answer):
            raise CallbackRefusedError(_CALL)
        return answer

    def open(self, query: Mapping[str, str], body: bytes) -> Event:
        """Return what happened, once.

        Raises CallbackRefusedError, CallbackRepeatedError and CallbackUncertainError.
        """
        timestamp, nonce = _when(query)
        if len(body) > LARGEST_BODY:
            raise CallbackRefusedError(_CALL)
        try:
            sealed = read_fields(body).get("Encrypt")
            if not isinstance(sealed, str) or not sealed.isascii():
                raise CallbackRefusedError(_CALL)
            if not self._is_signed(query.get("msg_signature", ""), timestamp, nonce, sealed):
                raise CallbackRefusedError(_CALL)
            event = Event(read_fields(self._decrypted(sealed)))
        except EventError:
            event = None
        if event is None:
            raise CallbackRefusedError(_CALL)
        self._hear_once(timestamp, nonce)
        return event

    def forget(self, query: Mapping[str, str]) -> None:
        """Let the same callback be heard again, because what it asked for could not be done."""
        timestamp, nonce = _when(query)
        try:
            self._redis.delete(self._heard(timestamp, nonce))
        except (redis.RedisError, OSError):
            return

    def _is_signed(self, given: str, *parts: str) -> bool:
        wanted = callback_signature(self._token, *parts)
        return hmac.compare_digest(wanted.encode(), given.encode())

    def _decrypted(self, sealed: str) -> bytes:
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if data and len(data) % _AES_BLOCK == 0:
            for key in self._keys:
                text = _unwrapped(_decrypted(key, data), self._appid)
                if text is not None:
                    return text
        raise CallbackRefusedError(_CALL)

    def _hear_once(self, timestamp: str, nonce: str) -> None:
        """Refuse a nonce that was used within the time in which its timestamp is accepted."""
        try:
            kept_s = int(2 * SKEW.total_seconds()) + 60
            new = self._redis.set(self._heard(timestamp, nonce), b"1", nx=True, ex=kept_s)
        except (redis.RedisError, OSError):
            raise CallbackUncertainError(_CALL) from None
        if not new:
            raise CallbackRepeatedError(_CALL)

    def _heard(self, timestamp: str, nonce: str) -> str:
        mark = sha256(f"{self._token}:{timestamp}:{nonce}".encode()).hexdigest()
        return f"wechat:{self._appid.decode()}:heard:{mark}"


def callback_signature(token: str, *parts: str) -> str:
    """Return WeChat's signature of a callback: SHA-1 over the sorted parts."""
    return sha1("".join(sorted((token, *parts))).encode(), usedforsecurity=False).hexdigest()


def _when(query: Mapping[str, str]) -> tuple[str, str]:
    """Return timestamp and nonce; refuse what was signed more than five minutes ago or ahead."""
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    seconds = whole(timestamp)
    if seconds is None or not _NONCE.fullmatch(nonce):
        raise CallbackRefusedError(_CALL)
    if abs(now().timestamp() - seconds) > SKEW.total_seconds():
        raise CallbackRefusedError(_CALL)
    return timestamp, nonce


def _decrypted(key: bytes, data: bytes) -> bytes:
    decryptor = Cipher(AES(key), CBC(key[:_AES_BLOCK])).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _unwrapped(padded: bytes, appid: bytes) -> bytes | None:
    """Take padding, random start, length and appid off; None if any of them is not as it must be."""
    pad = padded[-1]
    if not 1 <= pad <= _BLOCK or padded[-pad:] != bytes([pad]) * pad:
        return None
    plain = padded[:-pad]
    start = _RANDOM + _LENGTH
    end = start + int.from_bytes(plain[_RANDOM:start])
    fits = len(plain) >= start and end <= len(plain)
    return plain[start:end] if fits and hmac.compare_digest(plain[end:], appid) else None
