"""What is deleted in time: sessions, tokens, codes and tries that are over."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.clock import now
from app.identity.refreshing import forget_old_refresh_tokens
from app.identity.tries import forget_old_tries
from app.models import Invitation, SignIn, SignInCode


def forget_old_sessions(session: Session, *, kept_days: int = 30) -> int:
    """Delete sign-ins that expired or ended this long ago, and what else is over; give how many sign-ins."""
    before = now() - timedelta(days=kept_days)
    forget_old_refresh_tokens(session)
    forget_old_tries(session)
    session.execute(delete(Invitation).where(Invitation.expires_at < before))
    session.execute(delete(SignInCode).where(SignInCode.expires_at < before))
    over = (SignIn.expires_at < before) | (SignIn.ended_at < before)
    return len(session.scalars(delete(SignIn).where(over).returning(SignIn.id)).all())
