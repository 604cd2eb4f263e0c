"""Who sees to what a community's admins decide: they, or where nobody of them may the office above.

It decides on viewing tickets (``app/visits/tickets.py``), and on corrections and deletions
(``app/own_data/requests.py``). Of all else it is told that somebody waits where nobody decides, and sees to
an admin. ``docs/security.md`` has a table of all kinds.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, Uuid, and_, column, exists, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.actors import Actor, Role, Scope
from app.clock import now
from app.identity.holders import holders
from app.identity.officers import OFFICERS
from app.models import Grant, Resident, User
from app.people import HOMES_OF_USER, STILL_AT_HOME

_SEEN_TO = (
    (Role.COMMUNITY_ADMIN, "asked"),
    (Role.COUNTY_OFFICER, "nobody_decides"),
    (Role.CITY_OFFICER, "nobody_decides"),
)
"""Who is told, the first of these there is over the community, and what."""


def who_sees_to_it(
    session: Session,
    community: str,
    *,
    but: Collection[UUID | None],
    holding: Callable[[str, Role], set[UUID]] | None = None,
) -> tuple[str, set[UUID]]:
    """Give what to tell and whom: the admins, or the county's office, or else the city's; none of ``but``.

    Those are who asks, and who lives where it is about.
    ``holding`` gives the holders of a role over an area to whoever tells of many. Nobody at all is an empty
    set.
    """
    for role, what in _SEEN_TO:
        held = holding(community, role) if holding else holders(session, community, {role})
        if to_know := held.difference(but):
            return what, to_know
    return "nobody_decides", set()


def left_to_office(
    actor: Actor,
    area: InstrumentedAttribute[str],
    resident_id: InstrumentedAttribute[UUID],
    *,
    but: Collection[SQLColumnExpression[Any]],
) -> ColumnElement[bool]:
    """Say in SQL that a request lies before an officer: no admin lives elsewhere, other than ``but``."""
    at, admin, whose = now(), aliased(User, name="u"), aliased(Resident)
    homes = text(HOMES_OF_USER).bindparams(since=at - STILL_AT_HOME).columns(column("household_id", Uuid()))
    household = select(whose.household_id).where(whose.id == resident_id).scalar_subquery()
    elsewhere = exists().where(
        Grant.user_id == admin.id,
        Grant.role == Role.COMMUNITY_ADMIN,
        Grant.ended_at.is_(None),
        Grant.valid_from <= at,
        or_(Grant.valid_until.is_(None), Grant.valid_until > at),
        area.startswith(Grant.area_code),
        admin.disabled_at.is_(None),
        *(admin.id.is_distinct_from(one) for one in but),
        household.not_in(homes),
    )
    return and_(areas_of(actor, OFFICERS).clause(area), ~elsewhere)


def areas_of(actor: Actor, roles: Collection[Role]) -> Scope:
    """Give the areas in which the actor holds one of these roles."""
    return Scope(areas=tuple(held.area_code for held in actor.held if held.role in roles))
