"""Accounts: one per household (一户一账户), and the four that each community has; made when first needed."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import community_of
from app.ids import new_id
from app.models import Account, AccountKind


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
