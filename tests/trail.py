"""Looks at what is left in the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry


@contextmanager
def entries_of(session: Session) -> Iterator[list[AuditEntry]]:
    """Give, once the block is over, the entries that came while it ran, the oldest first."""
    before = set(session.scalars(select(AuditEntry.id)))
    came: list[AuditEntry] = []
    yield came
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    came.extend(row for row in rows if row.id not in before)
