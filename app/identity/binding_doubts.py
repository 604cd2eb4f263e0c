"""What makes a proof of who somebody is doubtful: that one of the staff had lately all that it needs.

A phone that staff wrote into the roster lately, after the household had been entered, proves nothing by
itself: it may be the writer's own second one. Nor do name, ID number and code, where one and the same of them
saw or wrote the number and was shown the code. Whoever looked at the one alone makes nothing doubtful, else
every look would send somebody to the office; nor does the first entry, by which all phones come. An admin
looks then, another than who had it.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Scope
from app.identity.same_texts import has_name
from app.models import BindingCode, BindingRequest, Resident, Reveal, RevealField, RosterColumn, RosterExport

WRITTEN_LATELY = timedelta(days=90)
"""A quarter: by then the resident himself, or whoever calls him, met a phone that is not his."""
KNOWN = timedelta(days=365)
"""An ID number that was seen is known for good; what it needs beside it, a binding code, lives for a year."""
_MOST_OF_A_NAME = 20
"""Residents of one name in a community; of more nobody is kept from hearing that somebody waits."""


class Doubt(enum.StrEnum):
    """Why a proof does not decide alone."""

    PHONE_WRITTEN = "phone_written"
    """Somebody wrote the phone."""
    NUMBER_AND_CODE = "number_and_code"
    """Somebody knows the ID number, and was shown the household's code."""


@dataclass(frozen=True)
class Known:
    """What one of the staff had, and since when."""

    doubt: Doubt
    user_id: UUID
    at: datetime


def doubts(session: Session, residents: Collection[Resident], *, before: datetime) -> dict[UUID, list[Known]]:
    """Give by resident what staff had of him at a time; of whom it says nothing, nothing is doubtful."""
    found: dict[UUID, list[Known]] = {}
    for one in residents:
        if one.phone_by is not None and one.phone_at is not None and _lately(one.phone_at, before):
            found.setdefault(one.id, []).append(Known(Doubt.PHONE_WRITTEN, one.phone_by, one.phone_at))
    shown = _shown_codes(session, residents)
    knew = _knew_numbers(session, [one for one in residents if one.id in shown], shown, before)
    for (resident_id, user_id), at in sorted(knew.items()):
        if user_id in shown[resident_id]:
            found.setdefault(resident_id, []).append(Known(Doubt.NUMBER_AND_CODE, user_id, at))
    return found


def namesakes(session: Session, row: BindingRequest) -> list[Resident]:
    """Give who has the name of a request in its community; none where there are too many to look at each."""
    is_himself = Resident.same_as_id.is_(None)
    here = Scope(areas=(row.area_code,)).clause(Resident.area_code)
    named = (has_name(Resident.name, row.name), here, is_himself)
    found = session.scalars(select(Resident).where(*named).limit(_MOST_OF_A_NAME + 1)).all()
    return list(found) if len(found) <= _MOST_OF_A_NAME else []


def who_may_not_decide(session: Session, row: BindingRequest, named: Collection[Resident]) -> set[UUID]:
    """Give who had what a proof needs of whoever has the name of a request: of all of them, if several."""
    found = doubts(session, named, before=row.asked_at)
    had = [{one.user_id for one in found.get(resident.id, [])} for resident in named]
    return set.intersection(*had) if had else set()


def _lately(written_at: datetime, before: datetime) -> bool:
    return before - WRITTEN_LATELY < written_at <= before


def _shown_codes(session: Session, residents: Collection[Resident]) -> dict[UUID, set[UUID]]:
    """Give by resident who was shown the code of his household."""
    query = select(BindingCode.household_id, BindingCode.seen_by)
    homes = {one.household_id for one in residents}
    shown = {
        home: set(who) for home, who in session.execute(query.where(BindingCode.household_id.in_(homes)))
    }
    return {one.id: shown[one.household_id] for one in residents if one.household_id in shown}


def _knew_numbers(
    session: Session, residents: Collection[Resident], shown: dict[UUID, set[UUID]], before: datetime
) -> dict[tuple[UUID, UUID], datetime]:
    """Give when somebody last saw or wrote the ID number of a resident, by both."""
    if not residents:
        return {}
    looks = (
        select(Reveal.resident_id, Reveal.user_id, func.max(Reveal.revealed_at))
        .where(
            Reveal.resident_id.in_([one.id for one in residents]),
            Reveal.field == RevealField.ID_NUMBER,
            Reveal.revealed_at.between(before - KNOWN, before),
        )
        .group_by(Reveal.resident_id, Reveal.user_id)
    )
    knew: dict[tuple[UUID, UUID], datetime] = {
        (resident_id, user_id): at for resident_id, user_id, at in session.execute(looks)
    }
    fetched_at = func.coalesce(RosterExport.fetched_at, before)
    files = select(RosterExport.area_code, RosterExport.asked_by, fetched_at).where(
        RosterExport.asked_by.in_(set().union(*shown.values())),
        RosterExport.clear,
        RosterExport.columns.contains([RosterColumn.ID_NUMBER]),
        RosterExport.fetched_at.between(before - KNOWN, before),
    )
    for area_code, user_id, had_at in session.execute(files):
        inside = [one.id for one in residents if one.area_code.startswith(area_code)]
        knew |= {(one, user_id): had_at for one in inside if (one, user_id) not in knew}
    for one in residents:
        by, at = one.id_number_by, one.id_number_at
        if by is not None and at is not None and before - KNOWN < at <= before:
            knew.setdefault((one.id, by), at)
    return knew
