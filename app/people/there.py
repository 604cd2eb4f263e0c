"""Somebody who is entered by hand, and may be on the roster already."""

import hashlib
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.errors import DomainError, Kind
from app.models import LeftWhy, Resident, Sex
from app.once import of_community
from app.people.ages import AgeGroup, age_group, age_group_of


class PersonThereError(DomainError):
    """Somebody of this name and age is on the roster of the community (``there_id``), be it that he left."""

    code = "person_there"
    kind = Kind.CONFLICT


def check_not_there(
    session: Session,
    actor: Actor,
    area_code: str,
    name: str,
    sex: Sex,
    birth_date: date,
    *,
    household_id: UUID,
    but: UUID,
) -> None:
    """Refuse whoever has the name and the day of birth of somebody whom the actor reads on the roster.

    Of a minor on record sex and age group are compared and not the day: it is kept from whoever has no
    leave, and a refusal would tell which guess was right. Who lives out of reach is not looked at, nor
    is ``but``, who is being entered by a copy of the same request.
    Raises PersonThereError.
    """
    _wait_for_others(session, area_code, name)
    query = select(Resident).where(
        func.plain_name(Resident.name) == func.plain_name(name),
        of_community(Resident.area_code, community_of(area_code)),
        actor.scope.clause(Resident.area_code),
        Resident.id != but,
        Resident.left_why.is_distinct_from(LeftWhy.DUPLICATE),
    )
    group = age_group_of(birth_date)
    alike = [one for one in session.scalars(query) if _is_alike(one, sex, birth_date, group)]
    if alike:
        first = min(
            alike, key=lambda one: (one.left_on is not None, one.household_id != household_id, one.id)
        )
        raise PersonThereError(field="name", there_id=first.id)


def _is_alike(one: Resident, sex: Sex, birth_date: date, group: AgeGroup) -> bool:
    if age_group(one) is AgeGroup.ADULT:
        return one.birth_date == birth_date
    return (age_group(one), one.sex) == (group, sex)


def _wait_for_others(session: Session, area_code: str, name: str) -> None:
    """Let two who enter people of one name in one community do so one after the other."""
    key = hashlib.sha256(f"person {community_of(area_code)} {''.join(name.split())}".encode()).digest()
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(key[:8], "big", signed=True))))
