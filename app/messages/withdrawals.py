"""A withdrawal that somebody told WeChat is one that he told us (PIPL, art. 15 and 47).

What came through WeChat goes; what his household or staff told of him stays, and so does what the law keeps.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app import identity, people, retention
from app.messages.credits import forget_credits
from app.models import ConsentPurpose, User
from app.sealing import Sealer

_PHONE, _POSITION, _PHOTOS, _CHOSEN_POSITION = 8, 13, 14, 18
"""Numbers of what may be taken back (RevokeInfo) that we ever ask for."""


def take_back(session: Session, sealer: Sealer, content: Mapping[str, Any]) -> None:
    """Forget what one authorisation gave us. Somebody whom we do not know has nothing here."""
    user = identity.user_with_openid(session, sealer, content["openid"])
    if user is None:
        return
    if content["info"] == _PHONE:
        identity.forget_vouched_phone(user)
    elif content["info"] in {_POSITION, _CHOSEN_POSITION}:
        _forget_positions(session, user)
    elif content["info"] == _PHOTOS:
        _forget_photos(session, user)


def close_account(session: Session, sealer: Sealer, content: Mapping[str, Any]) -> None:
    """Forget all that came through the WeChat account that is closed, and let nobody in by it."""
    user = identity.user_with_openid(session, sealer, content["openid"])
    if user is None:
        return
    _forget_positions(session, user)
    _forget_photos(session, user)
    forget_credits(session, user.id)
    identity.forget_wechat(session, user)


def _forget_positions(session: Session, user: User) -> None:
    _withdraw(session, user, ConsentPurpose.LOCATION)
    retention.forget_given_positions(session, user.id)


def _forget_photos(session: Session, user: User) -> None:
    _withdraw(session, user, ConsentPurpose.PHOTO)
    retention.forget_given_photos(session, user.id)


def _withdraw(session: Session, user: User, purpose: ConsentPurpose) -> None:
    if user.resident_id is not None:
        people.withdraw_purpose(session, user.resident_id, purpose, by=user.id)
