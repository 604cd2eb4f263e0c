"""How many working days a community gives for each category of hazards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import now
from app.errors import NotFoundError
from app.hazards.deadlines import DEFAULT_WORKING_DAYS
from app.models import Area, CategoryDeadline, HazardCategory, User
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError

WORKING_DAYS_MOST = 60


@dataclass(frozen=True)
class NewCategoryDeadline:
    """What a community says of a category; without days what holds for everybody does again."""

    area_code: str
    category: HazardCategory
    working_days: int | None


@dataclass(frozen=True)
class ShownCategoryDeadline:
    """What a community said, and who answers for it."""

    row: CategoryDeadline
    set_by_name: str


@dataclass(frozen=True)
class StandingDeadline:
    """How many working days a category has; nobody and no moment where the community never said any."""

    category: HazardCategory
    working_days: int
    is_own: bool
    """Whether the community said so."""
    set_by_name: str | None = None
    set_at: datetime | None = None


def set_category_deadline(
    session: Session, actor: Actor, deadline_id: UUID, new: NewCategoryDeadline
) -> tuple[ShownCategoryDeadline, bool]:
    """Say how much time hazards of a category have that get a deadline from now on.

    Raises NotFoundError outside the actor's areas, AreaUnknownError (no community), OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    by: dict[str, Any] = {"author": CategoryDeadline.set_by, "by": actor.user_id}
    first = made_before(session, CategoryDeadline, deadline_id, sent, **by)
    if first is not None:
        return _shown(session, [first])[0], False
    _check_reach(actor, new.area_code)
    # Two who say something at once follow each other, in their moments as well.
    area = session.get(Area, new.area_code, with_for_update={"key_share": True}, populate_existing=True)
    if area is None or len(new.area_code) != COMMUNITY_DIGITS:
        raise AreaUnknownError(field="area_code")
    row, made = insert_once(
        session, CategoryDeadline, deadline_id, sent, set_by=actor.user_id, set_at=now(), **vars(new)
    )
    return _shown(session, [row])[0], made


def category_deadlines(session: Session, actor: Actor, area_code: str) -> list[StandingDeadline]:
    """Give how many working days each category has in a community. Raises NotFoundError outside the areas."""
    _check_reach(actor, area_code)
    query = (
        select(CategoryDeadline)
        .ext(distinct_on(CategoryDeadline.category))
        .where(CategoryDeadline.area_code == area_code)
        .order_by(CategoryDeadline.category, CategoryDeadline.set_at.desc(), CategoryDeadline.id.desc())
    )
    said = {shown.row.category: shown for shown in _shown(session, session.scalars(query).all())}
    return [_standing(category, said.get(category)) for category in HazardCategory]


def _standing(category: HazardCategory, said: ShownCategoryDeadline | None) -> StandingDeadline:
    if said is None:
        return StandingDeadline(category, DEFAULT_WORKING_DAYS, is_own=False)
    days = said.row.working_days
    return StandingDeadline(
        category,
        days or DEFAULT_WORKING_DAYS,
        is_own=days is not None,
        set_by_name=said.set_by_name,
        set_at=said.row.set_at,
    )


def _check_reach(actor: Actor, area_code: str) -> None:
    if not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")


def _shown(session: Session, rows: Collection[CategoryDeadline]) -> list[ShownCategoryDeadline]:
    query = select(User.id, User.name).where(User.id.in_({row.set_by for row in rows}))
    names = dict(session.execute(query).all())
    return [ShownCategoryDeadline(row, names[row.set_by]) for row in rows]
