"""Short-lived addresses of photo files, each sealed for one holder.

An `<img>` cannot send a session's token, so the right travels in the address itself (ASVS 5.0, 3.5.8). What
the holder is, his session and what he may, is sealed in and looked up anew when the file is fetched.
"""

import hmac
from hashlib import sha256
from typing import Literal, get_args
from uuid import UUID

from app.clock import now

Copy = Literal["large", "thumb"]
COPIES: tuple[Copy, ...] = get_args(Copy)
LINK_LIFE_S = 600
"""At most this long; the end falls on a whole minute, so that a page polled twice shows one address."""
_MINUTE_S = 60
_UNTIL_DIGITS = 10


def seal_link(key: bytes, photo_id: UUID, copy: Copy, holder: str) -> dict[str, str]:
    """Give the parameters of an address that holds from now for nine to ten minutes.

    ``holder`` is who gets it, with all that his right to it hangs on.
    """
    ends = int(now().timestamp()) + LINK_LIFE_S
    until = str(ends - ends % _MINUTE_S)
    return {"until": until, "seal": _seal(key, photo_id, copy, until, holder)}


def link_holds(key: bytes, photo_id: UUID, copy: Copy, holder: str, *, until: str, seal: str) -> bool:
    """Say whether we sealed this address for this holder and it has not ended; compared in constant time."""
    right = hmac.compare_digest(_seal(key, photo_id, copy, until, holder).encode(), seal.encode())
    timely = len(until) == _UNTIL_DIGITS and until.isascii() and until.isdigit()
    return right and timely and int(until) > now().timestamp()


def _seal(key: bytes, photo_id: UUID, copy: Copy, until: str, holder: str) -> str:
    return hmac.new(key, f"{photo_id}/{copy}/{until}/{holder}".encode(), sha256).hexdigest()
