"""What a home does not read of a record that tells of harm to a minor: who does it may live there (ADR 0013).

Staff read by their office; these terms are for who reads as a resident, or acts for one. They are built once,
with the reader left open: a statement that has them is run with ``reading_as``.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, Uuid, bindparam, exists
from sqlalchemy.orm import aliased

from app.clock import business_day
from app.models import HarmCase, HarmRecord, Resident, User
from app.people import last_birth_of_adults
from app.retention import kept_for_a_case, opened_a_case

READER = bindparam("reader", type_=Uuid())
_LAST_BIRTH = bindparam("last_birth", type_=Date())
BY_ANOTHER = HarmCase.opened_by.is_distinct_from(READER)
"""Of a case: not the reader wrote what opened it."""
_ACCOUNT, _PERSON = aliased(User), aliased(Resident)
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
