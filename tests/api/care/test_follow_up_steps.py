"""A follow-up goes to somebody else or to another day, with a reason that is kept."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import FollowUp, Grant, HarmCase
from app.visits import tell_of_follow_ups
from tests.api.care.follow_up_world import to, told, until
from tests.care_world import NOON, file_visit, move_in
from tests.cast import GRID, HOME, person
from tests.client import Client
from tests.counting import statements

Become = Callable[[str | None], Client]


def test_it_is_handed_over_once_with_a_reason(be: Become, session: Session, need: str) -> None:
    path, body = f"/v1/follow-ups/{need}/hand-over", to("colleague")

    first, again = (be("worker").post(path, json=body) for _ in range(2))
    other = be("colleague").post(path, json=body | {"reason": "别的"})
    late = be("worker").post(path, json=to("admin"))

    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert first.json["owner_id"] == str(person("colleague").user_id)
    (step,) = first.json["course"]
    assert (step["step"], step["reason"], step["due_on"]) == ("handed_over", "他会修", "2027-02-02")
    assert step["by_id"] == str(person("worker").user_id)
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert (late.status_code, late.json["code"]) == (403, "not_responsible")
    assert told(session) == [(person("colleague").user_id, None)]
    assert "他会修".encode() not in (session.get_one(FollowUp, UUID(need)).course_sealed or b"")
    listed = be("colleague").get("/v1/follow-ups").json["items"]
    assert [one["course"] for one in listed] == [first.json["course"]]


@pytest.mark.parametrize("verb", ["hand-over", "postpone"])
def test_what_was_done_since_a_step_is_not_told_to_whoever_sends_it_again(
    be: Become, need: str, verb: str
) -> None:
    """A phone sends a step again after another has it, and the other wrote what came of it."""
    path = f"/v1/follow-ups/{need}"
    body = to("colleague") if verb == "hand-over" else until("2027-02-20")
    assert be("worker").post(f"{path}/{verb}", json=body).status_code == 200
    if verb == "postpone":
        assert be("admin").post(f"{path}/hand-over", json=to("colleague")).status_code == 200
    be("colleague").post(f"{path}/postpone", json=until("2027-02-21", reason="她住院了"))
    be("colleague").post(f"{path}/finish", json={"result": "查出病来"})

    again = be("worker").post(f"{path}/{verb}", json=body)
    admins = be("admin").get("/v1/follow-ups?whose=area&done=done").json["items"]

    assert again.status_code == 200
    assert [again.json[name] for name in ("need", "result", "course")] == [None] * 3
    assert [one["result"] for one in admins] == ["查出病来"]


def test_a_step_sent_again_tells_nothing_that_is_kept_from_the_home_by_now(
    be: Become, session: Session, need: str
) -> None:
    """S-98: though nothing was done with it since."""
    path, body = f"/v1/follow-ups/{need}/postpone", until("2027-02-20")
    first = be("worker").post(path, json=body)
    session.add(
        HarmCase(
            id=new_id(),
            area_code=GRID,
            visit_id=session.get_one(FollowUp, UUID(need)).visit_id,
            told_id=new_id(),
            signals=["words"],
            opened_by=person("colleague").user_id,
            opened_at=NOON,
        )
    )
    move_in(session, "worker")

    again = be("worker").post(path, json=body)

    assert first.json["need"] == "修扶手"
    assert (again.status_code, again.json["need"], again.json["course"]) == (200, None, None)


@pytest.mark.parametrize("until, status", [("2027-02-01", 200), ("2027-02-02", 409)])
def test_it_is_not_handed_to_whoever_is_away_until_its_day(
    be: Become, need: str, until: str, status: int
) -> None:
    away = {"from_on": NOON.date().isoformat(), "until_on": until, "reason": "leave", "area_code": HOME}
    people = {"worker_id": str(person("colleague").user_id), "substitute_id": str(person("worker").user_id)}
    assert be("admin").put(f"/v1/absences/{new_id()}", json=away | people).status_code == 201

    given = be("worker").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))

    assert given.status_code == status, given.text
    if status == 409:
        assert (given.json["code"], list(given.json["errors"])) == ("absent", ["owner_id"])
        assert given.json["title"] == "选的人2027-01-31到2027-02-02请假，由worker顶班，请交给在岗的人"


def test_whoever_hands_it_over_waits_for_who_enters_an_absence(
    be: Become, connection: Connection, need: str
) -> None:
    with statements(connection) as sent:
        given = be("worker").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))
    kept, read = (
        [place for place, one in enumerate(sent) if words in one] for words in ("FOR SHARE", "FROM absences")
    )

    assert given.status_code == 200, given.text
    assert kept, "the absences are not kept as they are"
    assert kept[0] < read[0]


def test_whoever_made_it_is_told_when_it_is_put_off(be: Become, session: Session, need: str) -> None:
    be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))

    answer = be("colleague").post(f"/v1/follow-ups/{need}/postpone", json=until("2027-02-20"))

    assert (answer.status_code, answer.json["due_on"]) == (200, "2027-02-20")
    assert [one["step"] for one in answer.json["course"]] == ["handed_over", "postponed"]
    worker, colleague = person("worker").user_id, person("colleague").user_id
    assert sorted(map(str, told(session))) == sorted(
        map(str, [(colleague, None), (worker, "handed_over"), (worker, "postponed")])
    )


@pytest.mark.parametrize("day", ["2027-01-30", "2028-02-02"])
def test_it_is_put_off_to_a_day_within_a_year(worker: Client, need: str, day: str) -> None:
    answer = worker.post(f"/v1/follow-ups/{need}/postpone", json=until(day))

    assert (answer.status_code, answer.json["code"]) == (422, "due_day")


def test_it_goes_to_staff_of_the_area_only(worker: Client, need: str) -> None:
    for name in ("resident", "far_worker", "lead"):
        answer = worker.post(f"/v1/follow-ups/{need}/hand-over", json=to(name))

        assert (answer.status_code, answer.json["code"]) == (422, "not_staff_here")


def test_what_is_done_moves_no_more(worker: Client, need: str) -> None:
    worker.post(f"/v1/follow-ups/{need}/finish", json={"result": "修好了"})

    for verb, body in (("hand-over", to("admin")), ("postpone", until("2027-02-20"))):
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
    body = until("2027-02-20", "他家孩子身上有伤，爸爸打孩子")

    assert worker.post(f"/v1/follow-ups/{need}/postpone", json=body).status_code == 200

    assert [case.told_id for case in session.scalars(select(HarmCase))] == [UUID(need)]


def test_who_is_told_when_the_day_is_over(worker: Client, session: Session, need: str) -> None:
    mine, admin = person("worker").user_id, person("admin").user_id
    seen = []
    for days in (2, 3, 4, 9, 10):
        with clock.set_to(NOON + timedelta(days=days)):
            before = len(told(session))
            tell_of_follow_ups(session, limit=10)
            session.commit()
            seen.append(told(session)[before:])

    assert seen == [[], [(mine, "due")], [], [(admin, "late")], []]
    with clock.set_to(NOON + timedelta(days=10)):
        worker.post(f"/v1/follow-ups/{need}/postpone", json=until("2027-02-12"))
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
    assert told(session) == [(person("admin").user_id, "unowned")]
    unowned = be("admin").get("/v1/follow-ups?whose=unowned").json["items"]
    assert [one["id"] for one in unowned] == [str(need)]
    given = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))
    assert given.status_code == 200
    assert be("admin").get("/v1/follow-ups?whose=unowned").json["items"] == []
    assert tell_of_follow_ups(session, limit=10) == 0


def test_it_is_not_handed_over_to_whose_it_is(be: Become, session: Session, need: str) -> None:
    refused = be("worker").post(f"/v1/follow-ups/{need}/hand-over", json=to("worker"))

    assert (refused.status_code, refused.json["code"]) == (422, "same_owner")
    assert list(refused.json["errors"]) == ["owner_id"]
    assert session.get_one(FollowUp, UUID(need)).course_sealed is None


def test_the_admins_are_told_that_what_is_urgent_is_put_off(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    """They were alarmed by it; what comes earlier, or is not urgent, they need not hear."""
    needs = [{"need": one, "due_on": "2027-02-02", "urgent": one == "送医"} for one in ("送医", "修扶手")]
    made = file_visit(be("worker"), record, form, follow_ups=needs).json["follow_ups"]
    urgent, other = sorted(made, key=lambda one: not one["urgent"])

    for one, day in ((other, "2027-02-21"), (urgent, "2027-02-01"), (urgent, "2027-02-21")):
        path = f"/v1/follow-ups/{one['id']}/postpone"
        assert be("worker").post(path, json=until(day, "没空去")).status_code == 200

    assert told(session) == [(person("admin").user_id, "put_off")]
