"""By what right each kind of sensitive data is processed (PIPL, art. 13 and 28 to 31).

One table says it, and services ask it before they write: a duty with its source, the act of whoever gives it,
or a consent by purpose. What rests on a consent is refused without one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import end_of
from app.models import ConsentPurpose, Resident
from app.people.consents import ConsentChangedError, NoBasisError, agreed_until, check_basis, check_child
from app.people.guardians import is_child


class Category(StrEnum):
    """Sensitive data that a service writes down; of a child under 14 all data is."""

    ROSTER = "roster"
    """Who lives where: name, sex, birth date, door, and what somebody is to the head of the household."""
    NUMBERS = "numbers"
    """Phone and ID number on the roster."""
    CLAIM = "claim"
    """What somebody did for the community, and the points that are claimed for it."""
    POSITION = "position"
    """Where somebody was who reports, inspects or visits."""
    PHOTO = "photo"
    ACCOUNT = "account"
    """That an account is a resident's."""
    CARE = "care"
    """That somebody is looked after, and why."""
    HEALTH_HARDSHIP = "health_hardship"
    """What is written down of a visit about health and home."""
    EMPLOYMENT = "employment"
    """What somebody of working age lives by; nobody under 16 works."""


class Whom(StrEnum):
    """Whose data it is, or who gives it."""

    STAFF = "staff"
    """Somebody with a post, at his work."""
    RESIDENT = "resident"
    PROXY = "proxy"
    """Whoever acts for a resident (代办)."""
    VISITOR = "visitor"
    """Somebody without an account, or whose account is nobody's yet, so that no consent could be his."""
    CARED_FOR = "cared_for"
    """A resident of a group that a law has the community look after."""
    CHILD = "child"
    """A resident younger than 14."""


@dataclass(frozen=True)
class Duty:
    """A statutory duty of the community or of whoever works for it."""

    source: str


@dataclass(frozen=True)
class Given:
    """The act itself shows that he wants it, and nothing else is done with it (PIPL, art. 13(1))."""

    by: str


Basis = Duty | Given | ConsentPurpose

_AT_WORK = Duty("evidence of duty done: PIPL 13(3), Work Safety Law 41, work points of 2024, 10")
_REGISTER = Duty("PIPL 13(3); Organic Law of Urban Residents' Committees 3, Minor Protection Law 43")
_KNOWN_BY = Duty("PIPL 13(3); Organic Law of Urban Residents' Committees 3: reach residents, tell them apart")
_CARED_FOR = Duty("PIPL 13(3); Law on the Elderly 38, Minor Protection Law 43, work points of 2024, 10")
_WORK = Duty("PIPL 13(3); Employment Promotion Law 43, work points of 2024, 4")
_PROXY = Given("the resident agreed that it be done for him (docs/adr/0014)")

BASES: dict[Category, dict[Whom, Basis]] = {
    # Also a child's entry is a duty: of somebody who is not there nobody could be put on record as guardian,
    # nor agree for him, and whom the community must look after (Minor Protection Law 43) it has to know of.
    Category.ROSTER: {Whom.RESIDENT: _REGISTER, Whom.CHILD: _REGISTER},
    Category.NUMBERS: {Whom.RESIDENT: _KNOWN_BY, Whom.CHILD: ConsentPurpose.MINORS},
    Category.CLAIM: {
        Whom.RESIDENT: Given("he claims, or his household or staff do for what he did: taking part is free"),
        Whom.CHILD: ConsentPurpose.MINORS,
    },
    Category.POSITION: {
        Whom.STAFF: _AT_WORK,
        Whom.RESIDENT: ConsentPurpose.LOCATION,
        Whom.PROXY: _PROXY,
        Whom.VISITOR: Given("the visitor sends it with his report"),
    },
    Category.PHOTO: {
        Whom.STAFF: _AT_WORK,
        Whom.RESIDENT: ConsentPurpose.PHOTO,
        Whom.PROXY: _PROXY,
        Whom.VISITOR: Given("the visitor sends it with his report"),
    },
    Category.ACCOUNT: {
        Whom.RESIDENT: Given("he asks to be bound, or lets staff do it"),
        Whom.CHILD: ConsentPurpose.MINORS,
    },
    Category.CARE: {Whom.RESIDENT: _CARED_FOR, Whom.CHILD: ConsentPurpose.MINORS},
    Category.HEALTH_HARDSHIP: {
        Whom.CARED_FOR: _CARED_FOR,
        Whom.RESIDENT: ConsentPurpose.HEALTH_HARDSHIP,
        Whom.CHILD: ConsentPurpose.MINORS,
    },
    # What the work brings is told or not: without it the record is whole.
    Category.EMPLOYMENT: {Whom.RESIDENT: _WORK},
}
"""What each kind rests on, by whose it is; what is not in here is processed for nobody."""


def check_given(session: Session, actor: Actor, category: Category) -> Basis:
    """Give the basis on which something that the actor himself gives is kept.

    Raises NoBasisError, ConsentChangedError.
    """
    whom = _who(actor)
    basis = BASES[category][whom]
    if isinstance(basis, ConsentPurpose):
        assert actor.resident_id is not None, "whoever is none is a visitor"
        check_basis(session, actor.resident_id, basis)
    return basis


def check_about(
    session: Session, resident: Resident, category: Category, *, whom: Whom = Whom.RESIDENT
) -> Basis:
    """Give the basis on which something about a resident is written down today.

    ``whom`` says what else is known of him; a child under 14 is one in any case. Raises NoBasisError,
    ConsentChangedError.
    """
    basis = BASES[category][Whom.CHILD if is_child(resident) else whom]
    if basis is ConsentPurpose.MINORS:
        check_child(session, resident)
    elif isinstance(basis, ConsentPurpose):
        check_basis(session, resident.id, basis)
    return basis


def account_stands(session: Session, resident_id: UUID | None) -> bool:
    """Say whether whoever is this resident may be signed in: a child only while its guardian agrees.

    A consent to an older text stands until the guardian is asked anew.
    """
    resident = session.get(Resident, resident_id) if resident_id is not None else None
    if resident is None:
        return True
    try:
        check_about(session, resident, Category.ACCOUNT)
    except NoBasisError:
        return False
    except ConsentChangedError:
        pass
    return True


def account_until(session: Session, resident_id: UUID | None) -> datetime | None:
    """Give when the account of a child is over by date: with the guardianship that it stands by.

    None for whoever needs no guardian by then. Raises NoBasisError where it does not stand now.
    """
    resident = session.get(Resident, resident_id) if resident_id is not None else None
    if resident is None or not is_child(resident):
        return None
    last = agreed_until(session, resident)
    return end_of(last) if is_child(resident, last + timedelta(days=1)) else None


def _who(actor: Actor) -> Whom:
    if actor.acting is not None:
        return Whom.PROXY
    if actor.held:
        return Whom.STAFF
    return Whom.VISITOR if actor.resident_id is None else Whom.RESIDENT
