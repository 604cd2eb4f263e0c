"""Failed tries: five within a quarter of an hour close a phone or a second factor for half an hour.

Kept in PostgreSQL, so that workers share them and no restart of Redis forgets them (GB/T 22239-2019
8.1.4.1 b). A name is a keyed hash, the same for phones that nobody has.
"""

import hmac
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import now
from app.models import SignInTries

MOST = 5
WITHIN = timedelta(minutes=15)
CLOSED_FOR = timedelta(minutes=30)


def keyed(key: bytes, kind: str, name: object) -> bytes:
    """Give the keyed hash under which something is counted or recognised again."""
    return hmac.new(key, f"{kind}|{name}".encode(), sha256).digest()


def count_try(session: Session, who: bytes, *, most: int = MOST) -> bool:
    """Count a try before it is looked at, so that none slips through beside it; say whether it is closed.

    It closes with the ``most``-th try within a quarter of an hour.

    The right proof takes the count away again (``clear_tries``). Tries while closed do not prolong it.

    So one right try too many beside others in flight reads as wrong. To let it wait for how they end would
    let any number of guesses wait with it for the owner to sign in, and all be looked at then.
    """
    at = now()
    session.execute(insert(SignInTries).values(who=who, failed_at=[]).on_conflict_do_nothing())
    row = session.get_one(SignInTries, who, with_for_update=True, populate_existing=True)
    if row.locked_until is not None and row.locked_until > at:
        return True
    row.failed_at = [*(moment for moment in row.failed_at if moment > at - WITHIN), at]
    row.locked_until = at + CLOSED_FOR if len(row.failed_at) >= most else None
    return False


def uncount_try(session: Session, who: bytes, *, most: int = MOST) -> None:
    """Take the last try back: it failed by a fault of ours, or was right and says nothing of those before."""
    row = session.get_one(SignInTries, who, with_for_update=True, populate_existing=True)
    row.failed_at = row.failed_at[:-1]
    if len(row.failed_at) < most:
        row.locked_until = None


def clear_tries(session: Session, who: bytes) -> None:
    """Start anew."""
    session.execute(delete(SignInTries).where(SignInTries.who == who))
