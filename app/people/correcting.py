"""Putting right what the roster says of a resident; what it said before stands in its history."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, update
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_2

from app.actors import Actor
from app.errors import DomainError, Kind
from app.models import (
    CorrectionField,
    Guardianship,
    Household,
    PresenceState,
    Relation,
    Resident,
    RosterChangeKind,
    Sex,
)
from app.once import unique
from app.people import whereabouts
from app.people.ages import changes_minors_age, takes_minors_number
from app.people.bases import Category, check_about
from app.people.doors import DoorTakenError, check_door_free, kept_door
from app.people.guardians import last_day_as_minor
from app.people.history import change_of, keep_change
from app.people.leaving import check_lives_here
from app.people.numbers import (
    ID_NUMBER_KEY,
    IdNumberError,
    IdNumberTakenError,
    Numbers,
    birth_date_in,
    changed_numbers,
    check_id_number,
    check_numbers,
    number_indexes,
    numbers_of,
    sex_in,
    write_numbers,
)
from app.people.register import BirthDateError, HeadTakenError, check_birth_date
from app.people.sounds import found_by
from app.sealing import Sealer

AGE_FIELDS = frozenset({CorrectionField.BIRTH_DATE, CorrectionField.ID_NUMBER})
"""What may change how old somebody is when it is put right."""
_NAME_SIGNS = 40
_PHONE_DIGITS, _ID_SIGNS = 11, 18
_NUMBERS = frozenset({CorrectionField.PHONE, CorrectionField.ID_NUMBER})
_KINDS = {
    CorrectionField.PRESENCE: RosterChangeKind.PRESENCE,
    CorrectionField.RELATION: RosterChangeKind.RELATION,
}
FORMS = {
    CorrectionField.NAME: "姓名最少1个字，最多40个字",
    CorrectionField.SEX: "女填female，男填male",
    CorrectionField.BIRTH_DATE: "日期如1955-03-08，不能晚于今天",
    CorrectionField.RELATION: "户主填head，配偶填spouse，子女填child，父母填parent，"
    "孙辈填grandchild，祖辈填grandparent，兄弟姐妹填sibling，其他填other",
    CorrectionField.PRESENCE: "在家填home，外出填away，回来过节填holiday",
    CorrectionField.PHONE: "11位手机号；要去掉号码的，什么都不填",
    CorrectionField.ID_NUMBER: "18位身份证号，末尾是字母的填大写X，要和身份证一样；要去掉号码的，什么都不填",
    CorrectionField.DOOR: "门牌号最少1个字，最多40个字",
    CorrectionField.OTHER: "写明哪里不对、应该是什么",
}
"""What each field takes, in simple words."""


class CorrectionValueError(DomainError):
    """What is wanted cannot stand in this field (data: ``form``, what the field takes)."""

    code = "correction_value"
    kind = Kind.INVALID


class _Held(NamedTuple):
    """What the roster says of somebody; of his numbers what tells one from another."""

    said: dict[str, Any]
    numbers: tuple[bytes | None, bytes | None]


def check_value(field: CorrectionField, value: str) -> None:
    """Refuse what can never stand in a field. Raises CorrectionValueError."""
    try:
        fits = _READ[field](value) is not None
    except (ValueError, BirthDateError):
        fits = False
    if not fits:
        raise CorrectionValueError(field="value", form=FORMS[field])


def birth_date_wanted(field: CorrectionField, value: str) -> date | None:
    """Give the day of birth that a right value of a field would put on record, None if it puts none."""
    if field is CorrectionField.BIRTH_DATE:
        return date.fromisoformat(value)
    return birth_date_in(value) if field is CorrectionField.ID_NUMBER and value else None


def correct(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    resident: Resident,
    field: CorrectionField,
    value: str,
    *,
    agreed: Callable[[Resident], object],
) -> None:
    """Put one thing right in the record of a locked resident; OTHER stands elsewhere, and changes nothing.

    With an ID number come the day of birth and the sex that it holds: one after the other, each would
    contradict what is still on record. ``agreed`` refuses what makes a minor's age another one, or takes away
    his ID number, unless a second person agreed to it; it is asked of nothing else.

    Raises CorrectionValueError, ResidentLeftError, IdNumberError if the ID number on record says otherwise,
    IdNumberTakenError, HeadTakenError, DoorTakenError, NoBasisError and ConsentChangedError for a number
    of a child under 14 without its guardian's consent, and what ``agreed`` raises.
    """
    check_value(field, value)
    check_lives_here(resident)
    check_about(session, resident, Category.ROSTER)
    at_stake = _is_at_stake(resident, field, value)
    before = _held(session, resident)
    taken: dict[str, DomainError] = {
        "uq_residents_head": HeadTakenError(),
        ID_NUMBER_KEY: IdNumberTakenError(),
        "uq_households_open_door": DoorTakenError(),
    }
    if field is CorrectionField.DOOR:
        household = session.get_one(Household, resident.household_id, with_for_update=True)
        check_door_free(session, actor, household.place_id, value, but=household.id)
        household.door = kept_door(value)
    elif field in _NUMBERS:
        _correct_numbers(session, actor, sealer, resident, field, value)
    elif field is CorrectionField.BIRTH_DATE:
        resident.birth_date = _birth_date(value)
    elif field is CorrectionField.PRESENCE:
        whereabouts.write(resident, PresenceState(value))
    elif field is not CorrectionField.OTHER:
        setattr(resident, field, _READ[field](value))
    if field is CorrectionField.NAME:
        resident.sounds = found_by(resident.area_code, value)
    if field in {CorrectionField.SEX, CorrectionField.BIRTH_DATE}:
        _check_agreement(sealer, resident)
    with unique(taken):
        session.flush()
    if at_stake:
        agreed(resident)
    _keep(session, actor, sealer, resident, _KINDS.get(field, RosterChangeKind.CORRECTED), before)
    if field in AGE_FIELDS:
        _end_with_childhood(session, resident)


def _keep(
    session: Session, actor: Actor, sealer: Sealer, resident: Resident, kind: RosterChangeKind, before: _Held
) -> None:
    """Write into the history what was put right; of a number only that it was."""
    after = _held(session, resident)
    changed = [name for name in after.said if after.said[name] != before.said[name]]
    fields = changed + changed_numbers(resident, before.numbers)
    if fields:
        change = change_of(
            kind,
            resident,
            data={"fields": fields},
            before={name: before.said[name] for name in changed},
            after={name: after.said[name] for name in changed},
        )
        keep_change(session, change, by=actor.user_id, sealer=sealer)


def _held(session: Session, resident: Resident) -> _Held:
    said = {name: getattr(resident, name) for name in ("name", "sex", "birth_date", "relation", "presence")}
    said["door"] = session.get_one(Household, resident.household_id).door
    return _Held(said, number_indexes(resident))


def _is_at_stake(resident: Resident, field: CorrectionField, value: str) -> bool:
    """Say whether what is put right touches how old a minor is, or would be."""
    if field is CorrectionField.ID_NUMBER and not value:
        return takes_minors_number(resident)
    birth_date = birth_date_wanted(field, value)
    return birth_date is not None and changes_minors_age(resident, birth_date)


def _end_with_childhood(session: Session, resident: Resident) -> None:
    """Let no guardianship outlast the day before the eighteenth birthday, as it was put right."""
    session.execute(
        update(Guardianship)
        .where(Guardianship.child_id == resident.id, Guardianship.ended_at.is_(None))
        .values(valid_until=func.least(Guardianship.valid_until, last_day_as_minor(resident.birth_date)))
    )


def _correct_numbers(
    session: Session, actor: Actor, sealer: Sealer, resident: Resident, field: CorrectionField, value: str
) -> None:
    present = numbers_of(sealer, resident)
    is_phone = field is CorrectionField.PHONE
    right = Numbers(
        phone=(value or None) if is_phone else present.phone,
        id_number=present.id_number if is_phone else (value or None),
    )
    if right.id_number is not None and not is_phone:
        resident.birth_date, resident.sex = birth_date_in(right.id_number), sex_in(right.id_number)
    check_numbers(session, resident, before=present, after=right)
    write_numbers(session, sealer, resident, right, by=actor.user_id)


def _check_agreement(sealer: Sealer, resident: Resident) -> None:
    id_number = numbers_of(sealer, resident).id_number
    if id_number is None:
        return
    try:
        check_id_number(id_number, birth_date=resident.birth_date, sex=resident.sex)
    except IdNumberError:
        raise IdNumberError from None


def _text(value: str) -> str | None:
    return value if 0 < len(value) <= _NAME_SIGNS else None


def _birth_date(value: str) -> date:
    day = date.fromisoformat(value)
    check_birth_date(day)
    return day


def _phone(value: str) -> str | None:
    right = len(value) == _PHONE_DIGITS and value.isascii() and value.isdigit() and value[0] == "1"
    return value if right or not value else None


def _id_number(value: str) -> str | None:
    body, last = value[:-1], value[-1:]
    signs = len(value) == _ID_SIGNS and body.isascii() and body.isdigit() and last in "0123456789X"
    right = signs and mod_11_2.is_valid(value)
    if right:
        check_birth_date(birth_date_in(value))
    return value if right or not value else None


_READ: dict[CorrectionField, Callable[[str], Any]] = {
    CorrectionField.NAME: _text,
    CorrectionField.SEX: Sex,
    CorrectionField.BIRTH_DATE: _birth_date,
    CorrectionField.RELATION: Relation,
    CorrectionField.PRESENCE: PresenceState,
    CorrectionField.PHONE: _phone,
    CorrectionField.ID_NUMBER: _id_number,
    CorrectionField.DOOR: _text,
    CorrectionField.OTHER: lambda value: value or None,
}
"""What a field's text means; an empty phone or ID number takes it away."""
