"""Each week's lot: its seed is committed to before, and what was drawn can be drawn again afterwards."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import notices
from app.clock import business_day, now
from app.identity import seeing_to
from app.ids import new_id
from app.models import Area, AreaLevel, NoticeKind, SpotCheck, SpotCheckWeek
from app.sealing import Cell, Sealer
from app.spot_checks.homes import people_visited
from app.spot_checks.lots import Candidate, commitment, draw
from app.spot_checks.urn import WEEK, due, lying, with_late_photos

_SEED_BYTES = 32


def communities(session: Session, *, after: str, limit: int) -> list[str]:
    """Give the codes of communities beyond one, in their order."""
    query = select(Area.code).where(Area.level == AreaLevel.COMMUNITY, Area.code > after)
    return list(session.scalars(query.order_by(Area.code).limit(limit)))


def commit_seeds(session: Session, sealer: Sealer, area_code: str) -> None:
    """Make the seeds of this week and the next, unless they are there, and keep their hashes."""
    this = monday_of(business_day())
    weeks = this, this + WEEK
    there = session.scalars(
        select(SpotCheckWeek.week_on).where(
            SpotCheckWeek.area_code == area_code, SpotCheckWeek.week_on.in_(weeks)
        )
    )
    for week_on in sorted(set(weeks).difference(there)):
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
    """Draw of each week that is over and was not drawn yet, and tell its seed; give how many records.

    Those who look again get one notice of all: the admins, or of what nobody of them may the office above.
    """
    query = select(SpotCheckWeek).where(
        SpotCheckWeek.area_code == area_code,
        SpotCheckWeek.drawn_at.is_(None),
        SpotCheckWeek.week_on <= business_day() - WEEK,
    )
    weeks = session.scalars(query.order_by(SpotCheckWeek.week_on).with_for_update()).all()
    drawn = [row for week in weeks for row in _draw(session, sealer, week)]
    _tell(session, area_code, drawn)
    return len(drawn)


def _tell(session: Session, area_code: str, drawn: Sequence[SpotCheck]) -> None:
    """Tell who may look how many records are his to look at: neither his own nor visits to his home."""
    behind = people_visited(session, drawn)
    alike = Counter(behind[row.id] | {row.worker_id} for row in drawn)
    counts: Counter[UUID] = Counter()
    for barred, count in alike.items():
        _, lookers = seeing_to.who_sees_to_it(session, area_code, but=barred)
        counts.update(dict.fromkeys(lookers, count))
    for user_id, count in sorted(counts.items()):
        about = {"what": "drawn", "count": count}
        notices.post(session, NoticeKind.SPOT_CHECK, to=user_id, area_code=area_code, **about)


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _draw(session: Session, sealer: Sealer, week: SpotCheckWeek) -> list[SpotCheck]:
    assert week.seed_sealed is not None, "it was not drawn yet"
    seed = sealer.open(week.seed_sealed, _cell(week.id))
    rows = {row.id: row for row in lying(session, week)}
    late = with_late_photos(session, rows.keys())
    numbers = {
        who: number for number, who in enumerate(dict.fromkeys(row.worker_id for row in rows.values()))
    }
    must = due(session, week, set(numbers))
    urn = [
        Candidate(row.id, numbers[row.worker_id], row.weight(late=row.id in late), row.worker_id in must)
        for row in rows.values()
    ]
    drawn = draw(seed, urn)
    at = now()
    checks = [
        SpotCheck(
            id=new_id(),
            area_code=row.area_code,
            week_id=week.id,
            record_kind=row.kind,
            record_id=row.id,
            place_id=row.place_id,
            worker_id=row.worker_id,
            drawn_at=at,
        )
        for row in (rows[one.record_id] for one in drawn)
    ]
    session.add_all(checks)
    week.seed, week.seed_sealed, week.drawn_at = seed, None, at
    week.candidates = [vars(one) | {"record_id": str(one.record_id)} for one in urn]
    session.flush()
    return checks


def _cell(row_id: UUID) -> Cell:
    return Cell("spot_check_weeks", "seed_sealed", row_id)
