"""Words of visits that are deleted on request, and those that duty keeps."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    CareRecord,
    FollowUp,
    Visit,
    VisitBasis,
)
from app.visits import answers_of, need_of, note_of, sealed_need, sealed_result, sealed_visit
from tests.care_world import NOON
from tests.cast import person
from tests.child_world import write_guarded_child
from tests.client import Client
from tests.own_data.deleting import ask, decide, visited
from tests.sealer import SEALER


def test_notes_go_but_for_what_duty_keeps(
    session: Session, resident: Client, worker: Client, admin: Client
) -> None:
    """S-94: what rests on consent goes; visits by duty stay while it lasts, emergencies always."""
    child = write_guarded_child(session)
    agreed = visited(session, worker, child)
    bases = (VisitBasis.DUTY, VisitBasis.MANDATORY_REPORT, VisitBasis.CONSENT)
    duty, emergency, own = (_like(session, agreed, basis) for basis in bases)
    first = decide(admin, ask(resident, "notes", child))
    during = [_said(session, one) for one in (agreed, duty, emergency, own)]
    session.execute(update(CareRecord).values(ended_on=NOON.date()))
    session.commit()
    second = decide(admin, ask(resident, "notes", child))
    after = [_said(session, one) for one in (agreed, duty, emergency)]
    third = decide(admin, ask(resident, "notes", child))

    assert (first.json["deleted"], first.json["kept"]) == (2, 2)
    assert during == [(0, ""), (5, "想爸爸妈妈"), (5, "想爸爸妈妈"), (0, "")]
    assert (second.json["deleted"], second.json["kept"]) == (1, 1), "what went before is not counted again"
    assert (third.json["deleted"], third.json["kept"]) == (0, 1)
    assert (agreed.answers_sealed, agreed.note_sealed) == (None, None), "so that no consent is kept for it"
    assert after == [(0, ""), (0, ""), (5, "想爸爸妈妈")]


def test_words_of_a_follow_up_count_for_their_visit(
    session: Session, resident: Client, worker: Client, admin: Client
) -> None:
    """S-94: nothing was noted on the visits; what came of them goes, or is kept, and he reads so."""
    child = write_guarded_child(session)
    agreed = visited(session, worker, child)
    emergency = _like(session, agreed, VisitBasis.MANDATORY_REPORT)
    for visit in (agreed, emergency):
        visit.answers_sealed = visit.note_sealed = None
    done, kept = (_done(visit) for visit in (agreed, emergency))
    session.add_all([done, kept])
    session.commit()
    first = decide(admin, ask(resident, "notes", child))
    second = decide(admin, ask(resident, "notes", child))
    session.refresh(done)

    assert (done.need_sealed, done.result_sealed) == (None, None)
    assert need_of(SEALER, kept) == "买药"
    assert (first.json["deleted"], first.json["kept"]) == (1, 1)
    assert (second.json["deleted"], second.json["kept"]) == (0, 1)


def _done(visit: Visit) -> FollowUp:
    row_id, by = new_id(), person("worker").user_id
    return FollowUp(
        id=row_id,
        area_code=visit.area_code,
        visit_id=visit.id,
        need_sealed=sealed_need(SEALER, row_id, "买药"),
        owner_id=by,
        due_on=NOON.date(),
        done_at=NOON,
        done_by=by,
        result_sealed=sealed_result(SEALER, row_id, "送到了"),
    )


def _like(session: Session, visit: Visit, basis: VisitBasis) -> Visit:
    """Write another visit with the same words."""
    copied = {
        column.key: getattr(visit, column.key)
        for column in Visit.__table__.columns
        if column.key not in {"id", "basis", "answers_sealed", "note_sealed"}
    }
    row_id = new_id()
    said = sealed_visit(SEALER, row_id, answers=answers_of(SEALER, visit), note=note_of(SEALER, visit))
    row = Visit(id=row_id, basis=basis, **copied, **said)
    session.add(row)
    session.commit()
    return row


def _said(session: Session, visit: Visit) -> tuple[int, str]:
    session.refresh(visit)
    return len(answers_of(SEALER, visit)), note_of(SEALER, visit)
