"""Each week's lot: its seed is committed to before, and what was drawn can be drawn again afterwards."""

import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Scope
from app.clock import business_day, now, start_of
from app.ids import new_id
from app.models import (
    Area,
    AreaLevel,
    Challenge,
    Inspection,
    Photo,
    PhotoLink,
    Presence,
    SpotCheck,
    SpotCheckRecord,
    SpotCheckWeek,
)
from app.sealing import Cell, Sealer
from app.spot_checks.lots import Candidate, commitment, draw

COVERED_WEEKS = 4
"""Whoever works for so many weeks is drawn once at least."""
WEIGHTS = {Presence.CONFIRMED: 1, Presence.PROBABLE: 2, Presence.UNVERIFIED: 4}
_WEEK = timedelta(days=7)
_SEED_BYTES = 32
_MOST_RECORDS = 10_000


def communities(session: Session) -> list[str]:
    """Give the codes of all communities."""
    query = select(Area.code).where(Area.level == AreaLevel.COMMUNITY).order_by(Area.code)
    return list(session.scalars(query))


def commit_seeds(session: Session, sealer: Sealer, area_code: str) -> None:
    """Make the seeds of this week and the next, unless they are there, and keep their hashes."""
    this = monday_of(business_day())
    for week_on in (this, this + _WEEK):
        row_id, seed = new_id(), secrets.token_hex(_SEED_BYTES)
        values = {
            "id": row_id,
            "area_code": area_code,
            "week_on": week_on,
            "committed_at": now(),
            "seed_hash": commitment(seed),
            "seed_sealed": sealer.seal(seed, _cell(row_id)),
            "candidates": [],
        }
        session.execute(insert(SpotCheckWeek).values(values).on_conflict_do_nothing())


def draw_due(session: Session, sealer: Sealer, area_code: str) -> int:
    """Draw of each week that is over and was not drawn yet, and tell its seed; give how many records."""
    query = select(SpotCheckWeek).where(
        SpotCheckWeek.area_code == area_code,
        SpotCheckWeek.drawn_at.is_(None),
        SpotCheckWeek.week_on <= business_day() - _WEEK,
    )
    weeks = session.scalars(query.order_by(SpotCheckWeek.week_on).with_for_update()).all()
    return sum(_draw(session, sealer, week) for week in weeks)


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _draw(session: Session, sealer: Sealer, week: SpotCheckWeek) -> int:
    assert week.seed_sealed is not None, "it was not drawn yet"
    seed = sealer.open(week.seed_sealed, _cell(week.id))
    rows = _records(session, week)
    late = _with_late_photos(session, [row.id for row in rows])
    urn = [
        Candidate(row.id, row.worker_id, max(WEIGHTS.values()) if row.id in late else WEIGHTS[row.presence])
        for row in rows
    ]
    due = _due(session, week, {one.worker_id for one in urn})
    drawn = draw(seed, urn, due)
    by_id = {row.id: row for row in rows}
    at = now()
    for one in drawn:
        row = by_id[one.record_id]
        session.add(
            SpotCheck(
                id=new_id(),
                area_code=row.area_code,
                week_id=week.id,
                record_kind=SpotCheckRecord.INSPECTION,
                record_id=row.id,
                place_id=row.place_id,
                worker_id=row.worker_id,
                drawn_at=at,
            )
        )
    week.seed, week.seed_sealed, week.drawn_at = seed, None, at
    week.candidates = [
        {"record_id": str(one.record_id), "weight": one.weight, "due": one.worker_id in due} for one in urn
    ]
    session.flush()
    return len(drawn)


def _records(session: Session, week: SpotCheckWeek) -> list[Inspection]:
    """Give the records that arrived in the week: what a phone held back is in the week of its arrival."""
    query = select(Inspection).where(
        Scope(areas=(week.area_code,)).clause(Inspection.area_code),
        Inspection.received_at >= start_of(week.week_on),
        Inspection.received_at < start_of(week.week_on + _WEEK),
    )
    return list(session.scalars(query.order_by(Inspection.id).limit(_MOST_RECORDS)))


def _with_late_photos(session: Session, record_ids: list[UUID]) -> set[UUID]:
    """Give the records whose photo came when the challenge was over: it may be from another time (S-176)."""
    if not record_ids:
        return set()
    late = exists().where(
        PhotoLink.record_id == Challenge.record_id,
        Photo.id == PhotoLink.photo_id,
        Photo.received_at > Challenge.expires_at,
    )
    query = select(Challenge.record_id).where(Challenge.record_id.in_(record_ids), late)
    return {record_id for record_id in session.scalars(query) if record_id is not None}


def _due(session: Session, week: SpotCheckWeek, workers: set[UUID]) -> set[UUID]:
    """Give who has worked for a while and was not drawn in the weeks before: one of his is drawn now."""
    if not workers:
        return set()
    since = week.week_on - (COVERED_WEEKS - 1) * _WEEK
    in_area = Scope(areas=(week.area_code,))
    lately = (
        select(SpotCheck.worker_id)
        .join(SpotCheckWeek, SpotCheckWeek.id == SpotCheck.week_id)
        .where(
            SpotCheck.worker_id.in_(workers),
            SpotCheckWeek.area_code == week.area_code,
            SpotCheckWeek.week_on >= since,
            SpotCheckWeek.week_on < week.week_on,
        )
    )
    began = (
        select(Inspection.worker_id)
        .where(Inspection.worker_id.in_(workers), in_area.clause(Inspection.area_code))
        .group_by(Inspection.worker_id)
        .having(func.min(Inspection.received_at) < start_of(since + _WEEK))
    )
    return set(session.scalars(began)) - set(session.scalars(lately))


def _cell(row_id: UUID) -> Cell:
    return Cell("spot_check_weeks", "seed_sealed", row_id)
