"""Notices to people of the cast."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.clock import now
from app.ids import new_id
from app.models import Notice, NoticeKind
from tests.cast import HOME, person


def notice(
    name: str,
    kind: NoticeKind = NoticeKind.HAZARD_ASSIGNED,
    *,
    area_code: str = HOME,
    created_at: datetime | None = None,
    read_at: datetime | None = None,
    **data: Any,
) -> Notice:
    """Make a notice to somebody; it is written when it is added to a session."""
    plain = {one: str(value) if isinstance(value, UUID) else value for one, value in data.items()}
    return Notice(
        id=new_id(),
        area_code=area_code,
        user_id=person(name).user_id,
        kind=kind,
        data=plain,
        created_at=created_at or now(),
        read_at=read_at,
    )
