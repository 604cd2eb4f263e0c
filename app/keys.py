"""Keys for single purposes, derived from the one secret of the settings."""

import hmac
from hashlib import sha256


def derived(secret: str, purpose: str) -> bytes:
    """Give the key of one purpose: one block of RFC 5869's expand, so no key tells anything of another."""
    return hmac.new(secret.encode(), purpose.encode() + b"\x01", sha256).digest()
