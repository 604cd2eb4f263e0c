"""A visit sent again is recognised before anything is judged again, however the world changed since."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareCategory, CareRecord, FollowUp, Grant, ViewingTicket, VisitForm
from app.visits import sealed_result
from tests.care_world import (
    ANSWERS,
    NOON,
    TODAY,
    answer_for,
    count_visits,
    file_visit,
    move_in,
    visit,
    write_care,
    write_form,
)
from tests.cast import FAR, NEXT, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client
from tests.sealer import SEALER

LASTING = {"key": "stove", "label": "用什么炉子", "kind": "text", "required": False, "lasting": True}


def end_and_hand_over(session: Session) -> None:
    """End the care under another worker."""
    values: dict[str, Any] = {"worker_id": person("colleague").user_id, "ended_on": TODAY}
    session.execute(update(CareRecord).values(values))
    session.commit()


def move_away(session: Session) -> None:
    """Move the care out of the worker's areas."""
    session.execute(update(CareRecord).values(area_code=FAR))
    session.commit()


def change_category(session: Session) -> None:
    """Look after the resident for another reason, which has other forms."""
    session.execute(update(CareRecord).values(category=CareCategory.DISABLED))
    session.commit()


def take_back(session: Session) -> None:
    """Take the form back until tomorrow."""
    session.execute(update(VisitForm).values(published_at=NOON + timedelta(days=1)))
    session.commit()


def move_worker(session: Session) -> None:
    """Let the worker work in another community from now on."""
    grant = update(Grant).where(Grant.user_id == person("worker").user_id)
    session.execute(grant.values(area_code=NEXT))
    session.commit()


@pytest.mark.parametrize("change", [end_and_hand_over, move_away, change_category, take_back, move_worker])
def test_a_visit_sent_again_is_the_first_one(
    worker: Client, session: Session, record: UUID, form: UUID, change: Callable[[Session], None]
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form, note="门口摔过")
    first = worker.put(path, json=body)
    change(session)

    again = worker.put(path, json=body)
    other = worker.put(path, json=body | {"note": "改过"})
    fresh = file_visit(worker, record, form)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert fresh.status_code in {403, 404, 422}, "what is new is judged as ever"
    assert count_visits(session) == 1


def test_whoever_handed_over_does_not_learn_what_came_of_it(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    mine = {"need": "修扶手", "due_on": "2027-02-05"}
    theirs = mine | {"need": "陪诊", "owner_id": str(person("colleague").user_id)}
    path, body = f"/v1/visits/{new_id()}", visit(record, form, follow_ups=[mine, theirs])
    first = worker.put(path, json=body)
    end_and_hand_over(session)
    for follow_up in session.scalars(select(FollowUp)):
        follow_up.result_sealed = sealed_result(SEALER, follow_up.id, "查出病来")
    session.commit()
    yours = session.query(FollowUp).filter_by(owner_id=person("worker").user_id).one()

    again = worker.put(path, json=body)

    assert [one["need"] for one in first.json["follow_ups"]] == ["修扶手", "陪诊"]
    assert again.status_code == 200
    assert [one["id"] for one in again.json["follow_ups"]] == [str(yours.id)]
    assert worker.get(path).status_code == 403, "reading is another matter than sending again"


def test_what_is_kept_from_the_home_is_not_told_to_its_author_either(
    worker: Client, colleague: Client, session: Session, record: UUID, form: UUID
) -> None:
    """S-98: who calls on somebody of his own home sends the visit again after another told of harm."""
    move_in(session, "worker")
    theirs = {"need": "陪诊", "due_on": "2027-02-05", "owner_id": str(person("colleague").user_id)}
    path, body = f"/v1/visits/{new_id()}", visit(record, form, follow_ups=[theirs])
    (need,) = worker.put(path, json=body).json["follow_ups"]
    done = colleague.post(f"/v1/follow-ups/{need['id']}/finish", json={"result": "天天打孩子，哭得厉害"})

    again = worker.put(path, json=body)

    assert (done.status_code, worker.get(path).status_code) == (200, 404)
    assert (again.status_code, again.json["follow_ups"]) == (200, [])
    assert "打孩子" not in again.text


def test_what_became_of_a_childs_needs_takes_a_ticket_also_where_the_visit_is_sent_again(
    worker: Client, colleague: Client, session: Session
) -> None:
    """S-95: once the ticket is over he gets back what he wrote, what is his, and nothing that others told."""
    child, kind = write_guarded_child(session), CareCategory.LEFT_BEHIND_CHILD
    ticket = write_ticket(session, child, "worker")
    care, form = write_care(session, resident_id=child, category=kind), write_form(session, kind)
    mine = {"need": "补课", "due_on": "2027-02-05"}
    theirs = mine | {"need": "配眼镜", "owner_id": str(person("colleague").user_id)}
    path, body = f"/v1/visits/{new_id()}", visit(care, form, follow_ups=[mine, theirs])
    own, others = worker.put(path, json=body).json["follow_ups"]
    for client, need in ((worker, own), (colleague, others)):
        done = client.post(f"/v1/follow-ups/{need['id']}/finish", json={"result": f"{need['need']}办好了"})
        assert done.status_code == 200, done.text
    with_ticket = worker.put(path, json=body)
    session.get_one(ViewingTicket, ticket).expires_at = NOON
    session.commit()

    without = worker.put(path, json=body)

    assert [one["result"] for one in with_ticket.json["follow_ups"]] == ["补课办好了", "配眼镜办好了"]
    assert worker.get(path).json["code"] == "ticket_needed"
    assert [one["need"] for one in without.json["follow_ups"]] == ["补课", "配眼镜"]
    assert [one["result"] for one in without.json["follow_ups"]] == ["补课办好了", None]
    hidden = without.json["follow_ups"][1]
    assert [hidden[name] for name in ("course", "done_at", "done_by")] == [None] * 3


def test_what_stood_before_and_what_was_answered_since_is_no_part_of_what_its_author_sent(
    worker: Client, resident: Client, session: Session, record: UUID
) -> None:
    form = write_form(session, version=2, more=[LASTING])
    before = file_visit(worker, record, form, answers=ANSWERS | {"stove": "煤炉"}).json["id"]
    path = f"/v1/visits/{new_id()}"
    body = visit(record, form, unchanged_from=before)
    first = worker.put(path, json=body)
    assert answer_for(resident, UUID(path[-36:]), "denied").status_code == 200
    still_his = worker.put(path, json=body)
    end_and_hand_over(session)

    again = worker.put(path, json=body)

    assert (first.status_code, first.json["answers"]["stove"]) == (201, "煤炉")
    assert (still_his.json["confirmation"], still_his.json["answered_as"]) == ("denied", "resident")
    assert again.json["answers"] == ANSWERS
    told = [again.json[name] for name in ("confirmation", "answered_at", "answered_as")]
    assert told == ["none", None, None]


def test_anothers_id_is_not_told_where_a_new_one_would_be_refused(
    worker: Client, colleague: Client, record: UUID, form: UUID
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form)
    worker.put(path, json=body)

    taken, free = colleague.put(path, json=body), file_visit(colleague, record, form)

    assert (taken.status_code, taken.json["code"]) == (free.status_code, free.json["code"])
    assert (taken.status_code, taken.json["code"]) == (403, "not_responsible")
