"""Posting to the ledger: the one writer of balances, of held points and of what remains of lots.

An award is one SQL statement (docs/architecture.md, ledger): it locks the household's account, writes the
transfer with the balance after it, moves the balance and opens the lot. Who draws on a household locks its
account first, in a statement of its own: only a statement that starts under the lock sees what remains of
its lots. Statements go through the driver's own cursor on the session's connection, in its transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.clock import business_day
from app.errors import DomainError, Kind, OtherContentError
from app.ids import new_id
from app.models import SourceKind, TransferKind
from app.points import ledger_sql

Row = tuple[Any, ...]
_DECEMBER, _LAST = 12, 31
_CURSOR = "ledger_cursor"
"""Where a connection keeps the ledger's cursor while it lives: making one costs a fifth of a posting."""


class InsufficientPointsError(DomainError):
    """The household has fewer points at its disposal (data: ``available``, ``needed``)."""

    code = "insufficient_points"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Posting:
    """A transfer to be made; ``area_code`` is the community, to which both accounts belong."""

    area_code: str
    debit_id: UUID
    credit_id: UUID
    amount: int
    kind: TransferKind
    source_kind: SourceKind
    source_id: UUID
    at: datetime
    id: UUID = field(default_factory=new_id)
    rule_id: UUID | None = None
    resident_id: UUID | None = None
    by_id: UUID | None = None
    note: str = ""
    use_by: date | None = None
    """The last day on which the points gained may be used; None is the default of ``use_by_default``."""
    settling: bool = False
    """The points were held for this before."""
    reverses_id: UUID | None = None
    """The transfer that this one takes back; each is taken back once."""


class Posted(NamedTuple):
    """A transfer as it stands in the ledger."""

    id: UUID
    number: int
    debit_balance: int | None
    credit_balance: int | None
    made: bool
    """Whether this call made it, or found it made."""


class Standing(NamedTuple):
    """What a household's account holds."""

    balance: int
    held: int

    @property
    def available(self) -> int:
        """Give what may be spent: the balance without what open redemptions have reserved."""
        return self.balance - self.held


def use_by_default(at: datetime) -> date:
    """Give the use-by day of points gained at a moment: 31 December of the next year (domain.md, expiry)."""
    return date(business_day(at).year + 1, _DECEMBER, _LAST)


def post(session: Session, posting: Posting) -> Posted:
    """Move points once: the same posting again, by id or by source, gives the first transfer.

    Who approved, when, and the note are no part of what makes two postings the same.

    Raises InsufficientPointsError if the debited household has too little, and leaves the transaction usable;
    OtherContentError if the id or the source was posted before with other accounts, points or rule.
    """
    values = _values(posting)
    if posting.kind is TransferKind.AWARD:
        made = _one(session, ledger_sql.AWARD, values)
    else:
        _rows(session, ledger_sql.LOCK, values)
        made = _one(session, ledger_sql.MOVE, values)
    if made is None:
        return _posted_before(session, posting, values)
    number, debit_balance, credit_balance = made
    return Posted(posting.id, number, debit_balance, credit_balance, made=True)


def _posted_before(session: Session, posting: Posting, values: Mapping[str, Any]) -> Posted:
    """Say why a posting made no row; a new statement sees what a concurrent one committed meanwhile."""
    firsts = _rows(session, ledger_sql.FIRST, values)
    if not firsts:
        assert posting.kind is not TransferKind.AWARD, "an award goes from issuance to a household"
        raise _insufficient(session, posting.debit_id, posting.amount, settling=posting.settling)
    transfer_id, number, debit_balance, credit_balance, *content = firsts[0]
    if len(firsts) > 1 or tuple(content) != _content(posting):
        raise OtherContentError(id=posting.id)
    return Posted(transfer_id, number, debit_balance, credit_balance, made=False)


def _content(posting: Posting) -> Row:
    """Give what two postings must have in common to be the same, in the order FIRST reads it."""
    return (
        posting.area_code,
        posting.debit_id,
        posting.credit_id,
        posting.amount,
        str(posting.kind),
        str(posting.source_kind),
        posting.source_id,
        posting.rule_id,
        posting.resident_id,
    )


def lock(session: Session, account_id: UUID) -> Standing:
    """Keep others from moving a household's points until the transaction ends; give what it holds."""
    row = _one(session, ledger_sql.LOCK_ONE, {"account": account_id})
    assert row is not None, "no household's account has this id"
    return Standing(*row)


def hold(session: Session, account_id: UUID, amount: int) -> Standing:
    """Reserve points of a household for an open redemption.

    Raises InsufficientPointsError, and leaves the transaction usable.
    """
    row = _one(session, ledger_sql.HOLD, {"account": account_id, "amount": amount})
    if row is None:
        raise _insufficient(session, account_id, amount, settling=False)
    return Standing(*row)


def release(session: Session, account_id: UUID, amount: int) -> Standing:
    """Give reserved points back to a household's disposal."""
    row = _one(session, ledger_sql.RELEASE, {"account": account_id, "amount": amount})
    assert row is not None, "more points released than were held"
    return Standing(*row)


def _insufficient(
    session: Session, account_id: UUID, needed: int, *, settling: bool
) -> InsufficientPointsError:
    standing = lock(session, account_id)
    available = standing.held if settling else standing.available
    assert available < needed, (
        "a posting was refused for no reason we know: are its accounts the community's?"
    )
    return InsufficientPointsError(available=available, needed=needed)


def _values(posting: Posting) -> dict[str, Any]:
    return {
        "id": posting.id,
        "area": posting.area_code,
        "debit": posting.debit_id,
        "credit": posting.credit_id,
        "amount": posting.amount,
        "kind": posting.kind.value,
        "source_kind": posting.source_kind.value,
        "source": posting.source_id,
        "rule": posting.rule_id,
        "resident": posting.resident_id,
        "by": posting.by_id,
        "at": posting.at,
        "note": posting.note,
        "use_by": posting.use_by or use_by_default(posting.at),
        "settling": posting.settling,
        "reverses": posting.reverses_id,
    }


def _one(session: Session, statement: str, values: Mapping[str, Any]) -> Row | None:
    rows = _rows(session, statement, values)
    return rows[0] if rows else None


def _rows(session: Session, statement: str, values: Mapping[str, Any]) -> Sequence[Row]:
    """Run a statement through the driver's cursor, which costs a fifth less CPU than SQLAlchemy's own way.

    Raises what SQLAlchemy would raise, and gives up a connection that broke.
    """
    session.flush()
    connection = session.connection()
    pooled = connection.connection
    try:
        cursor = connection.info.get(_CURSOR)
        if cursor is None:
            cursor = connection.info[_CURSOR] = pooled.cursor()
        cursor.execute(statement, values)
        return cursor.fetchall()
    except psycopg.Error as error:
        if pooled.driver_connection is None or pooled.driver_connection.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, dialect=connection.dialect
        ) from error
