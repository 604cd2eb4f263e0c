"""Locking the hazards of one community after the other, for jobs."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Hazard
from app.once import claim_next, of_community


def lock_next(
    session: Session, work: str, due: ColumnElement[bool], *, limit: int, after: str | None
) -> tuple[Sequence[Hazard], str | None]:
    """Lock what is due in the next community by its code, ``limit`` at most; give it and the code.

    None of it where another transaction does the same work there. What somebody holds is being seen to, and
    left out.
    """
    community, mine = claim_next(session, work, Hazard.area_code, due, after=after)
    if community is None or not mine:
        return [], community
    query = (
        select(Hazard)
        .where(due, of_community(Hazard.area_code, community))
        .order_by(Hazard.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all(), community
