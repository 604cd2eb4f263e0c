"""The job that tells community admins of whom a visit could not reach."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.jobs.scheduler import run
from app.jobs.work import Means, tell_not_reached
from app.models import (
    AuditEntry,
    CareRecord,
    Notice,
    NoticeKind,
    Visit,
    VisitForm,
)
from tests.care_world import write_care, write_form, write_not_reached
from tests.cast import person

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
    assert [entry.facts for entry in entries] == [{}], "of how many is not told, they may be few"
