"""What would become of two rows of the roster that are one person, and what keeps them from it."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import visits
from app.actors import Actor, community_of
from app.errors import DomainError, Kind
from app.identity import check_no_proof
from app.models import (
    CareRecord,
    Consent,
    ConsentPurpose,
    Employment,
    EscapeHelp,
    Guardianship,
    Proxy,
    ProxyState,
    Resident,
    User,
)
from app.moves.carrying import clashes, named
from app.moves.outlook import refusals
from app.people import (
    NoBasisError,
    ResidentDeadError,
    check_child,
    check_lives_here,
    is_child,
    numbers_of,
    was_said_dead,
)
from app.sealing import UNREADABLE, Sealer, Showing

PHONE, ID_NUMBER = "phone", "id_number"


class TwoAccountsError(DomainError):
    """Both are bound to an account: one of the two is released first."""

    code = "two_accounts"
    kind = Kind.CONFLICT


class CareTwiceError(DomainError):
    """Both are looked after for the same reason: one of the two records ends first."""

    code = "care_twice"
    kind = Kind.CONFLICT


class HelpTwiceError(DomainError):
    """Both are on the register of those who need help to get out: one of the two ends first."""

    code = "help_twice"
    kind = Kind.CONFLICT


class GuardianTwiceError(DomainError):
    """Both have the same guardian, or the same ward: one of the two guardianships ends first."""

    code = "guardian_twice"
    kind = Kind.CONFLICT


class ProxyTwiceError(DomainError):
    """The same account acts for both, or who is the one acts for the other: that proxy ends first."""

    code = "proxy_twice"
    kind = Kind.CONFLICT


class RequestTwiceError(DomainError):
    """The same wish of one person waits for both: one of the two is decided first."""

    code = "request_twice"
    kind = Kind.CONFLICT


class CopyTwiceError(DomainError):
    """A guardian has a copy of the data of both, which is over by itself after three days."""

    code = "copy_twice"
    kind = Kind.CONFLICT


class PeopleDifferError(DomainError):
    """Sex, day of birth or ID number are not the same: one of the two is put right first, or they are two."""

    code = "people_differ"
    kind = Kind.CONFLICT


class PeopleApartError(DomainError):
    """They live in different communities: one of the two moves first."""

    code = "people_apart"
    kind = Kind.CONFLICT


class GuardianOfOtherError(DomainError):
    """The one is, or was, on record as the other's guardian: they are two people."""

    code = "guardian_of_other"
    kind = Kind.CONFLICT


class NumberUnreadableError(DomainError):
    """A number of the duplicate that would go over does not open: it is written anew first."""

    code = "number_unreadable"
    kind = Kind.CONFLICT


_TWICE: dict[str, type[DomainError]] = {
    "two_accounts": TwoAccountsError,
    "care": CareTwiceError,
    "help": HelpTwiceError,
    "guardian": GuardianTwiceError,
    "proxy": ProxyTwiceError,
    "request": RequestTwiceError,
    "copy": CopyTwiceError,
}


class Two(NamedTuple):
    """The one who stays, and the duplicate."""

    stays: Resident
    duplicate: Resident


class Counted(enum.StrEnum):
    """What goes over and is counted. Of all else nothing is said: a case of harm may be behind it."""

    ACCOUNT = "account"
    PROXIES = "proxies"
    GUARDIANS = "guardians"
    WARDS = "wards"
    CARE_RECORDS = "care_records"
    ESCAPE_HELPS = "escape_helps"
    EMPLOYMENTS = "employments"
    CONSENTS = "consents"


_COUNTED = {
    Counted.ACCOUNT: User.resident_id,
    Counted.PROXIES: Proxy.resident_id,
    Counted.GUARDIANS: Guardianship.child_id,
    Counted.WARDS: Guardianship.guardian_id,
    Counted.CARE_RECORDS: CareRecord.resident_id,
    Counted.ESCAPE_HELPS: EscapeHelp.resident_id,
    Counted.EMPLOYMENTS: Employment.resident_id,
    Counted.CONSENTS: Consent.resident_id,
}


@dataclass(frozen=True)
class Likeness:
    """What would become of two rows: which numbers go over, and all that stands in the way."""

    two: Two
    leaves: list[visits.Leave | None]
    """By what a minor's records are read."""
    numbers: list[str]
    counts: dict[Counted, int]
    last_of_home: bool
    """Nobody else lives where the duplicate does: the household stays there, with its points."""
    obstacles: list[DomainError]


def likeness(session: Session, actor: Actor, sealer: Sealer, two: Two) -> Likeness:
    """Look at two rows. Raises TicketNeededError."""
    leaves = [visits.leave_to_read(session, actor, one) for one in two]
    stays, duplicate = two
    counted = (select(func.count()).where(key == duplicate.id).scalar_subquery() for key in _COUNTED.values())
    counts = dict(zip(Counted, session.execute(select(*counted)).one(), strict=True))
    account_goes = counts[Counted.ACCOUNT] > 0
    numbers = [kind for kind in (PHONE, ID_NUMBER) if _index(duplicate, kind) and not _index(stays, kind)]
    lives_there = (Resident.household_id == duplicate.household_id, Resident.left_on.is_(None))
    return Likeness(
        two,
        leaves,
        numbers=numbers,
        counts=counts,
        last_of_home=not named(session, *lives_there, Resident.id.not_in([one.id for one in two])),
        obstacles=[
            *_of_roster(session, two),
            *_of_account(session, actor, two, account_goes=account_goes),
            *_of_numbers(session, sealer, two, numbers),
            *(_TWICE[word]() for word in clashes(session, stays.id, duplicate.id)),
        ],
    )


def _of_roster(session: Session, two: Two) -> Iterator[DomainError]:
    stays, duplicate = two
    yield from refusals(lambda: check_lives_here(*two))
    if community_of(stays.area_code) != community_of(duplicate.area_code):
        yield PeopleApartError(field="duplicate_id")
    for field in ("sex", "birth_date"):
        if getattr(stays, field) != getattr(duplicate, field):
            yield PeopleDifferError(field=field)
    ids = (stays.id_number_index, duplicate.id_number_index)
    if None not in ids and ids[0] != ids[1]:
        yield PeopleDifferError(field=ID_NUMBER)
    if any(was_said_dead(session, one.id) for one in two if one.left_on is None):
        yield ResidentDeadError()
    both = [one.id for one in two]
    if named(session, Guardianship.child_id.in_(both), Guardianship.guardian_id.in_(both)):
        yield GuardianOfOtherError()


def _of_account(session: Session, actor: Actor, two: Two, *, account_goes: bool) -> Iterator[DomainError]:
    both = [one.id for one in two]
    acts = select(User.id).where(User.resident_id.in_(both))
    if named(session, Proxy.resident_id.in_(both), Proxy.user_id.in_(acts), Proxy.state != ProxyState.ENDED):
        yield ProxyTwiceError()
    if account_goes:
        yield from refusals(lambda: check_no_proof(session, actor, two))


def _of_numbers(session: Session, sealer: Sealer, two: Two, numbers: list[str]) -> Iterator[DomainError]:
    shown = numbers_of(Showing(sealer), two.duplicate)
    yield from (NumberUnreadableError(field=kind) for kind in numbers if getattr(shown, kind) == UNREADABLE)
    if numbers and is_child(two.stays):
        yield from refusals(lambda: _check_consent(session, two))


def _check_consent(session: Session, two: Two) -> None:
    """Refuse a number of a child unless its guardian agreed, as the last word on either says.

    Raises NoBasisError, ConsentChangedError.
    """
    asked = (Consent.resident_id.in_([one.id for one in two]), Consent.purpose == ConsentPurpose.MINORS)
    last = select(Consent.resident_id).where(*asked).order_by(Consent.decided_at.desc(), Consent.id.desc())
    whose = session.scalars(last.limit(1)).one_or_none()
    if whose is None:
        raise NoBasisError(purpose=ConsentPurpose.MINORS)
    check_child(session, two.stays if whose == two.stays.id else two.duplicate)


def _index(resident: Resident, kind: str) -> bytes | None:
    return resident.phone_index if kind == PHONE else resident.id_number_index
