"""Who sees to a follow-up: its owner, whoever stands in for him, and nobody who lives with the minor."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.models import Absence, CareCategory, FollowUp, Grant, Resident
from app.visits import tell_of_follow_ups
from tests.api.care.follow_up_world import to, told, until
from tests.api.care.test_standing_in import send_away
from tests.care_world import NOON, file_visit, move_in, write_care, write_form
from tests.cast import named, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client

Become = Callable[[str | None], Client]


@pytest.mark.usefixtures("next_grid")
def test_whoever_stands_in_sees_to_what_belongs_to_who_is_away(
    be: Become, session: Session, need: str
) -> None:
    """Also from another grid, and until the owner is back."""
    stand_in = be("colleague")
    assert stand_in.get("/v1/follow-ups").json["items"] == []
    assert stand_in.post(f"/v1/follow-ups/{need}/finish", json={"result": "好"}).status_code == 404
    away = send_away(session, "worker", "colleague", days=20)
    with clock.set_to(NOON + timedelta(days=3)):
        for _ in range(2):
            tell_of_follow_ups(session, limit=10)
            session.commit()
        assert [one["need"] for one in stand_in.get("/v1/follow-ups").json["items"]] == ["修扶手"]
        put_off = stand_in.post(f"/v1/follow-ups/{need}/postpone", json=until("2027-02-08"))
    session.get_one(Absence, away).ended_at = NOON
    session.commit()

    assert told(session)[:1] == [(person("colleague").user_id, "due")]
    assert put_off.status_code == 200
    assert stand_in.get("/v1/follow-ups").json["items"] == []
    assert stand_in.post(f"/v1/follow-ups/{need}/finish", json={"result": "好"}).status_code == 404


@pytest.mark.usefixtures("need")
def test_what_nobody_stands_in_for_goes_to_the_admins_when_its_day_is_over(session: Session) -> None:
    """He would be reminded where he is not, and they would hear of it a week late."""
    send_away(session, "worker", "resident", days=20)
    with clock.set_to(NOON + timedelta(days=3)):
        for _ in range(2):
            tell_of_follow_ups(session, limit=10)
            session.commit()

    assert told(session) == [(person("admin").user_id, "unowned")]


@pytest.mark.usefixtures("next_grid")
def test_whoever_stands_in_may_own_it_for_as_long(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """By handing over, and from the visit on; afterwards the admins are told to hand it over."""
    away = send_away(session, "worker", "colleague", days=20)
    stand_in, owner = be("colleague"), str(person("colleague").user_id)
    wanted = [{"need": "换灯泡", "due_on": "2027-02-02", "owner_id": owner}]
    made = file_visit(stand_in, record, form, follow_ups=wanted)
    assert made.status_code == 201, made.text
    need = made.json["follow_ups"][0]["id"]
    assert be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("admin")).status_code == 200
    assert be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague")).status_code == 200
    assert [one["id"] for one in stand_in.get("/v1/follow-ups").json["items"]] == [need]
    assert tell_of_follow_ups(session, limit=10) == 0
    session.get_one(Absence, away).ended_at = NOON
    session.commit()

    assert stand_in.get("/v1/follow-ups").json["items"] == []
    assert tell_of_follow_ups(session, limit=10) == 1
    assert told(session)[-1] == (person("admin").user_id, "unowned")
    late = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))
    assert (late.status_code, late.json["code"]) == (422, "not_staff_here")


def test_what_was_nobodys_counts_anew_once_somebody_sees_to_it_again(session: Session, need: str) -> None:
    """The list of what nobody sees to has it no more, and the next time it is told again."""
    grants = select(Grant).where(Grant.user_id == person("worker").user_id)

    def post(ended_at: datetime | None) -> None:
        session.scalars(grants).one().ended_at = ended_at
        session.commit()

    marked = []
    for days, ended_at in ((0, NOON), (1, None), (2, NOON)):
        post(ended_at)
        with clock.set_to(NOON + timedelta(days=days)):
            tell_of_follow_ups(session, limit=10)
            session.commit()
        marked.append(session.get_one(FollowUp, UUID(need)).told_unowned_on is not None)

    assert marked == [True, False, True]
    assert [what for _, what in told(session)] == ["unowned", "unowned"]


def test_nobody_sees_to_what_a_minor_of_his_own_home_needs(be: Become, session: Session) -> None:
    """S-98: neither as a stand-in nor as its owner; who does the harm may live there."""
    child = write_guarded_child(session)
    session.get_one(Resident, child).household_id = session.get_one(Resident, named("resident")).household_id
    move_in(session, "colleague")
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    write_ticket(session, child, "worker")
    wanted = [{"need": "找老师谈", "due_on": "2027-02-02"}]
    his = [wanted[0] | {"owner_id": str(person("colleague").user_id)}]
    refused = file_visit(be("worker"), care, form, follow_ups=his)
    need = file_visit(be("worker"), care, form, follow_ups=wanted).json["follow_ups"][0]["id"]
    given = be("worker").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))
    send_away(session, "worker", "colleague")
    stand_in = be("colleague")

    assert [(one.status_code, one.json["code"]) for one in (refused, given)] == [(403, "own_household")] * 2
    assert stand_in.get("/v1/follow-ups").json["items"] == []
    assert stand_in.post(f"/v1/follow-ups/{need}/finish", json={"result": "好"}).status_code == 404


def test_an_admin_without_leave_hands_over_what_a_minor_needs_without_reading_it(
    be: Become, session: Session
) -> None:
    """S-95: he was told to hand it over, and finds it; whoever has leave reads it."""
    child = write_guarded_child(session)
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    write_ticket(session, child, "worker")
    wanted = [{"need": "买书包", "due_on": "2027-02-02"}]
    made = file_visit(be("worker"), care, form, follow_ups=wanted)
    need = made.json["follow_ups"][0]["id"]
    session.execute(update(Grant).where(Grant.user_id == person("worker").user_id).values(ended_at=NOON))
    session.commit()
    tell_of_follow_ups(session, limit=10)
    session.commit()

    (listed,) = be("admin").get("/v1/follow-ups?whose=unowned").json["items"]
    given = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague")).json
    write_ticket(session, child, "admin")
    (read,) = be("admin").get("/v1/follow-ups?whose=area").json["items"]

    for blank in (listed, given):
        assert (blank["id"], blank["need"], blank["result"], blank["course"]) == (need, None, None, None)
    assert (read["need"], read["course"][0]["reason"]) == ("买书包", "他会修")


@pytest.mark.usefixtures("next_grid")
def test_a_stand_in_who_is_away_himself_is_stood_in_for(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """What he owns there goes the same way as the worker's own."""
    send_away(session, "worker", "colleague", days=20)
    owner = {"owner_id": str(person("colleague").user_id)}
    wanted = [{"need": "换灯泡", "due_on": "2027-02-02"} | owner]
    need = file_visit(be("colleague"), record, form, follow_ups=wanted).json["follow_ups"][0]["id"]
    send_away(session, "colleague", "admin", days=20)

    (listed,) = be("admin").get("/v1/follow-ups").json["items"]
    his = be("colleague").post(f"/v1/follow-ups/{need}/postpone", json=until("2027-02-03"))

    assert (listed["id"], his.status_code) == (need, 200)
    assert be("admin").post(f"/v1/follow-ups/{need}/finish", json={"result": "好"}).status_code == 200


@pytest.mark.usefixtures("next_grid")
def test_what_a_stand_in_did_before_he_went_away_himself_arrives_late(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """Also with himself as the owner of what it showed, which is nobody's by then and told to the admins."""
    absences = [send_away(session, "worker", "colleague"), send_away(session, "colleague", "admin")]
    owner = {"owner_id": str(person("colleague").user_id)}
    wanted = [{"need": "换灯泡", "due_on": "2027-02-02"} | owner]
    away = file_visit(be("colleague"), record, form)
    for one in absences:
        session.get_one(Absence, one).ended_at = NOON + timedelta(minutes=1)
    session.commit()
    with clock.set_to(NOON + timedelta(hours=1)):
        captured = {"captured_at": (NOON - timedelta(hours=1)).isoformat()}
        ended = file_visit(be("colleague"), record, form, follow_ups=wanted, **captured)
        tell_of_follow_ups(session, limit=10)
        session.commit()

    assert [one.status_code for one in (away, ended)] == [201, 201], ended.text
    assert told(session)[-1] == (person("admin").user_id, "unowned")
