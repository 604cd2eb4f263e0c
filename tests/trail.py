"""Looks at what is left in the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry


@contextmanager
def entries_of(session: Session) -> Iterator[list[AuditEntry]]:
    """Give, once the block is over, the entries that came while it ran, the oldest first."""
    before = session.scalars(select(AuditEntry.id)).all()
    came: list[AuditEntry] = []
    yield came
    came.extend(
        session.scalars(select(AuditEntry).where(AuditEntry.id.not_in(before)).order_by(AuditEntry.id))
    )
