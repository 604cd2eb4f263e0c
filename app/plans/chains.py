"""Who stands in for whom, in SQL: a substitute may be away himself. ``Roster`` says the same in Python."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Exists, Select, and_, exists, func, literal, select
from sqlalchemy.orm import aliased

from app.actors import COMMUNITY_DIGITS
from app.identity import holding
from app.models import Absence, Grant, User
from app.plans.roster import DEEPEST, PATROLLERS


def is_substitute(user_id: Any, area_code: Any, *, on: Any) -> Exists:
    """Say in SQL that somebody stands in on a day for another of the community of an area, both columns."""
    here = Absence.area_code == func.left(area_code, COMMUNITY_DIGITS)
    return exists().where(here, Absence.substitute_id == user_id, _on_day(Absence, on))


def is_away(user_id: Any, area_code: Any, *, on: Any) -> Exists:
    """Say in SQL that somebody is away on a day in the community of an area, all of them columns."""
    here = Absence.area_code == func.left(area_code, COMMUNITY_DIGITS)
    return exists().where(here, Absence.worker_id == user_id, _on_day(Absence, on)).correlate_except(Absence)


def stands_in_over(
    user_id: Any, area_code: Any, *, on: date, near: Collection[str] | None = None
) -> ColumnElement[bool]:
    """Say in SQL of whom, a column, ``standing_in`` may give over an area, another, for somebody else.

    Each substitute on the way counts, though he may be away himself: what he has is not taken from him.
    ``near``: only in these communities, whose absences alone are read then.
    """
    chain = _chain(on, near)
    over = holding(PATROLLERS, chain.c.for_id, area_code).correlate_except(Grant, User)
    here = chain.c.area_code == func.left(area_code, COMMUNITY_DIGITS)
    return exists().where(chain.c.by_id == user_id, here, over).correlate_except(chain)


def away_alone(*, on: date) -> Select[str, UUID]:
    """Select who is away on a day with nobody in his place, each with the community in which he is."""
    chain, end = _chain(on), aliased(Absence)
    away_too = exists().where(
        end.worker_id == chain.c.by_id, end.area_code == chain.c.area_code, _on_day(end, on)
    )
    somebody = exists().where(
        chain.c.for_id == Absence.worker_id, chain.c.area_code == Absence.area_code, ~away_too
    )
    return select(Absence.area_code, Absence.worker_id).where(_on_day(Absence, on), ~somebody)


def _chain(on: date, near: Collection[str] | None = None) -> CTE:
    """Give who may stand in for whom on a day, by his absence or by way of others; each has a post there."""
    who, by, where = Absence.worker_id, Absence.substitute_id, Absence.area_code
    able = and_(_on_day(Absence, on), holding(PATROLLERS, by, where, within=True))
    if near is not None:
        able = and_(where.in_(sorted(near)), able)
    first = select(where, who.label("for_id"), by.label("by_id"), literal(1).label("far")).where(able)
    chain = first.cte(recursive=True)
    away_too = and_(where == chain.c.area_code, who == chain.c.by_id, chain.c.far < DEEPEST - 1)
    return chain.union(select(where, chain.c.for_id, by, chain.c.far + 1).where(able, away_too))


def _on_day(absence: type[Absence], day: Any) -> ColumnElement[bool]:
    return and_(absence.ended_at.is_(None), absence.from_on <= day, absence.until_on >= day)
