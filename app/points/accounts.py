"""Accounts: one per household (一户一账户), and the four that each community has; made when first needed."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import community_of
from app.ids import new_id
from app.models import Account, AccountKind

_IS_ISSUANCE = Account.kind == literal_column(f"'{AccountKind.ISSUANCE.value}'")
_ENDS = select(Account.id, Account.household_id, Account.area_code).where(
    Account.area_code.in_(bindparam("communities", expanding=True)) & _IS_ISSUANCE
    | Account.household_id.in_(bindparam("homes", expanding=True))
)
"""The kind stands in the text: a parameter would hide from PostgreSQL that an index serves, and it would plan
the statement anew each time."""


class Ends(NamedTuple):
    """The accounts between which points move."""

    debit_id: UUID
    credit_id: UUID


def award_ends(session: Session, homes: Mapping[UUID, str]) -> dict[UUID, Ends]:
    """Give for each household, named with the area it lives in, the accounts between which an award moves.

    One statement where all exist; new ones are always made in one order, so that two callers never wait in
    a circle.
    """
    communities = {household_id: community_of(area_code) for household_id, area_code in homes.items()}
    rows = session.execute(_ENDS, {"communities": set(communities.values()), "homes": set(homes)})
    found: dict[UUID | str, UUID] = {household_id or code: account for account, household_id, code in rows}
    for code in sorted(set(communities.values()) - found.keys()):
        found[code] = system_account(session, code, AccountKind.ISSUANCE)
    for household_id in sorted(homes.keys() - found.keys()):
        found[household_id] = household_account(session, household_id, homes[household_id])
    return {
        household_id: Ends(debit_id=found[code], credit_id=found[household_id])
        for household_id, code in communities.items()
    }


def household_account(session: Session, household_id: UUID, area_code: str) -> UUID:
    """Give the account of a household that lives in this area."""
    values = {
        "area_code": community_of(area_code),
        "kind": AccountKind.HOUSEHOLD,
        "household_id": household_id,
    }
    return _account(session, Account.household_id == household_id, values)


def system_account(session: Session, area_code: str, kind: AccountKind) -> UUID:
    """Give one of the four accounts of the community in which an area lies."""
    assert kind is not AccountKind.HOUSEHOLD, "a household's account belongs to a household"
    community = community_of(area_code)
    which = (Account.area_code == community) & (Account.kind == kind)
    return _account(session, which, {"area_code": community, "kind": kind})


def _account(session: Session, which: ColumnElement[bool], values: dict[str, Any]) -> UUID:
    """Find the account or make it; who makes it at the same moment waits and then finds the first one."""
    query = select(Account.id).where(which)
    found = session.scalars(query).one_or_none()
    if found is None:
        session.execute(insert(Account).values(id=new_id(), **values).on_conflict_do_nothing())
        found = session.scalars(query).one()
    return found
