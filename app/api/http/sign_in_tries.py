"""How sign-ins are held back: wrong ones by phone in PostgreSQL, by address in Redis, right ones by person.

Many phones tried once each from one address look like one person guessing (password spraying). An office and
a village share an address, too, so a right sign-in uses up nothing of it, however many come at eight o'clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from uuid import UUID

from flask import Response, g
from limits import parse

from app import identity
from app.api.http.addresses import asking_address
from app.api.http.limits import Tally
from app.api.http.parts import parts
from app.api.http.rates import TooManyRequestsError
from app.api.http.recording import reading
from app.errors import DomainError, Kind

FAILURES = parse("30 per 15 minutes")
AT_ONCE = parse("40 per minute")
"""Sign-ins of one address under way: that many may pass beside each other before the first one has failed."""
RIGHT = parse("20 per minute")
"""Sign-ins of one phone: each password costs the processor what an attacker would pay for it."""
REFRESHES = parse("30 per minute")
"""Of one person."""
OF_ONE_WECHAT = parse("30 per 10 minutes")
"""Sign-ins of one openid, each of which asks WeChat."""
_WRONG = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


class TooManyTriesError(DomainError):
    """Too many sign-ins failed from this address (data: ``retry_after_s``)."""

    code = "too_many_tries"
    kind = Kind.TOO_MANY


def is_wrong(response: Response) -> bool:
    """Say whether a sign-in was refused for what was sent, and so counts against a limit of its address.

    Whoever was right, and is refused for something else, does not count.
    """
    counts: bool = g.get("sign_in_counts", response.status_code in _WRONG)
    return counts


@contextmanager
def counted_by_address() -> Iterator[None]:
    """Count a sign-in that fails against its address; those under way are counted, so that few slip through.

    Raises TooManyTriesError, with nothing read, once the limit is full, and TooManyRequestsError.
    """
    name = _keyed("address", asking_address())
    failed, under_way = Tally(FAILURES, ("failed sign-ins", name)), Tally(AT_ONCE, ("sign-ins now", name))
    if not failed.has_room():
        after_s = failed.reopens_in_s()
        raise TooManyTriesError(retry_after_s=after_s, minutes=(after_s + 59) // 60)
    if not under_way.add():
        under_way.add(-1)
        raise TooManyRequestsError(retry_after_s=1)
    try:
        yield
    except DomainError as error:
        is_replay = isinstance(error, identity.CodeRefusedError) and error.is_replay
        if error.kind is Kind.UNKNOWN_PERSON and not is_replay:
            failed.add()
        else:
            g.sign_in_counts = False
        raise
    finally:
        under_way.add(-1)


@contextmanager
def counted_by_phone(phone: str) -> Iterator[bool]:
    """Count a try for a phone, known or not, and say whether the phone is closed.

    Whoever is let in has the count cleared by the sign-in itself; a fault of ours is taken back. Raises
    TooManyRequestsError where it was let in too often just now, which nobody else can bring about.
    """
    who = identity.who_tries(parts().tries_key, phone)
    right = Tally(RIGHT, ("right sign-ins", who.hex()))
    if not right.has_room():
        raise TooManyRequestsError(retry_after_s=right.reopens_in_s())
    with reading() as session:
        closed = identity.count_try(session, who)
    try:
        yield closed
    except DomainError as error:
        if error.kind is not Kind.UNKNOWN_PERSON:
            right.add()
        raise
    except Exception:
        if not closed:
            with reading() as session:
                identity.uncount_try(session, who)
        raise
    right.add()


def count_refresh(user_id: UUID) -> None:
    """Count that somebody goes on. Raises TooManyRequestsError, before anything is kept of it."""
    _count(Tally(REFRESHES, ("refreshes", user_id.hex)))


def count_wechat(openid: str) -> None:
    """Count a sign-in of whom WeChat names; one too many counts against its address, too.

    Raises TooManyRequestsError.
    """
    try:
        _count(Tally(OF_ONE_WECHAT, ("WeChat sign-ins", _keyed("openid", openid))))
    except TooManyRequestsError:
        g.sign_in_counts = True
        raise


def _count(tally: Tally) -> None:
    if not tally.add():
        raise TooManyRequestsError(retry_after_s=tally.reopens_in_s())


def _keyed(kind: str, name: str) -> str:
    return identity.keyed(parts().tries_key, kind, name).hex()
