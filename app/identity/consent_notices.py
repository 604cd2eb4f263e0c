"""Telling somebody what staff put on record as his own word: a yes, a no or a withdrawal on paper."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import Consent, Guardianship, NoticeKind, Resident, User
from app.notices import post
from app.people import guardianship_in_force, is_child


def tell_of_paper(session: Session, actor: Actor, row: Consent) -> None:
    """Tell the resident and his guardians, those who have an account, how a consent stands by a paper now.

    A child under 14 is not told: its guardians decide.
    """
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.child_id == row.resident_id, guardianship_in_force()
    )
    himself = not is_child(session.get_one(Resident, row.resident_id))
    told = User.resident_id.in_(guardians) | ((User.resident_id == row.resident_id) & himself)
    query = select(User.id).where(told, User.disabled_at.is_(None), User.id != actor.user_id)
    for user_id in session.scalars(query.order_by(User.id)):
        post(
            session,
            NoticeKind.OWN_DATA,
            to=user_id,
            area_code=row.area_code,
            what=_what(row),
            consent_id=row.id,
        )


def _what(row: Consent) -> str:
    if row.withdrawn_at is not None:
        return "consent_withdrawn"
    return "consent_given" if row.given else "consent_refused"
