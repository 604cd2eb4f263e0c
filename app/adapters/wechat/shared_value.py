"""A value of WeChat's with a use-by time, such as the access token, fetched once for all processes.

It lies sealed in Redis, and for a minute in each process (the platform advises a minute). It is
renewed before its time by one caller while the others use the old one; without an old one they wait for that
caller. With Redis down each process fetches its own.
"""

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.errors import WeChatQuotaError, WeChatRetryableError, WeChatTimeoutError
from app.adapters.wechat.shared_lock import HELD_MS, SharedLock
from app.clock import now

RENEW_BEFORE_S = 300
"""Or half of its life, for what had not even twice that left when it was fetched."""
REMEMBERED_FOR = timedelta(seconds=60)
_FETCH_S = HELD_MS / 1000 - 1
_NONCE_BYTES = 12
_DROP = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What WeChat gave, and for how long from the moment it was asked."""

    text: str
    life_s: int


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    renew_at: datetime
    expires_at: datetime
    read_at: datetime

    def is_fresh(self) -> bool:
        return self.renew_at >= now()

    def is_usable(self) -> bool:
        return self.expires_at > now()

    def is_recent(self) -> bool:
        return timedelta(0) <= now() - self.read_at < REMEMBERED_FOR


Fetch = Callable[[Deadline], Fetched]


class SharedValue:
    """One such value by name."""

    def __init__(self, client: redis.Redis, name: str, key: bytes) -> None:
        self._redis = client
        self._name = name
        self._cipher = AESGCM(key)
        self._lock = SharedLock(client, f"{name}:lock")
        self._memory: _Kept | None = None

    def get(self, fetch: Fetch, deadline: Deadline) -> str:
        """Return the value, renewing it if it is nearly due.

        Raises what ``fetch`` raises, and WeChatTimeoutError if somebody else's fetch takes too long.
        """
        kept = self._known()
        if kept and kept.is_fresh():
            return kept.text
        with self._lock.taken(deadline, wait=kept is None, unless=self.is_known_fresh) as mine:
            newer = self._known() or kept  # whoever had the lock before may have renewed it just now
            if newer and (newer.is_fresh() or not mine):
                return newer.text
            if not mine:
                raise WeChatTimeoutError(self._name)
            try:
                return self._fetched(fetch, deadline).text
            except (WeChatRetryableError, WeChatQuotaError):
                if newer is None:
                    raise
                return newer.text

    def is_known_fresh(self) -> bool:
        """Say whether ``get`` would neither fetch nor wait now."""
        kept = self._known()
        return kept is not None and kept.is_fresh()

    def replace(
        self, bad: str, fetch: Callable[[Deadline], Fetched | None], deadline: Deadline
    ) -> str | None:
        """Fetch a value instead of ``bad``, unless somebody else just did; None if there is none."""
        with self._lock.taken(deadline) as mine:
            stored = self._stored()
            if stored and stored.text != bad:
                return self._remembered(stored).text
            asked_at = now()
            fetched = fetch(deadline.within(_FETCH_S)) if mine else None
            return self._keep(fetched, asked_at).text if fetched else None

    def drop(self, bad: str) -> None:
        """Forget the value if it is still this one, here and in Redis."""
        if self._memory and self._memory.text == bad:
            self._memory = None
        with suppress(redis.RedisError, OSError):
            sealed = self._redis.get(self._name)
            if isinstance(sealed, bytes) and (kept := self._opened(sealed)) and kept.text == bad:
                self._redis.eval(_DROP, 1, self._name, sealed)

    def _known(self) -> _Kept | None:
        """Return a value that works, the remembered one while it is recent."""
        memory = self._memory
        if memory and memory.is_recent() and memory.is_fresh():
            return memory
        stored = self._stored()
        if stored:
            return self._remembered(stored)
        return memory if memory and memory.is_recent() and memory.is_usable() else None

    def _stored(self) -> _Kept | None:
        try:
            sealed = self._redis.get(self._name)
        except (redis.RedisError, OSError):
            return None
        kept = self._opened(sealed) if isinstance(sealed, bytes) else None
        return kept if kept and kept.is_usable() else None

    def _fetched(self, fetch: Fetch, deadline: Deadline) -> _Kept:
        asked_at = now()
        return self._keep(fetch(deadline.within(_FETCH_S)), asked_at)

    def _keep(self, fetched: Fetched, asked_at: datetime) -> _Kept:
        expires_at = asked_at + timedelta(seconds=fetched.life_s)
        renew_at = expires_at - timedelta(seconds=min(RENEW_BEFORE_S, fetched.life_s / 2))
        kept = _Kept(fetched.text, renew_at, expires_at, asked_at)
        with suppress(redis.RedisError, OSError):
            self._redis.set(self._name, self._sealed(kept), ex=fetched.life_s)
        return self._remembered(kept)

    def _remembered(self, kept: _Kept) -> _Kept:
        self._memory = kept
        return kept

    def _sealed(self, kept: _Kept) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        text = json.dumps([kept.text, kept.renew_at.isoformat(), kept.expires_at.isoformat()]).encode()
        return nonce + self._cipher.encrypt(nonce, text, self._name.encode())

    def _opened(self, sealed: bytes) -> _Kept | None:
        """Unseal; what another key sealed, or somebody changed, is as good as absent."""
        try:
            text = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._name.encode())
        except (InvalidTag, ValueError):
            return None
        value, *moments = json.loads(text)
        renew_at, expires_at = map(datetime.fromisoformat, moments)
        return _Kept(value, renew_at, expires_at, now())
