"""What those who are looked after said: whether somebody came, and whom to call in an emergency."""

from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import visits
from app.actors import Actor
from app.cli.seed.site import BIG_SITE
from app.cli.seed.stage import Stage
from app.clock import now
from app.identity import Permission
from app.models import CareCategory, CareRecord, Household, Resident, User, Visit, VisitBasis, VisitOutcome
from app.sealing import Sealer
from app.visits import Confirmation, Contact

_GRID = f"{BIG_SITE.code}001"
_ANSWERS = (
    ((4, 19.2), Confirmation.CONFIRMED, "来过，坐了一会儿。"),
    ((3, 12.5), Confirmation.CONFIRMED, ""),
    ((2, 20.1), Confirmation.DENIED, "那天我在医院，家里没有人。"),
)
"""When who was called on said what of his last visit, and in which words."""
_CONTACTS = (
    ((8, 10), (Contact("周建军", "儿子", "10000107801"), Contact("周桂花", "侄女", "10000107802"))),
    ((6, 15), (Contact("吴秀梅", "女儿", "10000107803"),)),
    ((5, 16.5), (Contact("程大勇", "邻居", "07150000012"),)),
)


def set_answers(stage: Stage, sealer: Sealer) -> None:
    """Let some who have a phone say whether somebody came."""
    for when, said, word in _ANSWERS:
        at = stage.moment(when)
        stage.do(at, partial(_answer, sealer=sealer, step_id=stage.new_id(at), said=said, word=word))


def _answer(session: Session, *, sealer: Sealer, step_id: UUID, said: Confirmation, word: str) -> None:
    """Let the next one answer whom somebody met lately."""
    query = (
        select(Visit.id, User.id, Resident.id, Resident.household_id, Household.area_code)
        .join(CareRecord, CareRecord.id == Visit.care_record_id)
        .join(Resident, Resident.id == CareRecord.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .join(User, User.resident_id == Resident.id)
        .where(
            Visit.area_code.startswith(BIG_SITE.code),
            Visit.answer_id.is_(None),
            Visit.outcome != VisitOutcome.NOT_REACHED,
            Visit.basis != VisitBasis.MANDATORY_REPORT,
            Visit.received_at.between(now() - visits.ASKED_FOR, now()),
        )
        .order_by(Visit.id.desc())
        .limit(1)
    )
    visit_id, user_id, resident_id, household_id, area_code = session.execute(query).one()
    actor = Actor(user_id=user_id, resident_id=resident_id, household_id=household_id, home_code=area_code)
    visits.answer(session, actor, sealer, visit_id, step_id, said=said, word=word)


def set_contacts(stage: Stage, sealer: Sealer) -> None:
    """Let the worker of a grid note whom to call for some old people of his."""
    for when, contacts in _CONTACTS:
        at = stage.moment(when)
        step_id = stage.new_id(at)
        stage.do(at, partial(_note, stage=stage, sealer=sealer, step_id=step_id, contacts=contacts))


def _note(
    session: Session, *, stage: Stage, sealer: Sealer, step_id: UUID, contacts: tuple[Contact, ...]
) -> None:
    """Note it for the first of whom nobody is known; whose visit is overdue comes first."""
    row = CareRecord
    alone = [row.ended_on.is_(None), row.contacts_sealed.is_(None), row.category == CareCategory.ELDERLY]
    query = select(row.id, row.worker_id).where(row.area_code.startswith(_GRID), *alone)
    record_id, worker_id = session.execute(query.order_by(row.next_due_on, row.id).limit(1)).one()
    worker = stage.staff(worker_id, Permission.VISIT_FILE)
    visits.change_contacts(session, worker, sealer, record_id, step_id, contacts)
