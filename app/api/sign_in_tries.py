"""How often one phone may be tried in vain, from wherever.

Beside the limit of an address: a village shares one address, and an attacker has many.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from limits import parse_many

from app.api.limits import Tally
from app.errors import DomainError, Kind
from app.identity import WrongCredentialsError

TRIES = "10 per 15 minutes; 100 per day"
"""In a row: NIST SP 800-63B (throttling) lets at most a hundred pass."""
_LIMITS = sorted(parse_many(TRIES))


class TooManyTriesError(DomainError):
    """The phone was tried in vain too often, whether or not it is known (data: ``retry_after_s``)."""

    code = "too_many_tries"
    kind = Kind.TOO_MANY


@contextmanager
def counted_try(key: bytes, phone: str) -> Iterator[None]:
    """Count a sign-in for this phone that fails, under the phone's hash by ``key``.

    A try counts before its password is looked at, so that tries side by side cannot slip through together;
    the right password starts anew, and a fault of ours is taken back. So good sign-ins are never held back,
    and failures count in a row. Whoever keeps failing for somebody else's phone keeps him out too.

    Raises TooManyTriesError, with the password unread, once a limit is full.
    """
    hashed = hmac.new(key, phone.encode(), sha256).hexdigest()
    tallies = [Tally(limit, ("sign-in tries", hashed)) for limit in _LIMITS]
    for tally in tallies:
        if not tally.add():
            after_s = tally.reopens_in_s()
            raise TooManyTriesError(retry_after_s=after_s, minutes=(after_s + 59) // 60)
    try:
        yield
    except WrongCredentialsError:
        raise
    except Exception:
        for tally in tallies:
            tally.add(-1)
        raise
    for tally in tallies:
        tally.clear()
