"""What is claimed or ordered for a household by somebody else: for whom he acts (代办), or by his post."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import Claim, NoticeKind, Redemption, Resident, User
from app.notices import post
from app.once import content_hash


def made_for(actor: Actor, new: Any) -> bytes:
    """Give the hash of what an actor sent; what he sends for another is not the same as for himself."""
    acted_for = () if actor.acted_for is None else (actor.acted_for,)
    return content_hash(actor.user_id, new, *acted_for)


def tell_home(session: Session, actor: Actor, about: Claim | Redemption, what: str) -> None:
    """Tell everybody of a household who has an account what somebody else ordered or claimed for it.

    The notice names who did it, and his post there; whoever does so for his own household tells nobody.
    """
    if actor.acting is None and actor.household_id == about.household_id:
        return
    held = (one.role for one in actor.held if about.area_code.startswith(one.area_code))
    key = "redemption_id" if isinstance(about, Redemption) else "claim_id"
    told = {"what": what, key: about.id, "by_id": actor.user_id, "by_role": next(held, None)}
    home = select(User.id).join(Resident, Resident.id == User.resident_id)
    for user_id in session.scalars(home.where(Resident.household_id == about.household_id).order_by(User.id)):
        if user_id != actor.user_id:
            post(session, NoticeKind.PROXY, to=user_id, area_code=about.area_code, **told)
