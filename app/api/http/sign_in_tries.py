"""How failed sign-ins are held back: by phone in PostgreSQL, by address in Redis.

Many phones tried once each from one address look like one person guessing (password spraying); a village
shares an address, too, so good sign-ins do not count.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse

from app import identity
from app.api.http.addresses import asking_address
from app.api.http.limits import Tally
from app.api.http.parts import parts
from app.api.http.recording import reading
from app.errors import DomainError, Kind

FAILURES = parse("30 per 15 minutes")


class TooManyTriesError(DomainError):
    """Too many sign-ins failed from this address (data: ``retry_after_s``)."""

    code = "too_many_tries"
    kind = Kind.TOO_MANY


@contextmanager
def counted_by_address() -> Iterator[None]:
    """Count a sign-in that fails against its address; before it is looked at, so that none slips through.

    Raises TooManyTriesError, with nothing read, once the limit is full.
    """
    name = identity.keyed(parts().tries_key, "address", asking_address()).hex()
    tally = Tally(FAILURES, ("failed sign-ins", name))
    if not tally.add():
        after_s = tally.reopens_in_s()
        raise TooManyTriesError(retry_after_s=after_s, minutes=(after_s + 59) // 60)
    try:
        yield
    except DomainError as error:
        if error.kind is not Kind.UNKNOWN_PERSON:
            tally.add(-1)
        raise
    except Exception:
        tally.add(-1)
        raise
    tally.add(-1)


@contextmanager
def counted_by_phone(phone: str) -> Iterator[bool]:
    """Count a try for a phone, known or not, and say whether the phone is closed.

    Whoever is let in has the count cleared by the sign-in itself; a fault of ours is taken back.
    """
    who = identity.who_tries(parts().tries_key, phone)
    with reading() as session:
        closed = identity.count_try(session, who)
    try:
        yield closed
    except DomainError:
        raise
    except Exception:
        if not closed:
            with reading() as session:
                identity.uncount_try(session, who)
        raise
