"""The phone number that WeChat vouches for: verified, so it may lead to a resident of the roster."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.adapters import wechat
from app.clock import now
from app.errors import DomainError, Kind
from app.identity.checks import ReauthRequiredError, is_checked
from app.identity.phones import has_phone, phone_of, sealed_phone
from app.identity.users import PhoneTakenError
from app.models import User
from app.once import unique
from app.sealing import Sealer, Showing

_HOME_COUNTRY = "86"
_MOBILE = re.compile(r"1[0-9]{10}")


class PhoneAbroadError(DomainError):
    """The number is no mobile number of the mainland, so no message and no roster knows it."""

    code = "phone_abroad"
    kind = Kind.INVALID


def keep_vouched_phone(session: Session, actor: Actor, sealer: Sealer, phone: wechat.WeChatPhone) -> User:
    """Keep the number as the actor's own; the same again is no change, but mends one that does not open.

    Raises PhoneAbroadError, PhoneTakenError if another account has it (accounts are joined only by who signs
    in to the other one and links his WeChat there), and ReauthRequiredError where it takes another's place.
    """
    assert actor.user_id is not None, "a phone needs an account"
    if phone.country_code != _HOME_COUNTRY or not _MOBILE.fullmatch(phone.number):
        raise PhoneAbroadError(field="code")
    user = session.get_one(User, actor.user_id, with_for_update=True, populate_existing=True)
    owner = session.scalars(select(User.id).where(has_phone(sealer, phone.number))).first()
    if owner != user.id and user.phone_sealed is not None and not is_checked(actor):
        raise ReauthRequiredError
    if owner not in {None, user.id}:
        raise PhoneTakenError(field="code")
    if phone_of(Showing(sealer), user) != phone.number:
        for name, value in sealed_phone(sealer, user.id, phone.number).items():
            setattr(user, name, value)
    user.phone_vouched_at = now()
    with unique({"uq_users_phone_index": PhoneTakenError(field="code")}):
        session.flush()
    return user
