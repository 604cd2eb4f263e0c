"""Weather: an alert for an area brings the next visits there forward, each once, and ends by itself.

How often somebody is called on stays as it is: what an alert brings forward goes back to its own day once the
alert is over, and a visit in its time satisfies it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor, Scope, community_of
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.ids import new_id
from app.models import (
    Area,
    CareCategory,
    CareLevel,
    CareRecord,
    NoticeKind,
    WeatherAlert,
    WeatherCall,
    WeatherKind,
)
from app.once import content_hash, insert_once, made_before
from app.visits.due import awaited, set_due_anew
from app.visits.standing_in import Cared, hands

MOST_DAYS = 31
_AT_ONCE = 50
"""So many alerts are read at once."""


class AlertSpanError(DomainError):
    """An alert ends on or after its first day, today at the earliest, within a month."""

    code = "alert_span"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewAlert:
    """Which weather where from when until when; of some levels or categories only where they are named."""

    area_code: str
    kind: WeatherKind
    from_on: date
    until_on: date
    reason: str
    levels: Sequence[CareLevel] = field(default=())
    categories: Sequence[CareCategory] = field(default=())


def warn(session: Session, actor: Actor, alert_id: UUID, new: NewAlert) -> tuple[WeatherAlert, bool]:
    """Let the next visits of an area be made from the first day of an alert on; a job brings them forward.

    Raises NotFoundError outside the actor's areas, AlertSpanError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, WeatherAlert, alert_id, sent, author=WeatherAlert.made_by, by=actor.user_id)
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code) or session.get(Area, new.area_code) is None:
        raise NotFoundError(field="area_code")
    if not 0 <= (new.until_on - new.from_on).days < MOST_DAYS or new.until_on < business_day():
        raise AlertSpanError(field="until_on")
    return insert_once(
        session,
        WeatherAlert,
        alert_id,
        sent,
        area_code=new.area_code,
        kind=new.kind,
        from_on=new.from_on,
        until_on=new.until_on,
        reason=new.reason,
        levels=list(new.levels),
        categories=list(new.categories),
        made_by=actor.user_id,
        made_at=now(),
    )


def end_alert(session: Session, actor: Actor, alert_id: UUID) -> WeatherAlert:
    """Let an alert be over at once; a job puts visits back. Again changes nothing. Raises NotFoundError."""
    query = select(WeatherAlert).where(
        WeatherAlert.id == alert_id, actor.scope.clause(WeatherAlert.area_code)
    )
    alert = session.scalars(query.with_for_update(key_share=True)).one_or_none()
    if alert is None:
        raise NotFoundError
    alert.ended_at = alert.ended_at or now()
    return alert


def alerts(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> Sequence[WeatherAlert]:
    """List the alerts for the actor's areas, and for what lies around or in them, the newest first."""
    above = {code[:digits] for code in actor.scope.areas for digits in (4, 6, 9, 12) if digits < len(code)}
    here = or_(actor.scope.clause(WeatherAlert.area_code), WeatherAlert.area_code.in_(sorted(above)))
    query = select(WeatherAlert).where(here).order_by(WeatherAlert.id.desc()).limit(limit)
    if after is not None:
        query = query.where(WeatherAlert.id < after)
    return session.scalars(query).all()


def bring_forward(session: Session, *, limit: int) -> int:
    """Bring visits forward for the alerts in force, ``limit`` at most; give how many.

    Once a record and alert, and not where a visit was made in its time already. Whoever is looked after from
    a later day on is brought in as well, while the alert lasts. Who is to call there is told once of how
    many, when all that there were have been brought forward.
    """
    done = 0
    for alert in _not_over(session):
        done += _call(session, alert, limit - done)
        if done >= limit:
            break
        if alert.told_at is None:
            alert.told_at = now()
            _tell(session, alert)
    return done


def _not_over(session: Session) -> Iterator[WeatherAlert]:
    """Give all alerts that are not over, some at a time, each kept from being changed by others."""
    query = (
        select(WeatherAlert)
        .where(WeatherAlert.until_on >= business_day(), WeatherAlert.ended_at.is_(None))
        .order_by(WeatherAlert.id)
        .limit(_AT_ONCE)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    alerts = session.scalars(query).all()
    while alerts:
        yield from alerts
        alerts = session.scalars(query.where(WeatherAlert.id > alerts[-1].id)).all()


def release(session: Session, *, limit: int) -> int:
    """Put visits back to their own days whose alerts are over; give how many of them."""
    over = or_(WeatherAlert.ended_at.is_not(None), WeatherAlert.until_on < business_day())
    query = (
        select(WeatherCall)
        .join(WeatherCall.alert)
        .where(WeatherCall.closed_at.is_(None), over)
        .order_by(WeatherCall.care_record_id)
        .limit(limit)
    )
    calls = session.scalars(query).all()
    ids = sorted({one.care_record_id for one in calls})
    records = session.scalars(
        select(CareRecord)
        .where(CareRecord.id.in_(ids))
        .order_by(CareRecord.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    called = select(WeatherCall).where(WeatherCall.id.in_([one.id for one in calls]))
    for call in session.scalars(called.execution_options(populate_existing=True)):
        call.closed_at = call.closed_at or now()
    session.flush()
    set_due_anew(session, records)
    return len(calls)


def _call(session: Session, alert: WeatherAlert, limit: int) -> int:
    due_on = max(alert.from_on, business_day())
    called = exists().where(WeatherCall.alert_id == alert.id, WeatherCall.care_record_id == CareRecord.id)
    query = (
        select(CareRecord)
        .where(
            Scope(areas=(alert.area_code,)).clause(CareRecord.area_code),
            CareRecord.ended_on.is_(None),
            *_chosen(alert),
            or_(CareRecord.last_visited_on.is_(None), CareRecord.last_visited_on < alert.from_on),
            ~called,
        )
        .order_by(CareRecord.id)
        .limit(limit)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    records = session.scalars(query).all()
    for record in records:
        about = {"area_code": record.area_code, "alert_id": alert.id, "care_record_id": record.id}
        session.add(WeatherCall(id=new_id(), from_on=alert.from_on, due_on=due_on, **about))
    session.flush()
    set_due_anew(session, records)
    return len(records)


def _chosen(alert: WeatherAlert) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if alert.levels:
        chosen.append(CareRecord.level.in_([CareLevel(one) for one in alert.levels]))
    if alert.categories:
        chosen.append(CareRecord.category.in_([CareCategory(one) for one in alert.categories]))
    return chosen


def _tell(session: Session, alert: WeatherAlert) -> None:
    """Tell whoever is to call there, of those who are awaited, how many are; each once for all."""
    whose = (CareRecord.area_code, CareRecord.worker_id, CareRecord.substitute_id)
    query = (
        select(*whose, func.count())
        .join(WeatherCall, WeatherCall.care_record_id == CareRecord.id)
        .join(CareRecord.resident)
        .where(WeatherCall.alert_id == alert.id, WeatherCall.closed_at.is_(None), awaited())
        .group_by(*whose)
    )
    called = [(Cared(area, his, other), count) for area, his, other, count in session.execute(query)]
    there = hands(session, {cared.area_code for cared, _ in called})
    told: Counter[tuple[UUID, str]] = Counter()
    for cared, count in called:
        doer_id = there.doer(cared)
        if doer_id is not None:
            told[doer_id, community_of(cared.area_code)] += count
    for (user_id, community), count in sorted(told.items()):
        about = {"what": "weather", "count": count, "weather_alert_id": alert.id, "weather": alert.kind}
        notices.post(session, NoticeKind.CARE, to=user_id, area_code=community, **about)
