"""What is claimed or ordered for a resident by somebody who acts for him (代办)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import NoticeKind, Redemption, User
from app.notices import post
from app.once import content_hash


def made_for(actor: Actor, new: Any) -> bytes:
    """Give the hash of what an actor sent; what he sends for another is not the same as for himself."""
    acted_for = () if actor.acted_for is None else (actor.acted_for,)
    return content_hash(actor.user_id, new, *acted_for)


def tell_of_order(session: Session, redemption: Redemption) -> None:
    """Tell the resident, if he has an account, that somebody ordered for him."""
    if redemption.acted_for is None:
        return
    post(
        session,
        NoticeKind.PROXY,
        to=session.scalars(select(User.id).where(User.resident_id == redemption.acted_for)).one_or_none(),
        area_code=redemption.area_code,
        what="redeemed",
        redemption_id=redemption.id,
    )
