"""Points that go with a household's people, as it is closed, split or merged: one posting for each change.

Whatever is open of a household, claims that are being decided and goods that wait for it, keeps it as it is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import community_of
from app.clock import now
from app.models import (
    Account,
    AccountKind,
    Claim,
    ClaimStatus,
    Household,
    Lot,
    Redemption,
    RedemptionStatus,
    SourceKind,
    Transfer,
    TransferKind,
)
from app.points.accounts import household_account, system_account
from app.points.ledger import Posting, Standing, post, use_by_default

_BEING_DECIDED = (
    ClaimStatus.SUBMITTED,
    ClaimStatus.VERIFIED,
    ClaimStatus.APPROVED,
    ClaimStatus.IN_NOTICE,
)
"""A returned claim waits for whoever made it: it may wait for ever, and so keeps nothing open."""


@dataclass(frozen=True)
class Open:
    """How many claims of a household are being decided, and how many orders wait to be collected."""

    claims: int
    orders: int


def standings(
    session: Session, household_ids: Collection[UUID], *, locked: bool = False
) -> dict[UUID, Standing]:
    """Give what households have; accounts that are to be locked are so in the order of their ids."""
    query = select(Account).where(Account.household_id.in_(household_ids)).order_by(Account.id)
    if locked:
        query = query.with_for_update(key_share=True)
    rows = session.scalars(query.execution_options(populate_existing=True))
    found = {row.household_id: Standing(row.balance, row.held) for row in rows}
    return {one: found.get(one, Standing(0, 0)) for one in household_ids}


def still_open(session: Session, household_ids: Collection[UUID]) -> dict[UUID, Open]:
    """Give what is open of households; their accounts are locked before where it must stay so."""
    claims = _counted(
        session, Claim.household_id, Claim.household_id.in_(household_ids), Claim.status.in_(_BEING_DECIDED)
    )
    orders = _counted(
        session,
        Redemption.household_id,
        Redemption.household_id.in_(household_ids),
        Redemption.status == RedemptionStatus.HELD,
    )
    return {one: Open(claims.get(one, 0), orders.get(one, 0)) for one in household_ids}


def _counted(session: Session, of: object, *which: object) -> Mapping[UUID, int]:
    query = select(of, func.count()).where(*which).group_by(of)  # type: ignore[call-overload]
    return dict(session.execute(query).all())


def carry(
    session: Session,
    source: Household,
    target: Household | None,
    points: int,
    *,
    change_id: UUID,
    by: UUID | None,
    note: str = "",
) -> None:
    """Let points go to another household of the community, or back to the community that issued them.

    They may be used as long as the last of them could before. The change names the posting, and the same
    again is the first one.

    Raises InsufficientPointsError.
    """
    debit = household_account(session, source.id, source.area_code)
    if target is None:
        credit = system_account(session, source.area_code, AccountKind.ISSUANCE)
    else:
        credit = household_account(session, target.id, target.area_code)
    posting = Posting(
        area_code=community_of(source.area_code),
        debit_id=debit,
        credit_id=credit,
        amount=points,
        kind=TransferKind.MOVE,
        source_kind=SourceKind.ROSTER,
        source_id=change_id,
        by_id=by,
        at=now(),
        note=note,
        use_by=_last_day(session, debit, points),
    )
    post(session, posting)


def carry_back(session: Session, change_id: UUID, *, undoing_id: UUID, by: UUID | None) -> None:
    """Let the points that went along with a change go back; they may be used as long as they could there.

    Raises InsufficientPointsError if they were spent meanwhile.
    """
    row = _posting_of(session, change_id)
    if row is None:
        return
    lot = session.get(Lot, row.id)
    posting = Posting(
        area_code=row.area_code,
        debit_id=row.credit_id,
        credit_id=row.debit_id,
        amount=row.amount,
        kind=TransferKind.REVERSE,
        source_kind=SourceKind.ROSTER,
        source_id=undoing_id,
        reverses_id=row.id,
        by_id=by,
        at=now(),
        use_by=lot.use_by if lot is not None else None,
    )
    post(session, posting)


def _posting_of(session: Session, change_id: UUID) -> Transfer | None:
    of_change = (Transfer.source_id == change_id, Transfer.source_kind == SourceKind.ROSTER)
    query = select(Transfer).where(*of_change, Transfer.kind == TransferKind.MOVE)
    return session.scalars(query).one_or_none()


def _last_day(session: Session, account_id: UUID, points: int) -> date:
    """Give the last day on which any of the points to go may be used: the oldest ones go first."""
    query = (
        select(Lot.use_by, func.sum(Lot.remaining))
        .where(Lot.account_id == account_id, Lot.remaining > 0)
        .group_by(Lot.use_by)
        .order_by(Lot.use_by)
    )
    last = use_by_default(now())
    for last, remaining in session.execute(query):  # noqa: B007 - the day at which they are enough is asked for
        points -= int(remaining)
        if points <= 0:
            break
    return last
