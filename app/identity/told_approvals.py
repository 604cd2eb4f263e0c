"""What an approval is about, in words: whoever decides on it may follow none of the ids that it holds.

The words are those of the moment of reading. An id in a payload is the asker's own: it is told in words only
where he may do the step himself or the reader's areas reach it, so that nobody learns a name by asking for an
approval about its id. Whether it can be done is another question, and the asker's reach alone answers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.clock import now
from app.identity.approvals import FUNCTION
from app.identity.naming import Named, named
from app.identity.permissions import TABLE
from app.models import Approval, ApprovalKind, ApprovalState, Household, Place
from app.people import ToldMinor, told_minors
from app.places import area_names


@dataclass(frozen=True)
class Door:
    """Where a household lives."""

    area_code: str
    place: str
    door: str


@dataclass(frozen=True)
class ToldAdjustment:
    """Points for a household, or from it if negative; without a door if it is none that may be named."""

    household_id: str
    """As it stands in the payload."""
    door: Door | None
    points: int
    can_be_done: bool
    """Whether the household lies in the approval's area, and the asker reaches that now."""


@dataclass(frozen=True)
class Sums:
    """What a batch adds up to: how many adjustments there are of each sign, and how many points."""

    additions: int
    added: int
    deductions: int
    taken: int


@dataclass(frozen=True)
class ToldApproval:
    """An approval, who asks, and what for."""

    approval: Approval
    area_name: str
    asker: Named
    """With his posts over the approval's area."""
    waits: bool
    """Whether it may still be decided on or used; what is over is told as what was asked for, unwarned."""
    can_be_done: bool
    """Whether the asker, as far as he reaches now, could do it: over the area, and for the account."""
    reached: bool
    """Whether the reader may be told what stands in the area now."""
    account: Named | None = None
    """Who would get a role, with the posts that he has; None if he is not to be named to the reader."""
    adjustments: tuple[ToldAdjustment, ...] = ()
    minor: ToldMinor | None = None
    """Whose age is to be another; None if he lives where the reader does not reach."""

    @property
    def sums(self) -> Sums:
        """Add up a batch's points."""
        added = [one.points for one in self.adjustments if one.points > 0]
        taken = [-one.points for one in self.adjustments if one.points < 0]
        return Sums(len(added), sum(added), len(taken), sum(taken))


def told_approvals(session: Session, actor: Actor, rows: Sequence[Approval]) -> list[ToldApproval]:
    """Say what approvals that the actor may see are about, with as many statements for one as for many."""
    if not rows:
        return []
    accounts = {account_id for row in rows if (account_id := _account_of(row))}
    people = named(session, accounts | {row.asked_by for row in rows})
    doors = _doors(session, {item["household_id"] for row in rows for item in _items(row)})
    minors = told_minors(session, actor, {one for row in rows if (one := _minor_of(row))})
    areas = area_names(session, {row.area_code for row in rows})
    told = [_told(actor, row, people, doors, areas[row.area_code]) for row in rows]
    about = [_minor_of(row) for row in rows]
    return [replace(one, minor=minors.get(who)) if who else one for one, who in zip(told, about, strict=True)]


def _told(
    actor: Actor, row: Approval, people: dict[UUID, Named], doors: dict[str, Door], area_name: str
) -> ToldApproval:
    asker = people[row.asked_by]
    asks = _asks(row, asker)
    names = asks if actor.user_id == row.asked_by else Scope(areas=asks.areas + actor.scope.areas)
    can_be_done = asks.covers(row.area_code)
    account_id = _account_of(row)
    account = people.get(account_id) if account_id else None
    if account_id:
        where = account.area_code if account else None
        can_be_done = can_be_done and where is not None and asks.covers(where)
        if where is None or not names.covers(where):
            account = None
    adjustments = []
    for item in _items(row):
        household_id = item["household_id"]
        door = doors.get(household_id)
        if door and not door.area_code.startswith(row.area_code):
            door = None
        done = door is not None and can_be_done
        if door and not names.covers(door.area_code):
            door = None
        adjustments.append(ToldAdjustment(household_id, door, item["points"], done))
    return ToldApproval(
        row,
        area_name,
        asker.over(row.area_code),
        row.state in {ApprovalState.OPEN, ApprovalState.APPROVED} and row.expires_at > now(),
        can_be_done,
        names.covers(row.area_code),
        account,
        tuple(adjustments),
    )


def _asks(row: Approval, asker: Named) -> Scope:
    """Give where the asker may do it now: what he may not do cannot be done, whoever else could."""
    may = TABLE[FUNCTION[row.kind]]
    return Scope(areas=tuple(post.area_code for post in asker.posts if post.role in may))


def _account_of(row: Approval) -> UUID | None:
    return UUID(row.payload["user_id"]) if row.kind is ApprovalKind.ADMIN_GRANT else None


def _minor_of(row: Approval) -> UUID | None:
    return UUID(row.payload["resident_id"]) if row.kind is ApprovalKind.MINOR_AGE else None


def _items(row: Approval) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = row.payload["items"] if row.kind is ApprovalKind.POINTS_BULK else []
    return items


def _doors(session: Session, household_ids: set[str]) -> dict[str, Door]:
    if not household_ids:
        return {}
    query = (
        select(Household.id, Household.area_code, Place.name, Household.door)
        .join(Household.place)
        .where(Household.id == any_(literal([UUID(one) for one in sorted(household_ids)], ARRAY(Uuid))))
    )
    return {str(row.id): Door(row.area_code, row.name, row.door) for row in session.execute(query)}
