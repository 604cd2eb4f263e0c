"""Residents who moved away or died: numbers, name and birthday go; the row stays for the ledgers.

The roster says it, or the end of the binding to their account, where staff ended it: what he said himself, a
tap on the phone, by mistake or by whoever holds it, takes nobody off the roster.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Integer, exists, extract, func, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.clock import business_day, months_ago
from app.models import (
    NOT_HIM,
    Binding,
    BindingEnd,
    CareRecord,
    Guardianship,
    HarmCase,
    Resident,
    RosterChange,
    RosterChangeKind,
    User,
)
from app.retention.rules import Rule, table_of

_GONE = frozenset({BindingEnd.MOVED_AWAY, BindingEnd.DECEASED})
_LEFT = frozenset({RosterChangeKind.MOVED_OUT, RosterChangeKind.DIED})
_LAST_OF_THE_YEAR = func.make_date(extract("year", Resident.birth_date).cast(Integer), 12, 31)
"""Younger than he is, never older: who was protected as a child stays so."""
_MASKED = func.substr(Resident.name, 1, 1) + "**"
"""As ``app.people.masked`` says it."""


def says_gone(ended: type[Binding]) -> ColumnElement[bool]:
    """Say in SQL that staff ended a binding because the resident moved away or died, and it holds still."""
    return ended.end_reason.in_(_GONE) & ended.ended_by.is_distinct_from(ended.user_id) & ~let_back_in(ended)


def let_back_in(ended: type[Binding]) -> ColumnElement[bool]:
    """Say in SQL that the roster let a resident back in after a binding to him ended."""
    back = aliased(Resident)
    return exists().where(back.id == ended.resident_id, back.came_back_at >= ended.ended_at)


def was_him(bound: type[Binding]) -> ColumnElement[bool]:
    """Say in SQL that staff did not end a binding because the user was, or may have been, somebody else."""
    return or_(bound.end_reason.is_(None), bound.end_reason.not_in(NOT_HIM))


def came_back() -> ColumnElement[bool]:
    """Say in SQL that a resident had an account again after a binding to him ended.

    Not by somebody else's, who was bound to him by mistake: to the new owner of his number, say.
    """
    newer = aliased(Binding)
    return exists().where(
        newer.resident_id == Binding.resident_id,
        was_him(newer),
        or_(newer.ended_at.is_(None), newer.ended_at > Binding.ended_at),
    )


def shows_return() -> ColumnElement[bool]:
    """Say in SQL that a binding is what tells that somebody came back: without it he would count as gone."""
    older = aliased(Binding)
    return was_him(Binding) & exists().where(
        older.resident_id == Binding.resident_id,
        says_gone(older),
        older.ended_at < Binding.ended_at,
    )


def is_masked(resident_id: InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
    """Say in SQL that a resident's time was over: his name and birthday went."""
    over = (Resident.name == _MASKED, Resident.birth_date == _LAST_OF_THE_YEAR, Resident.content_hash == b"")
    return exists().where(Resident.id == resident_id, is_gone(), *over)


def is_gone() -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, that staff said he moved away or died, and nothing shows him back."""
    by_binding = exists().where(Binding.resident_id == Resident.id, says_gone(Binding), ~came_back())
    return or_(Resident.left_on.is_not(None), by_binding)


def gone_rule(months: int) -> Rule:
    """Give the rule; ``months`` is how long all stays after he moved away or died.

    Whoever came back was let back in by the roster, or has, or had, an account again, and whoever is looked
    after, is or has a guardian, or is named in a case of harm is needed as he is.
    """
    gone = exists().where(
        Binding.resident_id == Resident.id,
        says_gone(Binding),
        Binding.ended_at < months_ago(months),
        ~came_back(),
    )
    entered_since = exists().where(
        RosterChange.resident_id == Resident.id,
        RosterChange.kind.in_(_LEFT),
        RosterChange.at >= months_ago(months),
    )
    left_by_roster = (Resident.left_on < business_day(months_ago(months))) & ~entered_since
    guards = exists().where(
        or_(Guardianship.child_id == Resident.id, Guardianship.guardian_id == Resident.id),
        Guardianship.ended_at.is_(None),
        Guardianship.valid_until >= business_day(),
    )
    needed = or_(
        exists().where(User.resident_id == Resident.id),
        exists().where(CareRecord.resident_id == Resident.id, CareRecord.ended_on.is_(None)),
        exists().where(HarmCase.resident_id == Resident.id),
        guards,
    )
    left = or_(
        Resident.phone_sealed.is_not(None),
        Resident.id_number_sealed.is_not(None),
        Resident.name != _MASKED,
        Resident.birth_date != _LAST_OF_THE_YEAR,
    )
    return Rule(
        "residents who moved away or died",
        table_of(Resident),
        or_(gone, left_by_roster) & ~needed & left,
        kept=f"{months} months after his last day and the day it was entered, or staff ended a binding so"
        " (`GONGDI_GONE_MONTHS`)",
        basis="PIPL 19, 47(1), 49",
        emptied={
            "phone_sealed": None,
            "phone_index": None,
            "phone_tail_index": None,
            "id_number_sealed": None,
            "id_number_index": None,
            "name": _MASKED,
            "sounds": None,
            "birth_date": _LAST_OF_THE_YEAR,
            "content_hash": b"",
        },
        stays="a masked name, sex, year of birth and household, which points and records name",
    )
