"""What visits left to do when somebody moves out: who saw to it hears of it, and nothing new comes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import FollowUp, Notice, NoticeKind
from tests.api.care.test_standing_in import send_away
from tests.care_world import file_visit
from tests.cast import person
from tests.client import Client
from tests.moves_world import leave

Become = Callable[[str | None], Client]


def _needs(name: str | None = None) -> dict[str, Any]:
    owner = {} if name is None else {"owner_id": str(person(name).user_id)}
    return {"follow_ups": [{"need": "修扶手", "due_on": "2027-02-05", **owner}]}


def _told(
    session: Session, kind: NoticeKind = NoticeKind.FOLLOW_UP_ASSIGNED
) -> list[tuple[UUID, str | None]]:
    session.expire_all()
    rows = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(row.user_id, row.data.get("what")) for row in rows]


def test_who_sees_to_a_follow_up_hears_that_it_is_over(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """Its owner, or who stands in for him; not whoever enters that somebody left."""
    for name in ("worker", "colleague", "admin"):
        assert file_visit(be("worker"), record, form, **_needs(name)).status_code == 201
    send_away(session, "colleague", "worker")
    before = len(_told(session))

    assert leave(be("admin")).status_code == 200

    worker = person("worker").user_id
    assert _told(session)[before:] == [(worker, "ended"), (worker, "ended")]
    items = be("worker").get("/v1/me/notices").json["items"]
    assert "有一项回访不用办了" in [one["text"] for one in items]


def test_a_visit_that_arrives_after_somebody_left_makes_no_follow_ups(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """It is kept, and an emergency is told as ever."""
    assert leave(be("admin")).status_code == 200

    late = file_visit(be("worker"), record, form, **_needs("colleague"), outcome="emergency")

    assert (late.status_code, late.json["follow_ups"]) == (201, [])
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 0
    assert _told(session) == []
    assert person("admin").user_id in [one for one, _ in _told(session, NoticeKind.VISIT_URGENT)]
