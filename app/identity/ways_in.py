"""Ways into an account that wait for whoever holds them: invitations, and codes on paper."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Invitation, SignInCode


def end_codes(session: Session, user_id: UUID) -> None:
    """End the sign-in codes of a locked user, which are for people without a post; again changes nothing."""
    which = (SignInCode.user_id == user_id, SignInCode.ended_at.is_(None))
    session.execute(update(SignInCode).where(*which).values(ended_at=now()))


def end_ways_in(session: Session, user_id: UUID) -> None:
    """End all of a locked user, so that none works again once he may come in again; again changes nothing."""
    for way_in in (Invitation, SignInCode):
        which = (way_in.user_id == user_id, way_in.ended_at.is_(None))
        session.execute(update(way_in).where(*which).values(ended_at=now()))
