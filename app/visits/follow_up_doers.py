"""Who sees to a follow-up today: its owner, or whoever stands in for him while he is away.

An owner has a post over the home, or stands in for somebody who has one; once he does neither, nobody sees to
it but the community's admins. What a minor needs is seen to by nobody who lives with him (ADR 0013).
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal, or_
from sqlalchemy.orm import Session

from app import harm
from app.actors import Actor
from app.clock import business_day
from app.errors import NotFoundError
from app.identity import holders, holding
from app.models import CareRecord, FollowUp, Resident, Visit
from app.once import of_community
from app.people import check_reader_elsewhere, homes_of, is_minor, last_birth_of_adults
from app.plans import standing_in, stands_in_over
from app.visits.care import NotStaffHereError
from app.visits.care_listings import NotResponsibleError, admin_scope, is_responsible
from app.visits.standing_in import CARERS, hands, hands_of


def check_owners(
    session: Session,
    resident: Resident,
    area_code: str,
    owner_ids: Collection[UUID],
    *,
    field: str,
    on: date | None = None,
) -> None:
    """Refuse who neither has a post over the home nor stands in for one who has, or lives with the minor.

    ``on``: nor did so on a day whose visit arrives late; then it is told to the admins as nobody's.
    Raises NotStaffHereError, OwnHouseholdError.
    """
    others = set(owner_ids) - holders(session, area_code, CARERS, among=owner_ids)
    others -= standing_in(session, area_code, on=business_day()) if others else set()
    if others and on is not None:
        others -= hands(session, [area_code], on=on).stood_in_over(area_code)
        others -= holders(session, area_code, CARERS, among=others, on=on)
    if others:
        raise NotStaffHereError(field=field)
    for owner_id in owner_ids:
        check_reader_elsewhere(session, owner_id, resident, field=field)


def his_to_see_to(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, of ``FollowUp``, that the actor sees to it today."""
    area, today = FollowUp.area_code, business_day()
    near = and_(actor.scope.widened().clause(area), stands_in_over(literal(actor.user_id), area, on=today))
    own = and_(FollowUp.owner_id == actor.user_id, or_(actor.scope.clause(area), near))
    his = or_(own, hands_of(session, actor).sees_to_others(actor.user_id))
    if not actor.homes:
        return his
    of_his_home = exists().where(
        Visit.id == FollowUp.visit_id,
        CareRecord.id == Visit.care_record_id,
        Resident.id == CareRecord.resident_id,
        Resident.household_id.in_(sorted(actor.homes)),
        Resident.birth_date > last_birth_of_adults(today),
    )
    return and_(his, ~of_his_home.correlate(FollowUp))


def nobodys(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, of ``FollowUp`` beside ``Visit`` and ``Resident``, that today only the admins see to it.

    Its owner may own it no longer, or is away with nobody in his place; or whoever sees to it lives in the
    home that it is kept from. So in the communities in which the actor has a post.
    """
    there = hands_of(session, actor)
    owner, area = FollowUp.owner_id, FollowUp.area_code
    stands_in = stands_in_over(owner, area, on=there.day, near=there.rosters)
    terms = [and_(actor.scope.widened().clause(area), ~or_(holding(CARERS, owner, area), stands_in))]
    seen_to = there.seen_to()
    homes = homes_of(session, {doer_id for _, doer_id in seen_to if doer_id is not None})
    for (code, doer_id), owner_ids in seen_to.items():
        theirs = and_(of_community(area, code), owner.in_(sorted(owner_ids)))
        if doer_id is None:
            terms.append(theirs)
        elif doer_id in homes:
            at_home = Resident.household_id.in_(sorted(homes[doer_id]))
            terms.append(and_(theirs, at_home, harm.home_is_not_told()))
    return and_(FollowUp.done_at.is_(None), or_(*terms))


def whole_area(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, of ``FollowUp``, that it lies in an area that the actor oversees as community admin."""
    return admin_scope(actor).clause(FollowUp.area_code)


def check_sees_to_it(session: Session, actor: Actor, row: FollowUp) -> None:
    """Refuse what is another's: neither does the actor see to it, nor is he its owner or an admin there.

    Raises NotFoundError outside the actor's areas and for what a minor of his home needs, NotResponsibleError
    inside.
    """
    resident = row.visit.care_record.resident
    if is_minor(resident) and resident.household_id in actor.homes:
        raise NotFoundError
    within = actor.scope.covers(row.area_code)
    if within and is_responsible(actor, row.area_code, row.owner_id):
        return
    doer_id = hands(session, [row.area_code]).sees_to(row.area_code, row.owner_id)
    if doer_id is None or actor.user_id not in {doer_id, row.owner_id}:
        raise NotResponsibleError if within else NotFoundError
