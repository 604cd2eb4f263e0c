"""Consents that are taken back together, by what stands behind them rather than one by one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Consent, ConsentChannel, ConsentPurpose


def withdraw_purpose(session: Session, resident_id: UUID, purpose: ConsentPurpose, *, by: UUID) -> int:
    """Take back what a resident agreed to himself for one purpose; give how many decisions that were."""
    himself = (Consent.resident_id == resident_id) & (Consent.decided_by == resident_id)
    return len(_taken_back(session, himself & (Consent.purpose == purpose), by=by))


def withdraw_of(
    session: Session,
    decided_by: UUID,
    *,
    recorded_by: UUID,
    within: tuple[datetime, datetime],
    by: UUID | None,
) -> set[UUID]:
    """Take back what an account agreed to in the app as a resident, for him and his wards; give for whom.

    ``within`` is the time in which it was bound to him.
    """
    in_time = Consent.decided_at.between(*within)
    rows = _taken_back(session, _in_app(decided_by, recorded_by) & in_time, by=by)
    return {row.resident_id for row in rows}


def agreed_for(decided_by: UUID, *, recorded_by: UUID) -> Select[UUID]:
    """Select for whom an account agreed, or refused, in the app as a resident: for him and his wards."""
    return select(Consent.resident_id).where(_in_app(decided_by, recorded_by))


def _in_app(decided_by: UUID, recorded_by: UUID) -> ColumnElement[bool]:
    in_app = (Consent.recorded_by == recorded_by) & (Consent.channel != ConsentChannel.PAPER)
    return in_app & (Consent.decided_by == decided_by)


def _taken_back(session: Session, which: ColumnElement[bool], *, by: UUID | None) -> list[Consent]:
    rows = session.scalars(
        select(Consent)
        .where(which, Consent.given, Consent.withdrawn_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by = now(), by
    return list(rows)
