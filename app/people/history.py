"""The history of the roster: each write leaves a change, in its own transaction (ADR 0025).

A number is never in it, only that it became another one: whoever has it deleted has it deleted everywhere.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, now
from app.ids import new_id
from app.models import Household, Resident, RosterChange, RosterChangeKind
from app.once import append_event, content_hash
from app.people.listings import household_in_scope, resident_in_scope
from app.sealing import Cell, Opener, Sealer


@dataclass(frozen=True)
class Change:
    """One change; what held ``before`` and holds ``after`` is personal, and sealed."""

    kind: RosterChangeKind
    area_code: str
    household_id: UUID
    resident_id: UUID | None = None
    former_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    day: date | None = None
    moved: Mapping[str, Any] | None = None
    """Which rows went from a duplicate to who stays (``RosterChange.moved``)."""


def change_of(kind: RosterChangeKind, resident: Resident, **told: Any) -> Change:
    """Give a change of a resident where he is now."""
    return Change(kind, resident.area_code, resident.household_id, resident.id, **told)


def change_of_home(kind: RosterChangeKind, household: Household, **told: Any) -> Change:
    """Give a change of a household."""
    return Change(kind, household.area_code, household.id, **told)


def keep_change(
    session: Session,
    change: Change,
    *,
    by: UUID | None,
    sealer: Sealer | None = None,
    change_id: UUID | None = None,
    sent: bytes | None = None,
    undoes_id: UUID | None = None,
) -> RosterChange:
    """Write a change; ``sent`` is the hash of what was sent under ``change_id``; it may undo another one.

    Raises OtherContentError if that id belongs to another change.
    """
    row_id, at = change_id or new_id(), now()
    values = _row(change, row_id, at=at, by=by, sealer=sealer)
    made = values.pop("content_hash")
    values["undoes_id"] = undoes_id
    return append_event(session, RosterChange, values.pop("id"), sent or made, **values)


def keep_changes(session: Session, changes: Iterable[Change], *, by: UUID | None) -> None:
    """Write many changes that say nothing personal, in one statement."""
    at = now()
    rows = [_row(change, new_id(), at=at, by=by, sealer=None) for change in changes]
    if rows:
        session.execute(insert(RosterChange), rows)


def _row(
    change: Change, row_id: UUID, *, at: datetime, by: UUID | None, sealer: Sealer | None
) -> dict[str, Any]:
    said = json.dumps({"before": change.before, "after": change.after}, default=str, ensure_ascii=False)
    is_personal = bool(change.before or change.after)
    assert sealer is not None or not (is_personal or change.reason), "what is personal is sealed"
    return {
        "id": row_id,
        "area_code": change.area_code,
        "kind": change.kind,
        "resident_id": change.resident_id,
        "household_id": change.household_id,
        "former_id": change.former_id,
        "actor_id": by,
        "at": at,
        "day": change.day or business_day(at),
        "data": dict(change.data),
        "said_sealed": sealer.seal(said, _said(row_id)) if sealer and is_personal else None,
        "reason_sealed": sealer.seal(change.reason, _reason(row_id)) if sealer and change.reason else None,
        "moved": change.moved,
        "content_hash": content_hash(change.kind, by, change.resident_id, change.household_id, at),
    }


def said_in(sealer: Opener, row: RosterChange) -> dict[str, dict[str, Any]]:
    """Give what held ``before`` and ``after``; nothing once its time was over, or where it does not open."""
    text = sealer.open(row.said_sealed, _said(row.id)) if row.said_sealed is not None else "{}"
    try:
        said: dict[str, dict[str, Any]] = json.loads(text)
    except ValueError:
        said = {}
    return {"before": {}, "after": {}} | said


def reason_in(sealer: Opener, row: RosterChange) -> str:
    """Give why; nothing where nobody said so, or once its time was over."""
    return sealer.open(row.reason_sealed, _reason(row.id)) if row.reason_sealed is not None else ""


def changes_of_resident(
    session: Session, actor: Actor, resident_id: UUID, *, after: UUID | None, limit: int
) -> list[RosterChange]:
    """List what was changed of a resident, the newest first. Raises NotFoundError."""
    resident_in_scope(session, actor, resident_id)
    return _listed(session, RosterChange.resident_id == resident_id, after=after, limit=limit)


def changes_of_household(
    session: Session, actor: Actor, household_id: UUID, *, after: UUID | None, limit: int
) -> list[RosterChange]:
    """List what was changed of a household and in it, the newest first. Raises NotFoundError."""
    household_in_scope(session, actor, household_id)
    here = or_(RosterChange.household_id == household_id, RosterChange.former_id == household_id)
    return _listed(session, here, after=after, limit=limit)


def _listed(
    session: Session, which: ColumnElement[bool], *, after: UUID | None, limit: int
) -> list[RosterChange]:
    query = select(RosterChange).where(which).order_by(RosterChange.id.desc()).limit(limit)
    if after is not None:
        query = query.where(RosterChange.id < after)
    return list(session.scalars(query))


def _said(row_id: UUID) -> Cell:
    return Cell("roster_changes", "said_sealed", row_id)


def _reason(row_id: UUID) -> Cell:
    return Cell("roster_changes", "reason_sealed", row_id)
