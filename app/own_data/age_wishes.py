"""What a request would make of a minor's age, for the second person who is asked to agree to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.models import Approval, ApprovalKind, Correction, Resident
from app.own_data.corrections import opened_correction
from app.people import age_on, birth_date_wanted
from app.sealing import UNREADABLE, Opener


@dataclass(frozen=True)
class AgeWish:
    """How many years somebody has by the roster, and would have; None where only his number is to go."""

    years: int
    becomes: int | None


def age_wishes(session: Session, opener: Opener, approvals: Iterable[Approval]) -> dict[UUID, AgeWish]:
    """Say by approval what it is asked for, with as many statements for one as for many.

    What nobody can read any more, as it was done, is missing.
    """
    asked = [one for one in approvals if one.kind is ApprovalKind.MINOR_AGE]
    if not asked:
        return {}
    whose = {UUID(one.payload["resident_id"]) for one in asked}
    born = dict(session.execute(select(Resident.id, Resident.birth_date).where(Resident.id.in_(whose))).all())
    named = {UUID(one.payload["request_id"]) for one in asked if one.payload["request_id"]}
    rows = session.scalars(select(Correction).where(Correction.id.in_(named)))
    corrections = {str(row.id): row for row in rows}
    found = {}
    for one in asked:
        correction = corrections.get(one.payload["request_id"])
        wanted = _wanted(opener, correction) if correction is not None else ""
        if wanted is not None:
            day = birth_date_wanted(correction.field, wanted) if correction is not None else None
            years = _years(born[UUID(one.payload["resident_id"])])
            found[one.id] = AgeWish(years, _years(day) if day is not None else None)
    return found


def _wanted(opener: Opener, correction: Correction) -> str | None:
    value = opened_correction(opener, correction).value
    return None if value == UNREADABLE else value


def _years(birth_date: date) -> int:
    return age_on(birth_date, business_day())
