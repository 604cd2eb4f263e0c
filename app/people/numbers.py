"""Phone and ID number of residents: sealed in the row, found by blind index, shown masked."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_2

from app.actors import Actor, community_of
from app.clock import now
from app.errors import DomainError, Kind
from app.models import Household, Resident, RosterChangeKind, Sex
from app.once import unique
from app.people.ages import takes_minors_number
from app.people.bases import Category, check_about
from app.people.history import change_of, keep_change
from app.people.homes import check_other_household
from app.people.leaving import check_lives_here
from app.people.listings import resident_in_scope
from app.people.locking import resident_locked
from app.people.names import masked_digits
from app.sealing import UNREADABLE, Cell, Opener, Sealer, Showing

ID_NUMBER_KEY = "uq_residents_id_number_index"
FIRST_ENTRY = timedelta(days=30)
"""How long a household counts as being entered: by hand a settlement's phones are gathered within weeks."""
_PHONE, _ID_NUMBER, _PHONE_TAIL = "phone", "id_number", "phone_tail"
PHONE_DIGITS, TAIL_DIGITS = 11, 4
"""Of a mobile phone, and of its end by which somebody is found."""
_BIRTH, _SEX_SIGN = slice(6, 14), 16


class IdNumberError(DomainError):
    """The ID number's check sign is wrong, or it is another birth date's or another sex's (GB 11643)."""

    code = "id_number"
    kind = Kind.INVALID


class IdNumberTakenError(DomainError):
    """Another resident of the community has this ID number."""

    code = "id_number_taken"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Numbers:
    """A resident's phone and ID number; None where there is none."""

    phone: str | None = None
    id_number: str | None = None


def check_id_number(id_number: str, *, birth_date: date, sex: Sex) -> None:
    """Compare an ID number of 18 signs with its own check sign, and with what is known of the person.

    The region is not looked at: it is that of a birth place which may have another code by now. Raises
    IdNumberError.
    """
    right = (
        mod_11_2.is_valid(id_number)
        and id_number[_BIRTH] == f"{birth_date:%Y%m%d}"
        and sex_in(id_number) is sex
    )
    if not right:
        raise IdNumberError(field="id_number")


def birth_date_in(id_number: str) -> date:
    """Give the day of birth that an ID number of 18 signs holds (GB 11643); ValueError if it is none."""
    return date.fromisoformat(id_number[_BIRTH])


def sex_in(id_number: str) -> Sex:
    """Give the sex that an ID number of 18 signs holds: that of a man is odd in the last sign but one."""
    return Sex.MALE if int(id_number[_SEX_SIGN]) % 2 == 1 else Sex.FEMALE


def told_by_id_number(id_number: str) -> tuple[date, Sex] | None:
    """Give the day of birth and the sex that an ID number of 18 signs holds; None if it is none."""
    if not mod_11_2.is_valid(id_number):
        return None
    try:
        return birth_date_in(id_number), sex_in(id_number)
    except ValueError:
        return None


def sealed_numbers(sealer: Sealer, resident_id: UUID, area_code: str, numbers: Numbers) -> dict[str, Any]:
    """Give the columns that keep a resident's numbers."""
    columns: dict[str, Any] = {}
    for kind, value in ((_PHONE, numbers.phone), (_ID_NUMBER, numbers.id_number)):
        sealed = sealer.seal(value, _cell(kind, resident_id)) if value is not None else None
        index = sealer.index(kind, community_of(area_code), value) if value is not None else None
        columns |= {f"{kind}_sealed": sealed, f"{kind}_index": index}
    return columns | {"phone_tail_index": tail_index(sealer, area_code, numbers.phone)}


def tail_index(sealer: Sealer, area_code: str, phone: str | None) -> bytes | None:
    """Give the blind index of a phone's last digits; None where there is no phone."""
    return None if phone is None else sealer.index(_PHONE_TAIL, community_of(area_code), phone[-TAIL_DIGITS:])


def keep_numbers(
    sealer: Sealer,
    resident: Resident,
    numbers: Numbers,
    *,
    kinds: Collection[str] = (_PHONE, _ID_NUMBER),
) -> None:
    """Put the numbers of these kinds in the place of those before; None takes one away."""
    for name, value in sealed_numbers(sealer, resident.id, resident.area_code, numbers).items():
        if name.removesuffix("_sealed").removesuffix("_index").removesuffix("_tail") in kinds:
            setattr(resident, name, value)


def write_numbers(
    session: Session,
    sealer: Sealer,
    resident: Resident,
    numbers: Numbers,
    *,
    by: UUID | None,
    kinds: Collection[str] = (_PHONE, _ID_NUMBER),
) -> None:
    """Put these numbers in the place of those before, and keep who of the staff wrote which, and when.

    Of the other kinds than ``kinds`` nothing is touched: what does not open stays as it is.
    What is written while a household is entered is kept of nobody: it is how everybody comes on the roster.
    So is a number that is sealed anew.
    """
    before = (resident.phone_index, resident.id_number_index)
    household = session.get_one(Household, resident.household_id)
    keep_numbers(sealer, resident, numbers, kinds=kinds)
    is_entered = household.created_at < now() - FIRST_ENTRY
    if resident.phone_index != before[0] and (is_entered or before[0] or resident.phone_at):
        resident.phone_at, resident.phone_by = now(), by
    if resident.id_number_index != before[1] and (is_entered or before[1] or resident.id_number_at):
        resident.id_number_at, resident.id_number_by = now(), by


class Numbered(Protocol):
    """Whoever has numbers on the roster."""

    @property
    def id(self) -> UUID:
        """Give the resident's id."""

    @property
    def phone_sealed(self) -> bytes | None:
        """Give the phone as it is kept."""

    @property
    def id_number_sealed(self) -> bytes | None:
        """Give the ID number as it is kept."""


def numbers_of(sealer: Opener, resident: Numbered) -> Numbers:
    """Give a resident's numbers in clear. Raises UnreadableError as ``sealer`` does."""
    phone, id_number = resident.phone_sealed, resident.id_number_sealed
    return Numbers(
        phone=sealer.open(phone, _cell(_PHONE, resident.id)) if phone else None,
        id_number=sealer.open(id_number, _cell(_ID_NUMBER, resident.id)) if id_number else None,
    )


def masked_numbers(sealer: Sealer, resident: Numbered) -> Numbers:
    """Give the numbers as WeChat masks them: a phone's first three and last two digits, an ID's ends.

    One that does not open says so in its place.
    """
    return mask_numbers(numbers_of(Showing(sealer), resident))


def mask_numbers(clear: Numbers) -> Numbers:
    """Give numbers as they are shown."""
    return Numbers(
        phone=shown_masked(clear.phone, masked_digits), id_number=shown_masked(clear.id_number, _masked_id)
    )


def shown_masked(clear: str | None, mask: Callable[[str], str]) -> str | None:
    """Mask a number; that it is unreadable shows as it is."""
    return mask(clear) if clear and clear != UNREADABLE else clear


def _masked_id(id_number: str) -> str:
    return f"{id_number[:1]}{'*' * 16}{id_number[-1:]}"


def number_indexes(resident: Resident) -> tuple[bytes | None, bytes | None]:
    """Give what tells a resident's phone and ID number from others."""
    return resident.phone_index, resident.id_number_index


def changed_numbers(resident: Resident, before: tuple[bytes | None, bytes | None]) -> list[str]:
    """Say which of the two is another one by now, or was taken away."""
    pairs = zip((_PHONE, _ID_NUMBER), before, number_indexes(resident), strict=True)
    return [kind for kind, old, new in pairs if old != new]


def keep_changed_numbers(
    session: Session, resident: Resident, before: tuple[bytes | None, bytes | None], *, by: UUID | None
) -> None:
    """Write into the history which of the two became another one; neither number is in it."""
    fields = changed_numbers(resident, before)
    if fields:
        change = change_of(RosterChangeKind.CORRECTED, resident, data={"fields": fields})
        keep_change(session, change, by=by)


def check_numbers(session: Session, resident: Resident, *, before: Numbers, after: Numbers) -> None:
    """Refuse a new number of a child under 14 without its guardian's consent; to take one away needs none.

    The age is that of the birth date, and so of the ID number, as these agree (``check_id_number``). Raises
    NoBasisError, ConsentChangedError.
    """
    pairs = ((before.phone, after.phone), (before.id_number, after.id_number))
    if any(new is not None and new != old for old, new in pairs):
        check_about(session, resident, Category.NUMBERS)


def set_numbers(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    resident_id: UUID,
    given: Mapping[str, str | None],
    *,
    agreed: Callable[[Resident], object],
) -> Resident:
    """Keep what is given of a resident's numbers in the place of those before; again changes nothing.

    Whoever writes another phone need not know the ID number beside it, nor is that judged again.
    They are a state, not a thing with an id of its own: what the resident has already is judged no more, but
    whoever does not reach him any longer is not told what he has. One that does not open is sealed anew, as
    this is how it is put right; it counts as another unless its blind index is that of the number sent.
    ``agreed`` refuses to take a minor's ID number away unless a second person agreed; it is asked of nothing
    else.

    Raises NotFoundError outside the actor's reach, ResidentLeftError, OwnHouseholdError, IdNumberError,
    NoBasisError and ConsentChangedError for a child under 14 without its guardian's consent,
    IdNumberTakenError, and what ``agreed`` raises.
    """
    resident = resident_in_scope(session, actor, resident_id)
    resident_locked(session, resident_id)
    before, indexes = numbers_of(Showing(sealer), resident), number_indexes(resident)
    numbers = replace(before, **given)
    if before == numbers:
        return resident
    check_lives_here(resident)
    check_other_household(actor, resident.household_id)
    if numbers.id_number is not None and numbers.id_number != before.id_number:
        check_id_number(numbers.id_number, birth_date=resident.birth_date, sex=resident.sex)
    at_stake = numbers.id_number is None and takes_minors_number(resident)
    check_numbers(session, resident, before=_met(sealer, resident, before, numbers), after=numbers)
    write_numbers(session, sealer, resident, numbers, by=actor.user_id, kinds=given)
    with unique({ID_NUMBER_KEY: IdNumberTakenError(field="id_number")}):
        session.flush()
    if at_stake:
        agreed(resident)
    keep_changed_numbers(session, resident, indexes, by=actor.user_id)
    return resident


def _met(sealer: Sealer, resident: Resident, before: Numbers, after: Numbers) -> Numbers:
    """Give the numbers before; for one that does not open, the one after it where their indexes are equal."""

    def told(kind: str, old: str | None, new: str | None, index: bytes | None) -> str | None:
        if old != UNREADABLE or new is None:
            return old
        return new if sealer.index(kind, community_of(resident.area_code), new) == index else old

    return Numbers(
        phone=told(_PHONE, before.phone, after.phone, resident.phone_index),
        id_number=told(_ID_NUMBER, before.id_number, after.id_number, resident.id_number_index),
    )


def residents_with_phone(session: Session, sealer: Sealer, community: str, phone: str) -> list[Resident]:
    """List the residents of a community whose phone this is; relatives may share one."""
    here = (has_phone(sealer, community, phone), Resident.left_on.is_(None))
    return list(session.scalars(select(Resident).where(*here).limit(20)))


def has_phone(sealer: Sealer, community: str, phone: str) -> ColumnElement[bool]:
    """Say in SQL that a resident of a community has this phone; nothing where the roster has none of him."""
    return Resident.phone_index == sealer.index(_PHONE, community, phone)


def has_phone_tail(sealer: Sealer, communities: Collection[str], tail: str) -> ColumnElement[bool]:
    """Say in SQL that the phone of a resident of one of these communities ends with these digits."""
    return Resident.phone_tail_index.in_([sealer.index(_PHONE_TAIL, one, tail) for one in communities])


def resident_with_id_number(
    session: Session, sealer: Sealer, community: str, id_number: str
) -> Resident | None:
    """Give the resident of a community whose ID number this is."""
    index = sealer.index(_ID_NUMBER, community, id_number)
    return session.scalars(select(Resident).where(Resident.id_number_index == index)).one_or_none()


def _cell(kind: str, resident_id: UUID) -> Cell:
    return Cell("residents", f"{kind}_sealed", resident_id)
