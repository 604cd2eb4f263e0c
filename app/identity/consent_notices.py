"""Telling somebody what staff put on record as his word, or may have: on paper, or by a code of theirs."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.identity.seeing_to import who_sees_to_it
from app.models import Consent, Guardianship, NoticeKind, Resident, User
from app.notices import post
from app.people import accounts_of_home, guardianship_in_force, is_child


def tell_of_paper(session: Session, actor: Actor, row: Consent) -> None:
    """Tell the resident and his guardians, those who have an account, how a consent stands by a paper now.

    A child under 14 is not told: its guardians decide.
    """
    _tell_family(session, row, but=actor.user_id)


def tell_of_code(session: Session, row: Consent) -> None:
    """Tell of a yes for a ward that was given in the session of a code that staff handed out.

    As of a paper, also the guardian whose account it was. He may read his inbox by such codes alone, so an
    admin is told who neither handed the code out nor lives there, or else the office above: who did may have
    kept it and said yes himself, and somebody else is to ask the guardian.
    """
    _tell_family(session, row, but=None)
    two = select(Resident.household_id).where(Resident.id.in_([row.resident_id, row.decided_by]))
    homes = (accounts_of_home(session, home) for home in set(session.scalars(two)))
    _, to_know = who_sees_to_it(session, row.area_code, but={row.let_in_by}.union(*homes))
    about = {"consent_id": row.id, "resident_id": row.resident_id, "user_id": row.let_in_by}
    for user_id in sorted(to_know):
        kind = NoticeKind.ACCOUNT_ALERT
        post(session, kind, to=user_id, area_code=row.area_code, what="consent_by_code", **about)


def _tell_family(session: Session, row: Consent, *, but: UUID | None) -> None:
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.child_id == row.resident_id, guardianship_in_force()
    )
    himself = not is_child(session.get_one(Resident, row.resident_id))
    told = User.resident_id.in_(guardians) | ((User.resident_id == row.resident_id) & himself)
    query = select(User.id).where(told, User.disabled_at.is_(None), User.id.is_distinct_from(but))
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
