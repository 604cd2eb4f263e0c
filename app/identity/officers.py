"""County and city officers, who are the second person of the three administrators (docs/adr/0012).

Whoever gives that office alone would choose who agrees to his own requests. So it takes an officer, but where
there is none: somebody has to be the first.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.identity.holders import holders
from app.models import DIGITS, Area, Grant, NoticeKind
from app.notices import post

OFFICERS = frozenset({Role.COUNTY_OFFICER, Role.CITY_OFFICER})
"""The line above the three administrators (docs/adr/0012): none of them decides on another."""
STILL_COUNTS = timedelta(days=30)
"""How long an area counts as having an officer after his grant ended: who ends it gains nothing by it."""
_TOLD = frozenset({Role.AUDITOR, Role.SYSTEM_ADMIN})


def has_officer(session: Session, area_code: str, *, but: UUID) -> bool:
    """Say whether an area, or one above it, has an officer other than ``but``, or had until lately.

    The area's rows stay locked until the transaction ends, so that two first ones are not made side by side.
    """
    above = [area_code[:digits] for digits in DIGITS.values() if digits <= len(area_code)]
    rows = select(Area.code).where(Area.code.in_(above)).order_by(Area.code)
    session.execute(rows.with_for_update(key_share=True))
    lately = now() - STILL_COUNTS
    query = select(Grant.id).where(
        Grant.area_code.in_(above),
        Grant.role.in_(OFFICERS),
        Grant.user_id != but,
        or_(Grant.ended_at.is_(None), Grant.ended_at > lately),
        or_(Grant.valid_until.is_(None), Grant.valid_until > lately),
    )
    return session.scalars(query.limit(1)).first() is not None


def tell_first(session: Session, given: Grant) -> None:
    """Tell the auditors and system administrators of an area that one person alone made its officer."""
    told = holders(session, given.area_code, _TOLD) - {given.user_id}
    for user_id in sorted(told):
        post(
            session,
            NoticeKind.APPROVAL,
            to=user_id,
            area_code=given.area_code,
            what="went_without",
            grant_id=given.id,
        )
