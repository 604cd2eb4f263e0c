"""What an inspection resolves: the periods of its place, its checklist and its moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Checklist, Inspection, OccurrenceState

LATE_WITHIN = timedelta(days=92)
"""How long after it was missed a period may still be filed, with a reason."""
_COLUMNS = "o.id, o.plan_id, o.period_on, o.opens_at, o.due_at, o.missed_at, o.done_at, o.inspection_id"
_ABOUT = """
    o.place_id = :place_id AND o.checklist_area_code = :owner AND o.checklist_code = :code
        AND o.opens_at <= :at AND o.missed_at > :late_since
"""
_RESOLVE = text(
    f"""
    WITH near AS (
        SELECT DISTINCT ON (o.plan_id, o.missed_at <= :at) {_COLUMNS}
        FROM occurrences AS o
        WHERE {_ABOUT} AND (o.done_at IS NULL OR (o.missed_at > :at AND o.done_at > :at))
        ORDER BY o.plan_id, o.missed_at <= :at, o.opens_at DESC
    ), resolved AS (
        UPDATE occurrences AS o SET inspection_id = :inspection_id, done_at = :at
        FROM near
        WHERE o.id = near.id AND (near.missed_at > :at OR :with_reason)
            AND (o.done_at IS NULL OR o.done_at > :at)
        RETURNING o.id, o.done_at, o.inspection_id
    )
    SELECT near.id, near.plan_id, plans.title, near.period_on, near.opens_at, near.due_at, near.missed_at,
        resolved.done_at
    FROM near
    JOIN plans ON plans.id = near.plan_id
    LEFT JOIN resolved ON resolved.id = near.id
    WHERE resolved.id IS NOT NULL OR near.missed_at <= :at
    ORDER BY near.opens_at, near.id
    """  # noqa: S608 - our own words
)
_SHOW = text(
    f"""
    SELECT o.id, o.plan_id, plans.title, o.period_on, o.opens_at, o.due_at, o.missed_at, o.done_at
    FROM (
        SELECT {_COLUMNS} FROM occurrences AS o WHERE o.inspection_id = :inspection_id
        UNION ALL
        (
            SELECT DISTINCT ON (o.plan_id) {_COLUMNS} FROM occurrences AS o
            WHERE {_ABOUT} AND o.missed_at <= :at AND o.done_at IS NULL
            ORDER BY o.plan_id, o.opens_at DESC
        )
    ) AS o
    JOIN plans ON plans.id = o.plan_id
    ORDER BY o.opens_at, o.id
    """  # noqa: S608 - our own words
)


@dataclass(frozen=True)
class Resolved:
    """A period that an inspection resolved, or one that stays missed because no reason was given."""

    id: UUID
    plan_id: UUID
    plan_title: str
    period_on: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    done_at: datetime | None

    @property
    def state(self) -> OccurrenceState:
        """Say how it stands by this inspection."""
        if self.done_at is None:
            return OccurrenceState.MISSED
        return OccurrenceState.DONE if self.done_at < self.missed_at else OccurrenceState.LATE

    @property
    def on_time(self) -> bool:
        """Say whether it was done before it was due."""
        return self.done_at is not None and self.done_at <= self.due_at


def resolve(session: Session, inspection: Inspection, checklist: Checklist) -> list[Resolved]:
    """Resolve what an inspection that was just filed is evidence for, in one statement.

    Of each plan the period that opened last before it happened and was not missed by then; with a reason also
    the last missed one. What decides is when it happened, not when it arrived: a period that a later
    inspection resolved goes over to an earlier one of its window, so that the order of arrival is all one.
    """
    about = _about(inspection, checklist) | {"with_reason": bool(inspection.late_reason)}
    return [Resolved(*row) for row in session.execute(_RESOLVE, about)]


def resolved_by(session: Session, inspection: Inspection, checklist: Checklist) -> Sequence[Resolved]:
    """Give the periods that an inspection resolves now, and the last missed one of each plan before it."""
    return [Resolved(*row) for row in session.execute(_SHOW, _about(inspection, checklist))]


def _about(inspection: Inspection, checklist: Checklist) -> dict[str, object]:
    at = inspection.happened_at
    return {
        "inspection_id": inspection.id,
        "place_id": inspection.place_id,
        "owner": checklist.owner,
        "code": checklist.code,
        "at": at,
        "late_since": at - LATE_WITHIN,
    }
