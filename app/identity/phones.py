"""The phone numbers of users: sealed in the row, found by blind index, shown masked."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import User
from app.people import masked_digits, shown_masked
from app.sealing import Cell, Opener, Sealer, Showing

_KIND = "phone"
_TENANT = "users"
"""Users are looked up before anybody knows which community they belong to."""


def sealed_phone(sealer: Sealer, user_id: UUID, phone: str) -> dict[str, Any]:
    """Give the columns that keep a user's phone."""
    return {
        "phone_sealed": sealer.seal(phone, _cell(user_id)),
        "phone_index": sealer.index(_KIND, _TENANT, phone),
    }


def has_phone(sealer: Sealer, phone: str) -> ColumnElement[bool]:
    """Say in SQL that a user has this phone."""
    return User.phone_index == sealer.index(_KIND, _TENANT, phone)


def phone_of(sealer: Opener, user: User) -> str | None:
    """Give a user's phone in clear, for a message to him or a masked view.

    Raises UnreadableError as ``sealer`` does.
    """
    return sealer.open(user.phone_sealed, _cell(user.id)) if user.phone_sealed else None


def masked_phone(sealer: Sealer, user: User) -> str | None:
    """Give the phone as WeChat's rule shows it: the first three and the last two digits.

    One that does not open says so in its place.
    """
    return shown_masked(phone_of(Showing(sealer), user), masked_digits)


def _cell(user_id: UUID) -> Cell:
    return Cell("users", "phone_sealed", user_id)


def accounts_by_phone(session: Session, sealer: Sealer, phones: Collection[str]) -> dict[str, User]:
    """Give the accounts that have these phones, wherever they are."""
    indexes = {sealer.index(_KIND, _TENANT, phone): phone for phone in phones}
    found = session.scalars(select(User).where(User.phone_index.in_(indexes)))
    return {indexes[user.phone_index]: user for user in found if user.phone_index is not None}
