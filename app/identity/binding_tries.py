"""Tries with a household's binding code, whatever they are for: counted by user and by household.

Within a quarter of an hour five wrong ones of one user, or fifty for one household, close it to him, or it to
everybody, for half an hour: no single account can close a household, since a try of a user who is closed does
not count for it.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.binding_codes import HALF
from app.identity.tries import CLOSED_FOR, count_try, keyed, uncount_try

MOST_OF_HOUSEHOLD = 50
"""Wrong tries for one household, whoever made them: of ten accounts at least."""
CLOSED_MINUTES = int(CLOSED_FOR.total_seconds()) // 60


def count_binding_try(session: Session, key: bytes, user_id: UUID, code: str) -> tuple[bytes, bytes] | None:
    """Count a try before it is looked at, and give what it is counted under; None if it is closed."""
    user_key = keyed(key, "binding user", user_id)
    household_key = keyed(key, "binding household", code[:HALF])
    if count_try(session, user_key) or count_try(session, household_key, most=MOST_OF_HOUSEHOLD):
        return None
    return user_key, household_key


def uncount_binding_try(session: Session, counted: tuple[bytes, bytes]) -> None:
    """Take a right one back: it is not counted, and clears none."""
    user_key, household_key = counted
    uncount_try(session, user_key)
    uncount_try(session, household_key, most=MOST_OF_HOUSEHOLD)
