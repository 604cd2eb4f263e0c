"""What a home does not read of a record that tells of harm to a minor: who does it may live there (ADR 0013).

Staff read by their office; these terms are for who reads as a resident, or acts for one. They are built once,
with the reader left open: a statement that has them is run with ``reading_as``.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    SQLColumnExpression,
    Text,
    Uuid,
    bindparam,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.actors import Actor
from app.clock import business_day
from app.models import (
    CareRecord,
    Claim,
    Correction,
    HarmCase,
    HarmRecord,
    Hazard,
    HazardEvent,
    Household,
    Resident,
    User,
    Visit,
)
from app.people import accounts_of_homes, is_minor, last_birth_of_adults
from app.retention import kept_for_a_case, opened_a_case

READER = bindparam("reader", type_=Uuid())
_LAST_BIRTH = bindparam("last_birth", type_=Date())
BY_ANOTHER = HarmCase.opened_by.is_distinct_from(READER)
"""Of a case: not the reader wrote what opened it."""
_NEXT_DOOR = aliased(Household)


def _names_door(words: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Say in SQL, beside ``Hazard`` and a ``Household`` of its place, that it is behind that door.

    The household is alone there; or the words name its door: by its figures (1-101, 1单元101), or by those
    of the flat alone (101), unless another stair or building stands before them (2单元101, 2-101). Figures
    may be Chinese ones (一单元101, 一零一); words are read as they stand, too (万一101).
    """
    written = func.normalize(words, literal_column("NFKC"), type_=Text)
    ends, between = literal("^[^0-9]+|[^0-9]+$"), literal("[^0-9]+")
    figures = func.regexp_replace(func.regexp_replace(Household.door, ends, "", "g"), between, "-", "g")
    flat = func.substring(Household.door, "([0-9]{3,})[^0-9]*$")
    others = exists().where(
        _NEXT_DOOR.place_id == Household.place_id,
        _NEXT_DOOR.id != Household.id,
        _NEXT_DOOR.closed_on.is_(None),
    )
    before, after = literal("(^|[^0-9])"), literal("([^0-9]|$)")
    by_figures = before.concat(func.nullif(figures, "")).concat(after)
    by_flat = literal("(^|[^0-9元-])").concat(flat).concat(after)
    readings = (written, _in_figures(written))
    return or_(
        ~others,
        (figures == "") & (func.strpos(func.plain_door(words), func.plain_door(Household.door)) > 0),
        *(func.regexp_replace(one, between, "-", "g").regexp_match(by_figures) for one in readings),
        *(one.regexp_match(by_flat) for one in readings),
    )


def _in_figures(words: SQLColumnExpression[str]) -> SQLColumnExpression[str]:
    """Say in SQL what words are with Chinese figures as Arabic ones: 一零一 is 101, 二十一 is 21."""
    read: SQLColumnExpression[str] = func.translate(
        words, "〇零一二三四五六七八九", "00123456789", type_=Text
    )
    tens = {r"(?<=\d)十(?=\d)": "", r"(?<=\d)十": "0", r"十(?=\d)": "1", "十": "10"}
    for ten, figure in tens.items():
        read = func.regexp_replace(read, ten, figure, "g", type_=Text)
    return read


_ACCOUNT, _PERSON = aliased(User), aliased(Resident)
_HOME = Resident.household_id.label("household_id")
_HOMES = union_all(
    select(HarmCase.id.label("case_id"), _HOME).join(Resident, Resident.id == HarmCase.resident_id),
    select(HarmCase.id, _HOME)
    .join(Visit, Visit.id == HarmCase.visit_id)
    .join(CareRecord, CareRecord.id == Visit.care_record_id)
    .join(Resident, Resident.id == CareRecord.resident_id),
    select(HarmCase.id, _HOME)
    .join(Correction, Correction.id == HarmCase.correction_id)
    .join(Resident, Resident.id == Correction.resident_id),
    select(HarmCase.id, Claim.household_id).join(Claim, Claim.id == HarmCase.claim_id),
    select(HarmCase.id, Household.id)
    .join(Hazard, Hazard.id == HarmCase.hazard_id)
    .outerjoin(HazardEvent, HazardEvent.id == HarmCase.told_id)
    .join(Household, Household.place_id == Hazard.place_id)
    .where(_names_door(Hazard.text.concat(" ").concat(func.coalesce(HazardEvent.note, "")))),
).subquery("homes")
"""The households that cases are about: the minor's, whose record tells of it, and behind whose door it is."""
_RECORD, _VISITED = aliased(CareRecord), aliased(Resident)
IS_MINOR = exists().where(
    _ACCOUNT.id == READER, _PERSON.id == _ACCOUNT.resident_id, _PERSON.birth_date > _LAST_BIRTH
)
"""Whether the reader is younger than 18; asked once a statement, and first, since hardly any reader is."""


def reading_as(user_id: UUID | None) -> dict[str, UUID | date | None]:
    """Give what makes these terms somebody's."""
    return {"reader": user_id, "last_birth": last_birth_of_adults(business_day())}


def hidden_from_a_minor(kind: HarmRecord, record_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Say in SQL whether a case names this record and the reader is younger than 18.

    So he does not find it though he wrote it himself: his home reads on his phone.
    """
    return IS_MINOR & kept_for_a_case(record_id, kind)


def told_by_another(*row_ids: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Say in SQL whether one of these very rows tells of harm, and the reader did not write it."""
    return opened_a_case(*row_ids, which=BY_ANOTHER)


def visit_kept_from(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, beside ``Visit``, that a case names it, and staff who live there are not to find it.

    Whom the visit was to counts, of whatever age. Who wrote what opened the case finds what he wrote.
    """
    if not actor.homes:
        return false()
    at_home = exists().where(
        _RECORD.id == Visit.care_record_id,
        _VISITED.id == _RECORD.resident_id,
        _VISITED.household_id.in_(sorted(actor.homes)),
    )
    named = exists().where(HarmCase.visit_id == Visit.id, HarmCase.opened_by.is_distinct_from(actor.user_id))
    return at_home & named


def not_told_of_visit(session: Session, visit_id: UUID, visited: Resident) -> set[UUID]:
    """Give the accounts that no notice tells of a visit or its follow-ups: those of the visited one's home.

    So where a case names it, and with a minor's always: what is to be done may be about what they did, and
    silence that began with the case would tell of it.
    """
    return not_told_of_visits(session, {visit_id: visited})[visit_id]


def not_told_of_visits(session: Session, visited: Mapping[UUID, Resident]) -> dict[UUID, set[UUID]]:
    """Give them of each of several visits, by whom it was to; two statements however many there are."""
    named = select(HarmCase.visit_id).where(HarmCase.visit_id.in_(visited))
    in_cases = set(session.scalars(named))
    homes = {
        visit_id: resident.household_id if visit_id in in_cases or is_minor(resident) else None
        for visit_id, resident in visited.items()
    }
    at_home = accounts_of_homes(session, {home for home in homes.values() if home is not None})
    return {visit_id: at_home.get(home, set()) if home else set() for visit_id, home in homes.items()}


def home_is_not_told() -> ColumnElement[bool]:
    """Say in SQL, beside ``Visit`` and its ``Resident``, that ``not_told_of_visit`` names his home."""
    named = exists().where(HarmCase.visit_id == Visit.id)
    return or_(Resident.birth_date > last_birth_of_adults(business_day()), named)


def homes_behind(session: Session, hazard: Hazard) -> set[UUID]:
    """Give the households behind whose door a hazard is; who lives there decides nothing about it.

    What is unsafe elsewhere in a building is behind nobody's.
    """
    return homes_behind_each(session, [hazard.id])[hazard.id]


def homes_behind_each(session: Session, hazard_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Give the households behind whose door each of several hazards is, however many in one statement."""
    behind: dict[UUID, set[UUID]] = {hazard_id: set() for hazard_id in hazard_ids}
    at_place = select(Hazard.id, Household.id).join(Household, Hazard.place_id == Household.place_id)
    for hazard_id, home in session.execute(at_place.where(Hazard.id.in_(behind), _names_door(Hazard.text))):
        behind[hazard_id].add(home)
    return behind


def about_home(homes: Collection[UUID]) -> ColumnElement[bool]:
    """Say in SQL whether a case is about somebody of these households, or its record is of one.

    Nobody sees to a case of his own home, whatever his post: who does the harm may live there.
    """
    return exists().where(_HOMES.c.case_id == HarmCase.id, _HOMES.c.household_id.in_(sorted(homes)))


def people_of_home(session: Session, case_id: UUID) -> set[UUID]:
    """Give the accounts of those whose home a case is about."""
    homes = session.scalars(select(_HOMES.c.household_id).where(_HOMES.c.case_id == case_id)).all()
    return set[UUID]().union(*accounts_of_homes(session, set(homes)).values())
