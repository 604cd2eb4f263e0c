"""A household's account as it reads it: what it has, and every entry with its reason and approver."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, bindparam, func, literal, literal_column, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.actors import Actor
from app.models import (
    Account,
    Claim,
    Lot,
    Redemption,
    Resident,
    Rule,
    SourceKind,
    Transfer,
    TransferKind,
    User,
)
from app.points.reach import own_or_in_scope

_ZERO, _ONE = literal_column("0", Integer), literal_column("1", Integer)
_NEXT_EXPIRY = (
    select(Lot.use_by, func.sum(Lot.remaining))
    .where(Lot.account_id == bindparam("account_id"), Lot.remaining > _ZERO)
    .group_by(Lot.use_by)
    .order_by(Lot.use_by)
    .limit(_ONE)
)
"""Its numbers stand in the text: parameters would hide from PostgreSQL that an index serves, and it would
plan the statement anew each time."""


@dataclass(frozen=True)
class Expiry:
    """The next points to expire: how many, and the last day on which they may be used."""

    points: int
    use_by: date


@dataclass(frozen=True)
class Statement:
    """What a household has."""

    household_id: UUID
    balance: int
    held: int
    """Part of the balance that open redemptions have reserved."""
    available: int
    next_expiry: Expiry | None


@dataclass(frozen=True)
class Entry:
    """One transfer as the household sees it; whose the other account is stays untold."""

    id: UUID
    number: int
    at: datetime
    kind: TransferKind
    change: int
    """Points gained, or lost if negative."""
    balance: int
    """After this entry."""
    source_kind: SourceKind
    source_id: UUID
    rule_title: str | None
    resident_name: str | None
    approved_by: str | None
    acted_by: str | None
    """Who filed the claim or the order for a resident."""
    note: str


def statement(session: Session, actor: Actor, household_id: UUID | None = None) -> Statement:
    """Give what a household has, by default the actor's own. Raises NotFoundError out of reach."""
    household_id = _whose(session, actor, household_id)
    row = session.execute(
        select(Account.id, Account.balance, Account.held).where(Account.household_id == household_id)
    ).one_or_none()
    if row is None:
        return Statement(household_id, balance=0, held=0, available=0, next_expiry=None)
    account_id, balance, held = row
    return Statement(household_id, balance, held, balance - held, _next_expiry(session, account_id))


def entries(
    session: Session, actor: Actor, household_id: UUID | None = None, *, after: int | None, limit: int
) -> list[Entry]:
    """List the entries of a household's account, by default the actor's own, the newest first.

    Raises NotFoundError out of reach.
    """
    household_id = _whose(session, actor, household_id)
    account_id = session.scalars(select(Account.id).where(Account.household_id == household_id)).one_or_none()
    if account_id is None:
        return []
    gained = _side(Transfer.credit_id, account_id, after, limit)
    lost = _side(Transfer.debit_id, account_id, after, limit)
    page = union_all(gained, lost).subquery()
    proxy = aliased(User)
    query = (
        select(Transfer, page.c.gained, Rule.title, Resident.name, User.name, proxy.name)
        .join(page, page.c.id == Transfer.id)
        .outerjoin(Rule, Rule.id == Transfer.rule_id)
        .outerjoin(Resident, Resident.id == Transfer.resident_id)
        .outerjoin(User, User.id == Transfer.by_id)
        .outerjoin(Claim, and_(Claim.id == Transfer.source_id, Claim.acted_for.is_not(None)))
        .outerjoin(Redemption, and_(Redemption.id == Transfer.source_id, Redemption.acted_for.is_not(None)))
        .outerjoin(proxy, proxy.id == func.coalesce(Claim.submitted_by, Redemption.made_by))
        .order_by(Transfer.number.desc())
        .limit(limit)
    )
    return [_entry(*row) for row in session.execute(query)]


def _whose(session: Session, actor: Actor, household_id: UUID | None) -> UUID:
    """Give the household asked for; one's own, the common case, needs no look-up."""
    if household_id is None and actor.scope.household_id is not None:
        return actor.scope.household_id
    return own_or_in_scope(session, actor, household_id).id


def _next_expiry(session: Session, account_id: UUID) -> Expiry | None:
    row = session.execute(_NEXT_EXPIRY, {"account_id": account_id}).one_or_none()
    return None if row is None else Expiry(points=int(row[1]), use_by=row[0])


def _side(side: InstrumentedAttribute[UUID], account_id: UUID, after: int | None, limit: int) -> Any:
    """One page of one side of the account; each side has its index, whose order the page follows."""
    gained = side is Transfer.credit_id
    kept = (Transfer.credit_balance if gained else Transfer.debit_balance).is_not(None)
    query = select(Transfer.id, literal(gained).label("gained")).where(side == account_id, kept)
    if after is not None:
        query = query.where(Transfer.number < after)
    return query.order_by(Transfer.number.desc()).limit(limit).subquery().select()


def _entry(
    transfer: Transfer,
    gained: bool,  # noqa: FBT001 - a column of the row
    rule_title: str | None,
    resident_name: str | None,
    approved_by: str | None,
    acted_by: str | None,
) -> Entry:
    balance = transfer.credit_balance if gained else transfer.debit_balance
    assert balance is not None, "a household's balance is kept"
    return Entry(
        id=transfer.id,
        number=transfer.number,
        at=transfer.at,
        kind=transfer.kind,
        change=transfer.amount if gained else -transfer.amount,
        balance=balance,
        source_kind=transfer.source_kind,
        source_id=transfer.source_id,
        rule_title=rule_title,
        resident_name=resident_name,
        approved_by=approved_by,
        acted_by=acted_by,
        note=transfer.note,
    )
