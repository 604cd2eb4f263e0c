"""A follow-up goes to somebody else or to another day, with a reason that is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Absence, CareCategory, FollowUp, Grant, HarmCase, Notice, NoticeKind
from app.visits import tell_of_follow_ups
from tests.api.care.test_standing_in import send_away
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.cast import HOME, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client
from tests.counting import statements

Become = Callable[[str | None], Client]


@pytest.fixture
def need(worker: Client, record: UUID, form: UUID) -> str:
    """Give a follow-up of ``worker``, due in two days."""
    wanted = [{"need": "修扶手", "due_on": "2027-02-02"}]
    return str(file_visit(worker, record, form, follow_ups=wanted).json["follow_ups"][0]["id"])


def _to(name: str, reason: str = "他会修", **fields: Any) -> dict[str, Any]:
    return {"step_id": str(new_id()), "owner_id": str(person(name).user_id), "reason": reason, **fields}


def _until(day: str, reason: str = "等材料到货", **fields: Any) -> dict[str, Any]:
    return {"step_id": str(new_id()), "due_on": day, "reason": reason, **fields}


def _told(session: Session) -> list[tuple[UUID, str | None]]:
    session.expire_all()
    rows = session.scalars(
        select(Notice).where(Notice.kind == NoticeKind.FOLLOW_UP_ASSIGNED).order_by(Notice.id)
    )
    return [(row.user_id, row.data.get("what")) for row in rows]


def test_it_is_handed_over_once_with_a_reason(be: Become, session: Session, need: str) -> None:
    path, body = f"/v1/follow-ups/{need}/hand-over", _to("colleague")

    first, again = (be("worker").post(path, json=body) for _ in range(2))
    other = be("colleague").post(path, json=body | {"reason": "别的"})
    late = be("worker").post(path, json=_to("admin"))

    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert first.json["owner_id"] == str(person("colleague").user_id)
    (step,) = first.json["course"]
    assert (step["step"], step["reason"], step["due_on"]) == ("handed_over", "他会修", "2027-02-02")
    assert step["by_id"] == str(person("worker").user_id)
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert (late.status_code, late.json["code"]) == (403, "not_responsible")
    assert _told(session) == [(person("colleague").user_id, None)]
    assert "他会修".encode() not in (session.get_one(FollowUp, UUID(need)).course_sealed or b"")
    listed = be("colleague").get("/v1/follow-ups").json["items"]
    assert [one["course"] for one in listed] == [first.json["course"]]


@pytest.mark.parametrize("until, status", [("2027-02-01", 200), ("2027-02-02", 409)])
def test_it_is_not_handed_to_whoever_is_away_until_its_day(
    be: Become, need: str, until: str, status: int
) -> None:
    away = {"from_on": NOON.date().isoformat(), "until_on": until, "reason": "leave", "area_code": HOME}
    people = {"worker_id": str(person("colleague").user_id), "substitute_id": str(person("worker").user_id)}
    assert be("admin").put(f"/v1/absences/{new_id()}", json=away | people).status_code == 201

    given = be("worker").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague"))

    assert given.status_code == status, given.text
    if status == 409:
        assert (given.json["code"], list(given.json["errors"])) == ("absent", ["owner_id"])
        assert given.json["title"] == "选的人2027-01-31到2027-02-02请假，由worker顶班，请交给在岗的人"


def test_whoever_hands_it_over_waits_for_who_enters_an_absence(
    be: Become, connection: Connection, need: str
) -> None:
    with statements(connection) as sent:
        given = be("worker").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague"))
    kept, read = (
        [place for place, one in enumerate(sent) if words in one] for words in ("FOR SHARE", "FROM absences")
    )

    assert given.status_code == 200, given.text
    assert kept, "the absences are not kept as they are"
    assert kept[0] < read[0]


def test_whoever_made_it_is_told_when_it_is_put_off(be: Become, session: Session, need: str) -> None:
    be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague"))

    answer = be("colleague").post(f"/v1/follow-ups/{need}/postpone", json=_until("2027-02-20"))

    assert (answer.status_code, answer.json["due_on"]) == (200, "2027-02-20")
    assert [one["step"] for one in answer.json["course"]] == ["handed_over", "postponed"]
    worker, colleague = person("worker").user_id, person("colleague").user_id
    assert sorted(map(str, _told(session))) == sorted(
        map(str, [(colleague, None), (worker, "handed_over"), (worker, "postponed")])
    )


@pytest.mark.parametrize("day", ["2027-01-30", "2028-02-02"])
def test_it_is_put_off_to_a_day_within_a_year(worker: Client, need: str, day: str) -> None:
    answer = worker.post(f"/v1/follow-ups/{need}/postpone", json=_until(day))

    assert (answer.status_code, answer.json["code"]) == (422, "due_day")


def test_it_goes_to_staff_of_the_area_only(worker: Client, need: str) -> None:
    for name in ("resident", "far_worker", "lead"):
        answer = worker.post(f"/v1/follow-ups/{need}/hand-over", json=_to(name))

        assert (answer.status_code, answer.json["code"]) == (422, "not_staff_here")


def test_what_is_done_moves_no_more(worker: Client, need: str) -> None:
    worker.post(f"/v1/follow-ups/{need}/finish", json={"result": "修好了"})

    for verb, body in (("hand-over", _to("admin")), ("postpone", _until("2027-02-20"))):
        answer = worker.post(f"/v1/follow-ups/{need}/{verb}", json=body)
        assert (answer.status_code, answer.json["code"]) == (409, "illegal_step")


@pytest.mark.usefixtures("need")
def test_lists_go_by_what_is_over_its_day_and_what_is_done(worker: Client, record: UUID, form: UUID) -> None:
    wanted = [{"need": "买药", "due_on": "2027-02-09"}, {"need": "陪诊", "due_on": "2027-01-31"}]
    _, done = file_visit(worker, record, form, follow_ups=wanted).json["follow_ups"]
    worker.post(f"/v1/follow-ups/{done['id']}/finish", json={"result": "去了"})

    def listed(which: str) -> list[str]:
        answer = worker.get("/v1/follow-ups", query_string={"done": which}).json
        return [one["need"] for one in answer["items"]]

    with clock.set_to(NOON + timedelta(days=3)):
        assert (listed("overdue"), listed("done")) == (["修扶手"], ["陪诊"])
        assert (listed("open"), listed("all")) == (["修扶手", "买药"], ["陪诊", "修扶手", "买药"])
    with clock.set_to(NOON + timedelta(days=2)):
        assert listed("overdue") == [], "its day is not over yet"


def test_a_reason_that_tells_of_harm_opens_a_case(worker: Client, session: Session, need: str) -> None:
    body = _until("2027-02-20", "他家孩子身上有伤，爸爸打孩子")

    assert worker.post(f"/v1/follow-ups/{need}/postpone", json=body).status_code == 200

    assert [case.told_id for case in session.scalars(select(HarmCase))] == [UUID(need)]


def test_who_is_told_when_the_day_is_over(worker: Client, session: Session, need: str) -> None:
    mine, admin = person("worker").user_id, person("admin").user_id
    seen = []
    for days in (2, 3, 4, 9, 10):
        with clock.set_to(NOON + timedelta(days=days)):
            before = len(_told(session))
            tell_of_follow_ups(session, limit=10)
            session.commit()
            seen.append(_told(session)[before:])

    assert seen == [[], [(mine, "due")], [], [(admin, "late")], []]
    with clock.set_to(NOON + timedelta(days=10)):
        worker.post(f"/v1/follow-ups/{need}/postpone", json=_until("2027-02-12"))
    with clock.set_to(NOON + timedelta(days=13)):
        assert tell_of_follow_ups(session, limit=10) == 1, "another day counts anew"


def test_what_belongs_to_nobody_any_more_goes_to_the_admins_once(
    be: Become, session: Session, need: str
) -> None:
    session.execute(update(Grant).where(Grant.user_id == person("worker").user_id).values(ended_at=NOON))
    session.commit()

    counted = []
    for _ in range(2):
        counted.append(tell_of_follow_ups(session, limit=10))
        session.commit()

    assert counted == [1, 0]
    assert _told(session) == [(person("admin").user_id, "unowned")]
    unowned = be("admin").get("/v1/follow-ups?whose=unowned").json["items"]
    assert [one["id"] for one in unowned] == [str(need)]
    given = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague"))
    assert given.status_code == 200
    assert be("admin").get("/v1/follow-ups?whose=unowned").json["items"] == []
    assert tell_of_follow_ups(session, limit=10) == 0


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
        put_off = stand_in.post(f"/v1/follow-ups/{need}/postpone", json=_until("2027-02-08"))
    session.get_one(Absence, away).ended_at = NOON
    session.commit()

    assert _told(session)[:1] == [(person("colleague").user_id, "due")]
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

    assert _told(session) == [(person("admin").user_id, "unowned")]


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
    assert be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=_to("admin")).status_code == 200
    assert be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague")).status_code == 200
    assert [one["id"] for one in stand_in.get("/v1/follow-ups").json["items"]] == [need]
    assert tell_of_follow_ups(session, limit=10) == 0
    session.get_one(Absence, away).ended_at = NOON
    session.commit()

    assert stand_in.get("/v1/follow-ups").json["items"] == []
    assert tell_of_follow_ups(session, limit=10) == 1
    assert _told(session)[-1] == (person("admin").user_id, "unowned")
    late = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague"))
    assert (late.status_code, late.json["code"]) == (422, "not_staff_here")


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
    given = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=_to("colleague")).json
    write_ticket(session, child, "admin")
    (read,) = be("admin").get("/v1/follow-ups?whose=area").json["items"]

    for blank in (listed, given):
        assert (blank["id"], blank["need"], blank["result"], blank["course"]) == (need, None, None, None)
    assert (read["need"], read["course"][0]["reason"]) == ("买书包", "他会修")
