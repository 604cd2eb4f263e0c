"""The connection to Redis or Valkey, which holds nothing that may not be lost (docs/adr/0001).

So it may be away: every call gives up within about a second, and callers go on without it.
"""

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

CONNECT_TIMEOUT_S = 0.5
ANSWER_TIMEOUT_S = 0.5
HEALTH_CHECK_S = 30


def connect(url: str) -> redis.Redis:
    """Return a client for ``redis://``, ``rediss://`` or ``unix://``; it connects at its first command.

    A command whose pooled connection died is sent once more, at once and on a new one; a late answer is not
    waited for again. Values come back as bytes. Raises ValueError for another kind of address.
    """
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
        health_check_interval=HEALTH_CHECK_S,
        retry=Retry(NoBackoff(), retries=1, supported_errors=(NoConnectionError,)),
        retry_on_error=[],
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )


def ping(client: redis.Redis) -> bool:
    """Say whether Redis answers; whatever is wrong with it, this returns."""
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
