"""Reading hazards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.evidence import NamedPhoto, photos_of
from app.harm import reading_as
from app.hazards.assignees import has
from app.hazards.assignment import may_assign
from app.hazards.deadlines import DefaultTime, default_time
from app.hazards.extensions import MOST_EXTENSIONS, is_too_late, may_decide
from app.hazards.filters import HazardFilter, HazardKey, HazardOrder, in_order, matching, readable
from app.hazards.history import ShownEvent, events_of, shown
from app.hazards.merging import KeptHazard, kept_for, merged_into
from app.hazards.recurrences import EarlierHazard, earlier
from app.hazards.satisfaction import CHANGEABLE_FOR
from app.hazards.steps import DECISIONS, is_behind_own_door, verbs_from
from app.hazards.supervising import may_answer
from app.identity import Permission, scope_of
from app.models import Hazard, HazardLevel, HazardStep, RectificationNotice, User

_PERMISSION = {
    HazardStep.ACCEPT: Permission.HAZARD_ACCEPT,
    HazardStep.REJECT: Permission.HAZARD_TRIAGE,
    HazardStep.DUPLICATE: Permission.HAZARD_TRIAGE,
    HazardStep.ASSIGN: Permission.HAZARD_ASSIGN,
    HazardStep.START: Permission.HAZARD_RECTIFY,
    HazardStep.RECTIFY: Permission.HAZARD_RECTIFY,
    HazardStep.VERIFY: Permission.HAZARD_VERIFY,
    HazardStep.CLOSE: Permission.HAZARD_CLOSE_MAJOR,
    HazardStep.SUPERVISE: Permission.HAZARD_SUPERVISE,
    HazardStep.ANSWER: Permission.HAZARD_RECTIFY,
    HazardStep.ASK_EXTENSION: Permission.HAZARD_RECTIFY,
    HazardStep.GRANT_EXTENSION: Permission.HAZARD_ASSIGN,
    HazardStep.REFUSE_EXTENSION: Permission.HAZARD_ASSIGN,
    HazardStep.RATE: Permission.HAZARD_REPORT,
    HazardStep.TRANSFER: Permission.HAZARD_ASSIGN,
    HazardStep.DEPARTMENT_ANSWER: Permission.HAZARD_ASSIGN,
    HazardStep.REPORT_CONTROLS: Permission.HAZARD_RECTIFY,
    HazardStep.CHECK_CONTROLS: Permission.HAZARD_CLOSE_MAJOR,
}


@dataclass(frozen=True)
class ListedHazard:
    """A hazard in a list, with its place and unit loaded."""

    hazard: Hazard
    photos: list[NamedPhoto]
    reported_by_me: bool
    merged_count: int
    merged_ids: list[UUID]
    """The first reports that were merged into it, of those that the reader may read."""
    kept: KeptHazard | None
    """What it was merged into."""


@dataclass(frozen=True)
class ShownHazard(ListedHazard):
    """A hazard with its history and what the reader may do next."""

    events: list[ShownEvent]
    assignee_name: str | None
    controls: str | None
    five_fixed: dict[str, Any] | None
    extensions_left: int
    earlier: list[EarlierHazard]
    """Of the same item at the same place."""
    allowed: list[HazardStep]
    default_time: DefaultTime | None
    """What it gets if the reader names no deadline; None where his next step gives it none."""


def hazards(
    session: Session,
    actor: Actor,
    wanted: HazardFilter,
    *,
    limit: int,
    order: HazardOrder = HazardOrder.NEWEST,
    after: HazardKey | None = None,
) -> list[ListedHazard]:
    """List the hazards of the actor's areas and those he reported himself as a resident.

    A minor does not find what he told of harm: his home reads on his phone (ADR 0013).
    """
    query = select(Hazard).where(readable(actor), *matching(wanted))
    query = query.options(joinedload(Hazard.place), joinedload(Hazard.unit))
    query = in_order(query, order, after).limit(limit)
    rows = list(session.scalars(query, reading_as(actor.user_id)))
    photos = photos_of(session, [row.id for row in rows])
    seen = _seen(session, actor, rows)
    return [ListedHazard(row, photos[row.id], **seen[row.id]) for row in rows]


def hazard(session: Session, actor: Actor, hazard_id: UUID) -> ShownHazard:
    """Give one hazard with its history and what the actor may do next. Raises NotFoundError out of reach."""
    found = session.execute(
        select(Hazard, User.name)
        .outerjoin(User, User.id == Hazard.assignee_id)
        .where(Hazard.id == hazard_id, readable(actor))
        .options(joinedload(Hazard.place), joinedload(Hazard.unit))
        .execution_options(populate_existing=True),
        reading_as(actor.user_id),
    ).one_or_none()
    if found is None:
        raise NotFoundError
    row, assignee_name = found
    told = events_of(session, actor, [row])
    photos = photos_of(session, [row.id, *(event.id for event, _ in told.events)])
    allowed = _allowed(session, actor, row)
    return ShownHazard(
        hazard=row,
        photos=photos[row.id],
        **_seen(session, actor, [row])[row.id],
        events=shown(session, [row], told, photos),
        assignee_name=assignee_name,
        controls=None if told.of_harm else row.controls,
        five_fixed=None if told.of_harm else row.five_fixed,
        earlier=earlier(session, row),
        extensions_left=max(0, MOST_EXTENSIONS - row.extensions),
        allowed=allowed,
        default_time=default_time(session, row) if _gives_time(row, allowed) else None,
    )


def hazard_of_notice(session: Session, actor: Actor, notice_id: UUID) -> ShownHazard:
    """Give the hazard that a written notice is about. Raises NotFoundError out of reach."""
    notice = session.get(RectificationNotice, notice_id)
    if notice is None:
        raise NotFoundError
    return hazard(session, actor, notice.hazard_id)


def _seen(session: Session, actor: Actor, rows: Sequence[Hazard]) -> dict[UUID, dict[str, Any]]:
    """Give what both a list and a single hazard say of others beside it."""
    merged = merged_into(session, actor, [row.id for row in rows])
    kept = kept_for(session, rows, reader=actor.user_id)
    return {
        row.id: {
            "reported_by_me": _is_mine(row, actor),
            "merged_count": merged[row.id].count,
            "merged_ids": merged[row.id].ids,
            "kept": kept.get(row.id),
        }
        for row in rows
    }


def _gives_time(row: Hazard, allowed: list[HazardStep]) -> bool:
    """Say whether one of the verbs gives a deadline of itself: a first assignment, or a failed recheck."""
    rechecks = not {HazardStep.VERIFY, HazardStep.CLOSE}.isdisjoint(allowed)
    return rechecks or (HazardStep.ASSIGN in allowed and row.due_at is None)


def _is_mine(row: Hazard, actor: Actor) -> bool:
    return actor.user_id is not None and row.reported_by == actor.user_id


def _allowed(session: Session, actor: Actor, row: Hazard) -> list[HazardStep]:
    """List the verbs that the actor may use now, as the verbs themselves would judge."""
    mine = [verb for verb in verbs_from(row.status) if _may(session, actor, row, verb)]
    if DECISIONS.isdisjoint(mine) or not is_behind_own_door(session, actor, row):
        return mine
    return [verb for verb in mine if verb not in DECISIONS]


def _may(session: Session, actor: Actor, row: Hazard, verb: HazardStep) -> bool:
    if verb not in _PERMISSION:
        return False
    scope = scope_of(actor, _PERMISSION[verb])
    if scope is None or not scope.covers(row.area_code):
        return False
    return verb not in _IF or _IF[verb](session, actor, row)


def _is_his(session: Session, actor: Actor, row: Hazard) -> bool:
    return has(session, actor, row)


def _is_anothers(_: Session, actor: Actor, row: Hazard) -> bool:
    return row.rectified_by != actor.user_id


def _may_answer(session: Session, actor: Actor, row: Hazard) -> bool:
    return row.supervised_at is not None and row.answered_at is None and may_answer(session, actor, row)


def _may_ask(session: Session, actor: Actor, row: Hazard) -> bool:
    if row.asked_due_at is not None or row.extensions >= MOST_EXTENSIONS or is_too_late(row, at=now()):
        return False
    return _is_his(session, actor, row)


def _may_decide(session: Session, actor: Actor, row: Hazard) -> bool:
    if row.asked_due_at is None or _is_his(session, actor, row):
        return False
    return may_decide(session, actor, row)


def _may_grant(session: Session, actor: Actor, row: Hazard) -> bool:
    return row.asked_due_at is not None and row.asked_due_at > now() and _may_decide(session, actor, row)


def _may_show(session: Session, actor: Actor, row: Hazard) -> bool:
    return row.level is HazardLevel.MAJOR and may_answer(session, actor, row)


def _may_rate(_: Session, actor: Actor, row: Hazard) -> bool:
    return _is_mine(row, actor) and (row.rated_at is None or now() <= row.rated_at + CHANGEABLE_FOR)


def _may_check(_: Session, __: Actor, row: Hazard) -> bool:
    return row.controls_reported_at is not None and row.controls_checked_at is None


_IF: dict[HazardStep, Callable[[Session, Actor, Hazard], bool]] = {
    HazardStep.ASSIGN: may_assign,
    HazardStep.START: _is_his,
    HazardStep.RECTIFY: _is_his,
    HazardStep.VERIFY: _is_anothers,
    HazardStep.CLOSE: _is_anothers,
    HazardStep.ANSWER: _may_answer,
    HazardStep.ASK_EXTENSION: _may_ask,
    HazardStep.GRANT_EXTENSION: _may_grant,
    HazardStep.REFUSE_EXTENSION: _may_decide,
    HazardStep.RATE: _may_rate,
    HazardStep.TRANSFER: may_assign,
    HazardStep.DEPARTMENT_ANSWER: may_assign,
    HazardStep.REPORT_CONTROLS: _may_show,
    HazardStep.CHECK_CONTROLS: _may_check,
}
"""What a verb wants besides its function and the state it starts from."""
