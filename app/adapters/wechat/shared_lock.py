"""A lock that the processes of one installation share through Redis, and its threads without Redis."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis

from app.adapters.wechat.deadline import Deadline

HELD_MS = 10_000
"""After so long a lock opens by itself: its holder may have died."""
_LOOK_EVERY_S = 0.05
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class SharedLock:
    """One lock by name; with Redis down it still keeps the threads of a process apart."""

    def __init__(self, client: redis.Redis, name: str) -> None:
        self._redis = client
        self._name = name
        self._here = threading.Lock()

    @contextmanager
    def taken(
        self, deadline: Deadline, *, wait: bool = True, unless: Callable[[], bool] = lambda: False
    ) -> Iterator[bool]:
        """Hold the lock, if it is to be had at once or, waiting, before the deadline; say whether it is held.

        ``unless`` ends the waiting: what the lock was wanted for has been done by somebody else.
        """
        if not self._here.acquire(blocking=wait, timeout=deadline.left_s() if wait else -1):
            yield False
            return
        try:
            mark = secrets.token_hex(16)
            held = self._take(mark, deadline, unless, wait=wait)
            try:
                yield held
            finally:
                if held:
                    self._leave(mark)
        finally:
            self._here.release()

    def _take(self, mark: str, deadline: Deadline, unless: Callable[[], bool], *, wait: bool) -> bool:
        while not unless():
            try:
                if self._redis.set(self._name, mark, nx=True, px=HELD_MS):
                    return True
            except (redis.RedisError, OSError):
                return True
            if not wait or deadline.left_s() <= _LOOK_EVERY_S:
                return False
            time.sleep(_LOOK_EVERY_S)
        return False

    def _leave(self, mark: str) -> None:
        try:
            self._redis.eval(_RELEASE, 1, self._name, mark)
        except (redis.RedisError, OSError):
            return
