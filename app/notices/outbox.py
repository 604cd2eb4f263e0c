"""Writing notices: they exist only if the fact they tell of was committed."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Notice, NoticeKind


def post(session: Session, kind: NoticeKind, *, to: UUID | None, area_code: str, **data: Any) -> None:
    """Write a notice to a user; a fact without anybody to tell (``to`` is None) writes none.

    ``data`` names things by id and code only: no personal or health data, it may show on a locked screen.
    """
    if to is None:
        return
    plain = {name: _plain(value) for name, value in data.items()}
    session.add(Notice(id=new_id(), area_code=area_code, user_id=to, kind=kind, data=plain, created_at=now()))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, int) else str(value)
