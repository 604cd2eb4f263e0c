"""Accounts of children under 14: open while a guardian's consent stands, shut at once when it does not.

What concerns them rests on the guardian's consent (PIPL, art. 31), and he may take it back (art. 15). The
binding stays, so that the child may sign in again once a guardian agrees anew.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.refreshing import end_refreshing_of
from app.identity.sessions import end_sessions_of, shorten_sessions_of, take_turn
from app.identity.ways_in import end_ways_in
from app.models import EndReason, User
from app.people import account_stands, account_until


def shut_out_child(session: Session, resident_id: UUID) -> bool:
    """End what a child's account is open by, if its guardian's consent stands no longer; say whether it does.

    To be called after whatever may have ended the basis: a consent taken back, a no, a guardianship ended, a
    birth date put right. Where another guardian carries it, its sessions last no longer than he is one. Again
    changes nothing; whoever is no child, or has no account, is left alone.
    """
    user_id = session.scalar(select(User.id).where(User.resident_id == resident_id))
    if user_id is None:
        return False
    session.flush()
    take_turn(session, user_id)
    if account_stands(session, resident_id):
        if (until := account_until(session, resident_id)) is not None:
            shorten_sessions_of(session, user_id, until)
        return False
    end_sessions_of(session, [user_id], EndReason.CONSENT_ENDED)
    end_refreshing_of(session, [user_id])
    end_ways_in(session, user_id)
    return True
