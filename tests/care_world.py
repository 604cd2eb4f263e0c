"""Care records, forms and visits that several tests need."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    Notice,
    NoticeKind,
    Relation,
    Resident,
    User,
    Visit,
    VisitForm,
    VisitMode,
    VisitOutcome,
)
from app.visits import sealed_visit
from tests.cast import GRID, LONG_AGO, named, person
from tests.client import Answer, Client
from tests.sealer import SEALER

NOON = datetime(2027, 1, 31, 4, 0, tzinfo=UTC)
"""Noon in China of the last day of a month: when these tests happen."""
TODAY = date(2027, 1, 31)

HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 12, "datum": "wgs84"}
"""At the door of the cast's building."""

QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "mood",
        "label": "心情怎么样",
        "kind": "choice",
        "options": [{"value": "good", "label": "好"}, {"value": "low", "label": "不好"}],
        "required": True,
    },
    {
        "key": "needs",
        "label": "需要什么",
        "kind": "multi",
        "options": [{"value": "meals", "label": "送饭"}, {"value": "doctor", "label": "看病"}],
        "required": False,
    },
    {"key": "illness", "label": "哪里不舒服", "kind": "text", "required": False},
    {"key": "meals", "label": "一天吃几顿", "kind": "number", "least": 0, "most": 5, "required": False},
    {"key": "gas_safe", "label": "燃气安全吗", "kind": "boolean", "required": True},
]
ANSWERS: dict[str, Any] = {
    "mood": "good",
    "needs": ["meals", "doctor"],
    "illness": "膝盖痛",
    "meals": 3,
    "gas_safe": False,
}


def write_form(
    session: Session,
    category: CareCategory = CareCategory.ELDERLY,
    *,
    version: int = 1,
    published_at: datetime = LONG_AGO,
    more: Sequence[dict[str, Any]] = (),
) -> UUID:
    """Publish a form, with ``more`` questions if need be."""
    form = VisitForm(
        id=new_id(),
        category=category,
        version=version,
        title="探访表",
        fields=[*QUESTIONS, *more],
        published_at=published_at,
    )
    session.add(form)
    session.commit()
    return form.id


def write_care(
    session: Session, *, of: str = "resident", worker: str = "worker", area_code: str = GRID, **columns: Any
) -> UUID:
    """Look after somebody of the cast: an elderly woman, every week, due in a week."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": area_code,
        "resident_id": named(of),
        "category": CareCategory.ELDERLY,
        "level": CareLevel.HIGH,
        "every_days": 7,
        "worker_id": person(worker).user_id,
        "started_on": min(date(2027, 1, 1), business_day() - timedelta(days=30)),
        "next_due_on": date(2027, 2, 7),
        "content_hash": b"",
        "created_at": LONG_AGO,
    }
    record = CareRecord(**values | columns)
    session.add(record)
    session.commit()
    return record.id


def write_resident(session: Session, **columns: Any) -> UUID:
    """Add a resident to the first household of the cast."""
    like = session.get_one(Resident, named("resident"))
    values = {
        name: getattr(like, name)
        for name in ("area_code", "household_id", "name", "sex", "birth_date", "created_at")
    }
    added = {"id": new_id(), "relation": Relation.OTHER, "content_hash": b""}
    resident = Resident(**values | added | columns)
    session.add(resident)
    session.commit()
    return resident.id


def move_in(session: Session, name: str) -> None:
    """Let one of the staff live with the resident, in 1单元101 of the block."""
    kin = write_resident(session, name="赵干部")
    session.execute(update(User).where(User.id == person(name).user_id).values(resident_id=kin))
    session.commit()


def visit(record_id: UUID, form_id: UUID, **fields: Any) -> dict[str, Any]:
    """Give the body of a visit at noon, in person, all well."""
    return {
        "care_record_id": str(record_id),
        "form_id": str(form_id),
        "mode": "in_person",
        "outcome": "seen_well",
        "captured_at": NOON.isoformat(),
        "answers": ANSWERS,
        **fields,
    }


def file_visit(client: Client, record_id: UUID, form_id: UUID, **fields: Any) -> Answer:
    """File a visit like ``visit``'s, under a new id."""
    return client.put(f"/v1/visits/{new_id()}", json=visit(record_id, form_id, **fields))


def write_not_reached(session: Session, care: UUID, form: UUID, area_code: str = GRID) -> UUID:
    """Commit a visit of yesterday that reached nobody."""
    visit_id = new_id()
    session.add(
        Visit(
            id=visit_id,
            area_code=area_code,
            care_record_id=care,
            form_id=form,
            worker_id=person("worker").user_id,
            mode=VisitMode.PHONE,
            outcome=VisitOutcome.NOT_REACHED,
            content_hash=b"",
            captured_at=now() - timedelta(days=1),
            received_at=now() - timedelta(days=1),
            **sealed_visit(SEALER, visit_id, answers={}, note=""),
        )
    )
    session.get_one(CareRecord, care).not_reached = 1
    session.commit()
    return visit_id


def count_visits(session: Session) -> int:
    """Count the visits that were kept."""
    return session.scalar(select(func.count()).select_from(Visit)) or 0


def answer_for(client: Client, visit_id: UUID | str, answer: str = "confirmed", **sent: Any) -> Answer:
    """Answer for a visit."""
    options = sent.pop("options", {})
    return client.post(
        f"/v1/me/visits/{visit_id}/answer",
        json={"step_id": str(new_id()), "answer": answer, **sent},
        **options,
    )


def told_of_care(session: Session) -> list[tuple[UUID, str]]:
    """Give who was told of denials, and what."""
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARE).order_by(Notice.id))
    return [(row.user_id, row.data["what"]) for row in rows]
