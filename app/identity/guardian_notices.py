"""Telling of guardianships: admins that one waits to be verified, the guardian what became of it.

A guardian who is not verified is good for nothing, and staff recorded him; nobody looks for what waits.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.identity.holders import holders
from app.identity.seeing_to import who_sees_to_it
from app.models import Guardianship, NoticeKind, Resident, User
from app.notices import post
from app.people import accounts_of_home, guardianship_in_force


def tell_verifiers(session: Session, actor: Actor, row: Guardianship) -> None:
    """Tell the admins of a guardianship to verify, but neither who recorded it nor who lives there.

    Where there is no other, the office above is told that nobody decides.
    """
    two = session.scalars(
        select(Resident.household_id).where(Resident.id.in_([row.child_id, row.guardian_id]))
    ).all()
    homes = (accounts_of_home(session, home) for home in set(two))
    what, to_know = who_sees_to_it(session, row.area_code, but={actor.user_id}.union(*homes))
    for user_id in sorted(to_know):
        told = "guardian_asked" if what == "asked" else what
        _post(session, row, NoticeKind.APPROVAL, user_id, told)


def tell_guardian(session: Session, row: Guardianship, *, ended: bool) -> None:
    """Tell the guardian, if he has an account, that he stands on record as one, or does no longer."""
    user_id = session.scalar(
        select(User.id).where(User.resident_id == row.guardian_id, User.disabled_at.is_(None))
    )
    if user_id is not None:
        what = "guardian_ended" if ended else "guardian_verified"
        _post(session, row, NoticeKind.ACCOUNT_ALERT, user_id, what)


def tell_of_death(session: Session, actor: Actor, row: Guardianship) -> None:
    """Tell the other guardians of a child, and the admins there, that this one died, if he was verified."""
    if row.verified_at is None:
        return
    others = select(Guardianship.guardian_id).where(
        Guardianship.child_id == row.child_id, guardianship_in_force()
    )
    query = select(User.id).where(User.resident_id.in_(others), User.disabled_at.is_(None))
    told = set(session.scalars(query)) | holders(session, row.area_code, {Role.COMMUNITY_ADMIN})
    for user_id in sorted(told - {actor.user_id}):
        _post(session, row, NoticeKind.ACCOUNT_ALERT, user_id, "guardian_died")


def _post(session: Session, row: Guardianship, kind: NoticeKind, to: UUID, what: str) -> None:
    post(session, kind, to=to, area_code=row.area_code, what=what, guardianship_id=row.id)
