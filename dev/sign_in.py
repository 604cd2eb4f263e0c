"""A session for somebody, opened past the door: for measuring and drills, on databases of their own."""

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import SessionKind, SignIn


def sign_in(session: Session, user_id: UUID) -> str:
    """Open a session of the app for twelve hours, its second factor shown; give its token."""
    token, sign_in_id, later = f"made-for-{user_id}", new_id(), now() + timedelta(hours=12)
    session.add(
        SignIn(
            id=sign_in_id,
            family_id=sign_in_id,
            kind=SessionKind.APP,
            user_id=user_id,
            token_hash=hashlib.sha256(token.encode()).digest(),
            created_at=now(),
            expires_at=later,
            idle_s=0,
            last_seen_at=later,
            second_factor_at=now(),
        )
    )
    return token
