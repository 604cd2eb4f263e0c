"""Corrections in a batch: points moved between a community's adjustment account and its households."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import identity
from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import now
from app.errors import DomainError, NotFoundError, OtherContentError
from app.ids import new_id
from app.models import (
    Account,
    AccountKind,
    ApprovalKind,
    Area,
    Household,
    SourceKind,
    Transfer,
    TransferKind,
)
from app.people import HouseholdClosedError, OwnHouseholdError, check_other_household
from app.places import AreaUnknownError
from app.points.accounts import household_account, system_account
from app.points.ledger import InsufficientPointsError, Posting, post

_REFUSALS = (InsufficientPointsError, OtherContentError, OwnHouseholdError, HouseholdClosedError)


@dataclass(frozen=True)
class Adjustment:
    """Points for a household, or from it if negative; the id makes it safe to send again."""

    id: UUID
    household_id: UUID
    points: int


@dataclass(frozen=True)
class Adjustments:
    """A batch for one community, and the reason that stands in each household's statement."""

    area_code: str
    reason: str
    items: Sequence[Adjustment]

    def payload(self) -> dict[str, Any]:
        """Give what an approval is bound to."""
        items = [
            {"id": str(item.id), "household_id": str(item.household_id), "points": item.points}
            for item in self.items
        ]
        return {"area_code": self.area_code, "reason": self.reason, "items": items}


@dataclass(frozen=True)
class Adjusted:
    """What became of one adjustment: the household's balance after it, or why it was refused."""

    id: UUID
    balance: int | None = None
    problem: DomainError | None = None


def adjust(session: Session, actor: Actor, batch: Adjustments, *, approval_id: UUID | None) -> list[Adjusted]:
    """Post a batch that somebody of another role approved, each adjustment for itself, in the order sent.

    One that is refused (the household is not the community's, closed, or the actor's own, it has too few
    points, the id was used for something else) leaves the others as they are. Sent again, everything happens
    once. Accounts are moved in the order of their ids, so that two batches never wait in a circle. Whoever
    approved stands in the ledger.

    Raises NotFoundError (the area is outside the actor's), AreaUnknownError (it is no community), and what
    ``identity.use_approval`` raises.
    """
    if not actor.scope.covers(batch.area_code):
        raise NotFoundError(field="area_code")
    if len(batch.area_code) != COMMUNITY_DIGITS or session.get(Area, batch.area_code) is None:
        raise AreaUnknownError(field="area_code")
    approver_id = identity.use_approval(
        session, actor, approval_id, ApprovalKind.POINTS_BULK, batch.payload(), again=True
    )
    homes = _homes(session, actor, batch)
    accounts = _accounts(session, homes)
    ours = system_account(session, batch.area_code, AccountKind.ADJUSTMENT)
    done = {item.id: Adjusted(item.id, problem=NotFoundError(field="household_id")) for item in batch.items}
    known = [item for item in batch.items if item.household_id in accounts]
    for item in sorted(known, key=lambda item: accounts[item.household_id]):
        done[item.id] = _post(
            session,
            actor,
            batch,
            item,
            household=homes[item.household_id],
            ours=ours,
            theirs=accounts[item.household_id],
            approver_id=approver_id,
        )
    return [done[item.id] for item in batch.items]


def _post(
    session: Session,
    actor: Actor,
    batch: Adjustments,
    item: Adjustment,
    *,
    household: Household,
    ours: UUID,
    theirs: UUID,
    approver_id: UUID,
) -> Adjusted:
    gains = item.points > 0
    posting = Posting(
        area_code=batch.area_code,
        debit_id=ours if gains else theirs,
        credit_id=theirs if gains else ours,
        amount=abs(item.points),
        kind=TransferKind.CORRECT,
        source_kind=SourceKind.CORRECTION,
        source_id=item.id,
        by_id=approver_id,
        at=now(),
        note=batch.reason,
        id=new_id(),
    )
    try:
        check_other_household(actor, item.household_id)
        if household.closed_on is not None and not _is_posted(session, item):
            raise HouseholdClosedError
        posted = post(session, posting)
    except _REFUSALS as problem:
        return Adjusted(item.id, problem=problem)
    return Adjusted(item.id, balance=posted.credit_balance if gains else posted.debit_balance)


def _is_posted(session: Session, item: Adjustment) -> bool:
    """Say whether an adjustment was done: sent again it is what it was, though the household closed."""
    source = (Transfer.source_kind == SourceKind.CORRECTION, Transfer.source_id == item.id)
    return session.scalar(select(exists().where(*source))) or False


def _homes(session: Session, actor: Actor, batch: Adjustments) -> Mapping[UUID, Household]:
    """Give each household that belongs to the community, held as it stands until the end."""
    homes = session.scalars(
        select(Household)
        .where(
            Household.id.in_({item.household_id for item in batch.items}),
            Household.area_code.startswith(batch.area_code, autoescape=True),
            actor.scope.clause(Household.area_code),
        )
        .order_by(Household.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in homes}


def _accounts(session: Session, homes: Mapping[UUID, Household]) -> Mapping[UUID, UUID]:
    """Give the account of each household, made where there was none."""
    query = select(Account.household_id, Account.id).where(Account.household_id.in_(homes))
    found = dict(session.execute(query).all())
    return {
        one.id: found.get(one.id) or household_account(session, one.id, one.area_code)
        for one in homes.values()
    }
