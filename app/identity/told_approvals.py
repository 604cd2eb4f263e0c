"""What an approval is about, in words: whoever decides on it may follow none of the ids that it holds.

The words are those of the moment of reading. An id in a payload is the asker's own: it is told in words only
where he may do the step himself, so that nobody learns a name by asking for an approval about its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.identity.approvals import FUNCTION
from app.identity.naming import Named, named
from app.identity.permissions import TABLE
from app.models import Approval, ApprovalKind, Household, Place
from app.places import area_names


@dataclass(frozen=True)
class Door:
    """Where a household lives."""

    area_code: str
    place: str
    door: str


@dataclass(frozen=True)
class Correction:
    """Points for a household, or from it if negative; without a door if it is none that may be named."""

    household_id: UUID
    door: Door | None
    points: int


@dataclass(frozen=True)
class ToldApproval:
    """An approval, who asks, and what for."""

    approval: Approval
    area_name: str
    asker: Named
    """With his posts over the approval's area."""
    account: Named | None = None
    """Who would get a role, with the posts that he has; None if the asker may give him none."""
    corrections: tuple[Correction, ...] = ()


def told_approvals(session: Session, actor: Actor, rows: Sequence[Approval]) -> list[ToldApproval]:
    """Say what approvals that the actor may see are about, with as many statements for one as for many."""
    if not rows:
        return []
    accounts = {account_id for row in rows if (account_id := _account_of(row))}
    people = named(session, accounts | {row.asked_by for row in rows})
    doors = _doors(session, {UUID(item["household_id"]) for row in rows for item in _items(row)})
    areas = area_names(session, {row.area_code for row in rows})
    return [_told(actor, row, people, doors, areas[row.area_code]) for row in rows]


def _told(
    actor: Actor, row: Approval, people: dict[UUID, Named], doors: dict[UUID, Door], area_name: str
) -> ToldApproval:
    asker = people[row.asked_by]
    reach = _reach(actor, row, asker)
    account_id = _account_of(row)
    account = people.get(account_id) if account_id else None
    if account is not None and not (account.area_code and reach.covers(account.area_code)):
        account = None
    corrections = []
    for item in _items(row):
        household_id = UUID(item["household_id"])
        door = doors.get(household_id)
        if door and not (door.area_code.startswith(row.area_code) and reach.covers(door.area_code)):
            door = None
        corrections.append(Correction(household_id, door, item["points"]))
    return ToldApproval(row, area_name, asker.over(row.area_code), account, tuple(corrections))


def _reach(actor: Actor, row: Approval, asker: Named) -> Scope:
    """Give where ids are told in words: where the asker may do it now, and to another reader in his areas."""
    may = TABLE[FUNCTION[row.kind]]
    asks = tuple(post.area_code for post in asker.posts if post.role in may)
    return Scope(areas=asks if actor.user_id == row.asked_by else asks + actor.scope.areas)


def _account_of(row: Approval) -> UUID | None:
    return UUID(row.payload["user_id"]) if row.kind is ApprovalKind.ADMIN_GRANT else None


def _items(row: Approval) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = row.payload["items"] if row.kind is ApprovalKind.POINTS_BULK else []
    return items


def _doors(session: Session, household_ids: set[UUID]) -> dict[UUID, Door]:
    if not household_ids:
        return {}
    query = (
        select(Household.id, Household.area_code, Place.name, Household.door)
        .join(Household.place)
        .where(Household.id == any_(literal(sorted(household_ids), ARRAY(Uuid))))
    )
    return {row.id: Door(row.area_code, row.name, row.door) for row in session.execute(query)}
