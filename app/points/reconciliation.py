"""Reconciliation: everything the ledger keeps twice is computed again, and each difference is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.points.reconciliation_sql import CHECKS, Check

_LONG_MS = 900_000


@dataclass(frozen=True)
class Finding:
    """A row that does not agree with what it should be computed from."""

    code: str
    table: str
    row_id: str
    expected: str
    found: str
    sentence: str
    """What is wrong, in English, with the row's table and id."""

    def __str__(self) -> str:
        return self.sentence


def reconcile(session: Session, area_code: str | None = None) -> list[Finding]:
    """Check accounts, lots, claims and stock of an area, by default of all, against their entries.

    Each check is one statement and sees one moment, so postings may go on meanwhile; a large ledger may take
    longer than a request, so the transaction's statement timeout is raised to 15 minutes.
    """
    session.flush()
    session.execute(text(f"SET LOCAL statement_timeout = {_LONG_MS}"))
    return [finding for check in CHECKS for finding in _findings(session, check, area_code)]


def _findings(session: Session, check: Check, area_code: str | None) -> Iterator[Finding]:
    rows: Any = session.execute(text(check.statement), {"area": f"{area_code or ''}%"})
    for row_id, expected, found in rows:
        shown = {"expected": _shown(expected), "found": _shown(found)}
        sentence = f"{check.table} {row_id}: {check.sentence.format(**shown)} [{check.code}]"
        yield Finding(check.code, check.table, str(row_id), sentence=sentence, **shown)


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
