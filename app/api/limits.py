"""Rate limits, shared by the workers through Redis; without Redis each worker counts for itself."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.clock import now

limiter = Limiter(key_func=get_remote_address, headers_enabled=False, in_memory_fallback_enabled=True)
_A_WHILE_S = 60


def retry_after_s() -> int:
    """Give the seconds until the limit that this request hit opens again."""
    limit = limiter.current_limit
    return max(1, limit.reset_at - int(now().timestamp())) if limit else _A_WHILE_S
