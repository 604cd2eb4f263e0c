"""What only the admins see to is listed by the facts of the moment, before and after any job told of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Absence, CareCategory, FollowUp, Grant, HarmCase, Resident, Visit
from app.visits import tell_of_follow_ups
from tests.api.care.follow_up_world import to, told
from tests.api.care.test_standing_in import end_post, send_away
from tests.care_world import NOON, file_visit, move_in, write_care, write_form
from tests.cast import GRID, named, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client
from tests.counting import statements

Become = Callable[[str | None], Client]


def unowned(client: Client, **query: Any) -> list[str]:
    answer = client.get("/v1/follow-ups", query_string={"whose": "unowned"} | query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["items"]]


def test_what_belongs_to_whose_post_ended_is_listed_at_once(be: Become, session: Session, need: str) -> None:
    """And no more once he has it again, or it is done; whatever the job said by then."""
    admin = be("admin")
    before = unowned(admin)
    end_post(session, "worker")
    gone = unowned(admin)
    tell_of_follow_ups(session, limit=10)
    session.commit()
    session.get_one(Grant, named("grant worker")).ended_at = None
    session.commit()
    back = unowned(admin)
    end_post(session, "worker")
    assert admin.post(f"/v1/follow-ups/{need}/finish", json={"result": "好"}).status_code == 200

    assert (before, gone, back, unowned(admin, done="all")) == ([], [need], [], [])


@pytest.mark.parametrize("substitute, found", [("resident", True), ("colleague", False)])
def test_what_nobody_stands_in_for_is_listed_before_its_day(
    be: Become, session: Session, need: str, *, substitute: str, found: bool
) -> None:
    """As long as its owner is away."""
    away = send_away(session, "worker", substitute, days=20)
    while_away = unowned(be("admin"))
    session.get_one(Absence, away).ended_at = NOON
    session.commit()

    assert while_away == ([need] if found else [])
    assert unowned(be("admin")) == []


@pytest.mark.usefixtures("next_grid")
def test_what_a_stand_in_owns_is_nobodys_once_he_stands_in_no_more(
    be: Become, session: Session, need: str
) -> None:
    away = send_away(session, "worker", "colleague", days=20)
    given = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))
    while_away = unowned(be("admin"))
    session.get_one(Absence, away).ended_at = NOON
    session.commit()

    assert (given.status_code, while_away) == (200, [])
    assert unowned(be("admin")) == [need]


@pytest.mark.parametrize("who", ["owner", "stand-in", "both elsewhere"])
def test_what_is_kept_from_whoever_would_see_to_it_is_listed(be: Become, session: Session, who: str) -> None:
    """S-98: he lives with the minor; the list names it without its words, and not to him."""
    child = write_guarded_child(session)
    home = session.get_one(Resident, named("resident")).household_id
    session.get_one(Resident, child).household_id = home
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    write_ticket(session, child, "worker")
    wanted = [{"need": "找老师谈", "due_on": "2027-02-02"}]
    need = file_visit(be("worker"), care, form, follow_ups=wanted).json["follow_ups"][0]["id"]
    if who != "both elsewhere":
        move_in(session, "worker" if who == "owner" else "colleague")
    if who != "owner":
        send_away(session, "worker", "colleague")

    listed = be("admin").get("/v1/follow-ups?whose=unowned").json["items"]
    found = [(one["id"], one["need"]) for one in listed]
    assert found == ([] if who == "both elsewhere" else [(need, None)])
    assert unowned(be("worker" if who == "owner" else "colleague")) == []


def test_what_a_case_keeps_from_the_home_of_a_grown_up_is_listed(
    be: Become, session: Session, need: str
) -> None:
    """As the job tells it: his owner lives there, and no notice reaches him."""
    move_in(session, "worker")
    before = unowned(be("admin"))
    visit = session.get_one(Visit, session.get_one(FollowUp, UUID(need)).visit_id)
    about = {"opened_by": person("colleague").user_id, "opened_at": NOON, "signals": ["flag"]}
    about |= {"visit_id": visit.id, "told_id": visit.id}
    session.add(HarmCase(id=new_id(), area_code=visit.area_code, **about))
    session.commit()
    with clock.set_to(NOON + timedelta(days=3)):
        tell_of_follow_ups(session, limit=10)
        session.commit()

    assert before == []
    assert unowned(be("admin")) == [need]
    assert (person("admin").user_id, "unowned") in told(session)


def test_a_worker_lists_nothing_of_others(be: Become, session: Session, need: str) -> None:
    session.execute(update(Grant).where(Grant.id == named("grant colleague")).values(area_code=GRID))
    end_post(session, "worker")

    assert unowned(be("colleague")) == []
    assert unowned(be("admin")) == [need]


def test_it_is_listed_with_as_many_queries_however_much_it_is(
    be: Become, session: Session, connection: Connection, record: UUID, form: UUID
) -> None:
    admin = be("admin")

    def more(count: int) -> None:
        wanted = [{"need": f"事{number}", "due_on": "2027-02-02"} for number in range(count)]
        assert file_visit(be("worker"), record, form, follow_ups=wanted).status_code == 201

    more(1)
    send_away(session, "worker", "resident", days=20)
    counts = []
    for length in (1, 4):
        with statements(connection) as sent:
            assert len(unowned(admin)) == length
        counts.append(len(sent))
        more(3)

    assert counts[0] == counts[1]
