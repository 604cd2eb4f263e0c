"""The account of somebody who was entered twice: with him it becomes that of the one who stays."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import now
from app.identity.binding_doubts import doubts
from app.identity.binding_requests import HadProofError
from app.identity.seeing_to import who_sees_to_it
from app.models import NoticeKind, Resident, User
from app.notices import post
from app.people import accounts_of_home, lock_accounts, lock_fully


def check_no_proof(session: Session, actor: Actor, residents: Collection[Resident]) -> None:
    """Refuse whoever lately wrote the phone of one of these, or had number and code: the account may be his.

    He might else enter somebody anew, sign in as him, and let that be another. Raises HadProofError.
    """
    known = doubts(session, residents, before=now())
    if any(one.user_id == actor.user_id for of_one in known.values() for one in of_one):
        raise HadProofError


def lock_accounts_of_two(session: Session, actor: Actor, stays: Resident, duplicate_id: UUID) -> set[UUID]:
    """Lock the accounts of two; give who is told if the duplicate's goes over, as where somebody is bound."""
    named_by = User.resident_id.in_((stays.id, duplicate_id))
    goes = session.scalar(select(User.id).where(User.resident_id == duplicate_id))
    if goes is None:
        lock_accounts(session, named_by | (User.id == actor.user_id))
        return set()
    _, others = who_sees_to_it(session, community_of(stays.area_code), but={actor.user_id, goes})
    told = (accounts_of_home(session, stays.household_id) | others | {goes}) - {actor.user_id}
    lock_fully(session, goes, beside=named_by | User.id.in_([*told, actor.user_id]))
    return told


def tell_of_merged_account(session: Session, stays: Resident, told: Collection[UUID]) -> None:
    """Tell its owner, the home, and the other admins or the office above: one admin alone decided it."""
    about = {"what": "bound_to_same", "resident_id": stays.id}
    for user_id in sorted(told):
        post(session, NoticeKind.BINDING, to=user_id, area_code=stays.area_code, **about)
