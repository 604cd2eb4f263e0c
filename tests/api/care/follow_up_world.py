"""Bodies of the steps of follow-ups, and who was told of them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Notice, NoticeKind
from tests.cast import person


def to(name: str, reason: str = "他会修", **fields: Any) -> dict[str, Any]:
    """Give the body that hands one over."""
    return {"step_id": str(new_id()), "owner_id": str(person(name).user_id), "reason": reason, **fields}


def until(day: str, reason: str = "等材料到货", **fields: Any) -> dict[str, Any]:
    """Give the body that puts one off."""
    return {"step_id": str(new_id()), "due_on": day, "reason": reason, **fields}


def told(session: Session) -> list[tuple[UUID, str | None]]:
    """Give who was told what, in order."""
    session.expire_all()
    rows = session.scalars(
        select(Notice).where(Notice.kind == NoticeKind.FOLLOW_UP_ASSIGNED).order_by(Notice.id)
    )
    return [(row.user_id, row.data.get("what")) for row in rows]
