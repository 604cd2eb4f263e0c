"""The job that tells community admins of whom a visit could not reach."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.jobs.scheduler import run
from app.jobs.work import Means, tell_not_reached
from app.models import (
    AuditEntry,
    CareRecord,
    Notice,
    NoticeKind,
    Visit,
    VisitForm,
    VisitMode,
    VisitOutcome,
)
from app.visits import sealed_visit
from tests.care_world import write_care, write_form
from tests.cast import GRID, person
from tests.sealer import SEALER

pytestmark = pytest.mark.xdist_group("jobs")


def test_who_was_not_reached_is_told_and_recorded_once(means: Means) -> None:
    with Session(means.engine, expire_on_commit=False) as session:
        care, form = write_care(session), write_form(session)
        visit = write_not_reached(session, care, form)
        figures = [run(tell_not_reached, means), run(tell_not_reached, means)]
        told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.VISIT_URGENT)).all()
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "job:tell_not_reached")).all()
        for row in told:
            session.delete(row)
        for model, row_id in ((Visit, visit), (VisitForm, form), (CareRecord, care)):
            session.execute(delete(model).where(model.id == row_id))
        session.commit()

    assert figures == [1, 0]
    assert [(row.user_id, row.data["visit_id"]) for row in told] == [(person("admin").user_id, str(visit))]
    assert [entry.facts for entry in entries] == [{"count": 1}]


def write_not_reached(session: Session, care: UUID, form: UUID) -> UUID:
    """Commit a visit of this moment that reached nobody."""
    visit_id = new_id()
    visit = Visit(
        id=visit_id,
        area_code=GRID,
        care_record_id=care,
        form_id=form,
        worker_id=person("worker").user_id,
        mode=VisitMode.PHONE,
        outcome=VisitOutcome.NOT_REACHED,
        content_hash=b"",
        captured_at=now(),
        received_at=now(),
        **sealed_visit(SEALER, visit_id, answers={}, note=""),
    )
    session.add(visit)
    session.commit()
    return visit_id
