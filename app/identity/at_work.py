"""Whoever asked for something that a job carries out later: as his posts are then, without a session."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actors import Actor, Held, Role
from app.clock import now
from app.people import HOMES_OF_USER, STILL_AT_HOME

_WHO = text(f"""
    SELECT u.name, u.resident_id, r.household_id, r.area_code,
           ARRAY(SELECT g.role || ' ' || g.area_code FROM grants g
                 WHERE g.user_id = u.id AND g.ended_at IS NULL AND g.valid_from <= :at
                   AND (g.valid_until IS NULL OR g.valid_until > :at)),
           ARRAY({HOMES_OF_USER})
    FROM users u LEFT JOIN residents r ON r.id = u.resident_id
    WHERE u.id = :user_id AND u.disabled_at IS NULL
    """)  # noqa: S608 - our own words


def actor_at_work(session: Session, user_id: UUID) -> Actor:
    """Give somebody with the posts that he holds now; a disabled account has none.

    He had the second factor that his posts want when he asked.
    """
    row = session.execute(
        _WHO, {"user_id": user_id, "at": now(), "since": now() - STILL_AT_HOME}
    ).one_or_none()
    if row is None:
        return Actor(user_id=user_id)
    name, resident_id, household_id, home_code, grants, homes = row
    held = (Held(Role(role), area_code) for role, _, area_code in (pair.partition(" ") for pair in grants))
    return Actor(
        user_id=user_id,
        name=name,
        resident_id=resident_id,
        household_id=household_id,
        home_code=home_code,
        other_homes=frozenset(homes),
        held=tuple(held),
    )
