"""What was done on a day arrives later, from whoever's it was then; and nothing of before is opened by it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareCategory
from tests.api.care.test_standing_in import end_post, send_away
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.cast import person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client

Become = Callable[[str | None], Client]
TOMORROW = NOON + timedelta(days=1)
SOON = (NOON + timedelta(hours=1)).isoformat()


def hand_over(admin: Client, record: UUID, name: str) -> None:
    worker_id = str(person(name).user_id)
    body = {"step_id": str(new_id()), "worker_id": worker_id, "reason": "换网格"}
    answer = admin.post(f"/v1/care-records/{record}/worker", json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("days, status", [(0, 201), (1, 201), (2, 403)])
def test_a_visit_before_care_was_handed_over_is_taken_afterwards(
    be: Become, record: UUID, form: UUID, days: int, status: int
) -> None:
    """A phone without a network is no reason to lose it; what is said to be of a later day is another's."""
    with clock.set_to(TOMORROW):
        hand_over(be("admin"), record, "colleague")
    made_at = NOON + timedelta(days=days, hours=1)
    with clock.set_to(NOON + timedelta(days=3)):
        sent = file_visit(be("worker"), record, form, captured_at=made_at.isoformat())
        assert be("worker").get(f"/v1/care-records/{record}").status_code == 403

    assert sent.status_code == status, sent.text


def test_whose_care_it_was_twice_ago_files_nothing_of_the_day_before_yesterday(
    be: Become, record: UUID, form: UUID
) -> None:
    """His was the day before that."""
    for days, name in ((1, "colleague"), (3, "admin")):
        with clock.set_to(NOON + timedelta(days=days)):
            hand_over(be("admin"), record, name)
    with clock.set_to(NOON + timedelta(days=4)):
        sent = [
            file_visit(be(who), record, form, captured_at=(NOON + timedelta(days=days)).isoformat())
            for who, days in (("worker", 0), ("worker", 2), ("colleague", 2))
        ]

    assert [one.status_code for one in sent] == [201, 403, 201]


def test_a_need_is_taken_whose_owner_lost_his_post_while_the_phone_was_offline(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """The admins are told that it is nobody's; one who had none on that day is refused still."""
    need = {"need": "换灯泡", "due_on": "2027-02-05", "owner_id": str(person("colleague").user_id)}
    end_post(session, "colleague")
    with clock.set_to(TOMORROW):
        late = file_visit(be("worker"), record, form, captured_at=SOON, follow_ups=[need])
        fresh = file_visit(be("worker"), record, form, captured_at=clock.now().isoformat(), follow_ups=[need])
        listed = be("admin").get("/v1/follow-ups?whose=unowned").json["items"]

    assert (late.status_code, fresh.json["code"]) == (201, "not_staff_here")
    assert [one["need"] for one in listed] == ["换灯泡"]


def test_whoever_stands_in_for_the_substitute_does_nothing_where_the_worker_is_there(
    be: Become, session: Session, form: UUID
) -> None:
    record = write_care(session, worker="admin", substitute_id=person("colleague").user_id)
    send_away(session, "colleague", "worker")

    with clock.set_to(TOMORROW):
        assert file_visit(be("worker"), record, form, captured_at=SOON).status_code == 403
        send_away(session, "admin", "lead", from_on=NOON.date())  # who has no such post
        assert file_visit(be("worker"), record, form, captured_at=SOON).status_code == 201


def test_who_stands_in_reads_nothing_that_was_done_with_before(be: Become, session: Session) -> None:
    """S-95: of a child no words without a ticket; what he did himself he reads."""
    child = write_guarded_child(session)
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    write_ticket(session, child, "worker")
    needs = [{"need": f"要办第{number}件", "due_on": "2027-02-05"} for number in range(2)]
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    first, second = file_visit(be("worker"), care, form, follow_ups=needs).json["follow_ups"]
    done = be("worker").post(f"/v1/follow-ups/{first['id']}/finish", json={"result": "跟妈妈谈过"})
    assert done.status_code == 200, done.text
    send_away(session, "worker", "colleague")
    stand_in = be("colleague")

    def listed() -> list[str]:
        return [one["need"] for one in stand_in.get("/v1/follow-ups?done=all").json["items"]]

    assert listed() == [second["need"]]
    assert (
        stand_in.post(f"/v1/follow-ups/{second['id']}/finish", json={"result": "办好了"}).status_code == 200
    )
    assert listed() == [second["need"]]
