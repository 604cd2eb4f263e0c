"""The end of an export: its file and key are deleted, its row stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.adapters import PhotoStore
from app.clock import now
from app.models import RosterExport

SENDING = timedelta(minutes=10)
"""How long the first fetch may still be under way: its file stays for so long, its key does not."""


def end_exports(session: Session, photos: PhotoStore, *, limit: int, table: type[Any] = RosterExport) -> int:
    """Delete files and keys of exports that were fetched or failed, or whose time is over; give how many."""
    done = or_(table.expires_at <= now(), table.fetched_at <= now() - SENDING, table.failed_at.is_not(None))
    return _end(session, photos, table, done, limit=limit)


def end_over(session: Session, photos: PhotoStore, user_id: UUID, *, table: type[Any] = RosterExport) -> None:
    """End somebody's export whose time is over, before the job does: else it would keep out the next one.

    One that is locked is being ended.
    """
    _end(session, photos, table, table.asked_by == user_id, table.expires_at <= now(), limit=1)
    session.flush()


def _end(
    session: Session, photos: PhotoStore, table: type[Any], *which: ColumnElement[bool], limit: int
) -> int:
    rows = session.scalars(
        select(table)
        .where(table.ended_at.is_(None), *which)
        .order_by(table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        photos.exports.delete(row.id)
        row.key_sealed, row.ended_at = None, now()
    return len(rows)
