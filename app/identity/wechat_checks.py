"""Proving oneself again by WeChat, for people who have nothing else to prove themselves by."""

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.identity.checks import note_check
from app.identity.second_factor import has_second_factor
from app.identity.wechat import own_openid
from app.models import User
from app.sealing import Sealer


class WeChatCheckUnfitError(DomainError):
    """The account has a password, a second factor or a post, and what WeChat says by itself is less."""

    code = "wechat_check_unfit"
    kind = Kind.FORBIDDEN


class WeChatOtherError(DomainError):
    """It is another WeChat than the account's own."""

    code = "wechat_other"
    kind = Kind.FORBIDDEN


def check_by_wechat(session: Session, actor: Actor, sealer: Sealer, openid: str) -> datetime:
    """Let the actor prove himself again by his own WeChat; give until when it holds.

    A session's token alone cannot do it: it takes the phone on which that WeChat is. Closing an account must
    not ask for more than opening it did (GB/T 35273 8.5), and who came by WeChat has no password.

    Raises WeChatNotLinkedError, WeChatOtherError, WeChatCheckUnfitError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    if not hmac.compare_digest(own_openid(session, actor, sealer).encode(), openid.encode()):
        raise WeChatOtherError(field="wechat_code")
    user = session.get_one(User, actor.user_id)
    if user.password_hash or actor.held or actor.waiting or has_second_factor(session, user.id):
        raise WeChatCheckUnfitError(field="wechat_code")
    return note_check(session, actor)
