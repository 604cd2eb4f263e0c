"""Who does the care of somebody while the worker is away, or has no post there any more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Absence, AbsenceReason, CareRecord, Grant, Notice, NoticeKind
from app.visits import tell_without_hands
from tests.care_world import NOON, TODAY, file_visit, write_care, write_form
from tests.cast import HOME, LONG_AGO, NEXT, named, person
from tests.child_world import write_guarded_child
from tests.client import Client

Become = Callable[[str | None], Client]
LIST = "/v1/care-records"
PHONE = "13900001234"


def send_away(session: Session, worker: str, substitute: str, *, days: int = 3, **columns: Any) -> UUID:
    """Let somebody be away from today on."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": HOME,
        "worker_id": person(worker).user_id,
        "substitute_id": person(substitute).user_id,
        "from_on": TODAY,
        "until_on": TODAY + timedelta(days=days),
        "reason": AbsenceReason.LEAVE,
        "recorded_by": person("admin").user_id,
        "created_at": LONG_AGO,
        "content_hash": b"",
    }
    absence = Absence(**values | columns)
    session.add(absence)
    session.commit()
    return absence.id


def end_post(session: Session, name: str) -> None:
    session.get_one(Grant, named(f"grant {name}")).ended_at = NOON
    session.commit()


def listed(client: Client) -> list[str]:
    return [one["id"] for one in client.get(LIST).json["items"]]


def of_day(client: Client) -> list[str]:
    return [one["id"] for one in client.get("/v1/me/today").json["care_records"]]


def doer(client: Client, record: UUID) -> str | None:
    found: str | None = client.get(f"{LIST}/{record}").json["doer_id"]
    return found


def told(session: Session) -> list[tuple[UUID, dict[str, Any]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARE).order_by(Notice.id))
    return [(row.user_id, row.data) for row in rows]


def tell(session: Session) -> int:
    """Tell of what has no hands; give of how many."""
    return tell_without_hands(session, limit=200)[0]


def test_the_list_and_the_day_go_to_whoever_stands_in(be: Become, session: Session) -> None:
    """Also where his own post is over another part of the community, and back on the day after."""
    record = write_care(session, worker="colleague", area_code=HOME, next_due_on=TODAY)
    assert (listed(be("colleague")), listed(be("worker"))) == ([str(record)], [])

    send_away(session, "colleague", "worker")

    assert (listed(be("colleague")), listed(be("worker"))) == ([], [str(record)])
    assert (of_day(be("colleague")), of_day(be("worker"))) == ([], [str(record)])
    assert doer(be("admin"), record) == str(person("worker").user_id)
    with clock.set_to(NOON + timedelta(days=4)):
        assert (listed(be("colleague")), listed(be("worker"))) == ([str(record)], [])


def test_he_reads_and_files_on_those_days(be: Become, session: Session) -> None:
    """What he saw then arrives late, also where the absence ended in the middle of that day."""
    record, form = write_care(session, worker="colleague"), write_form(session)
    absence = send_away(session, "colleague", "worker")
    assert be("worker").get(f"{LIST}/{record}").status_code == 200
    visit_id = file_visit(be("worker"), record, form).json["id"]
    assert be("worker").get(f"/v1/visits/{visit_id}").status_code == 200

    session.get_one(Absence, absence).ended_at = NOON + timedelta(hours=1)
    session.commit()
    with clock.set_to(NOON + timedelta(days=1)):
        late = file_visit(be("worker"), record, form, captured_at=(NOON + timedelta(minutes=9)).isoformat())
        after = file_visit(be("worker"), record, form, captured_at=clock.now().isoformat())

        assert (late.status_code, after.status_code) == (201, 403)
        assert be("worker").get(f"{LIST}/{record}").json["code"] == "not_responsible"
        assert be("worker").get(f"/v1/visits/{visit_id}").json["code"] == "not_responsible"


def test_the_worker_keeps_his_own_right(be: Become, session: Session) -> None:
    """What he did before he went arrives while he is away."""
    record, form = write_care(session, worker="colleague"), write_form(session)
    send_away(session, "colleague", "worker")

    assert be("colleague").get(f"{LIST}/{record}").status_code == 200
    assert file_visit(be("colleague"), record, form).status_code == 201


def test_the_substitute_does_it_where_nobody_stands_in(be: Become, session: Session) -> None:
    record = write_care(session, substitute_id=person("colleague").user_id, next_due_on=TODAY)
    send_away(session, "worker", "admin")
    assert doer(be("admin"), record) == str(person("admin").user_id), "whom the absence names comes first"

    send_away(session, "admin", "lead")  # who has no such post

    assert doer(be("admin"), record) == str(person("colleague").user_id)
    assert (listed(be("colleague")), listed(be("worker"))) == ([str(record)], [])


def test_care_of_a_post_that_ended_goes_to_the_substitute(be: Become, session: Session) -> None:
    with_one = write_care(session, substitute_id=person("colleague").user_id)
    without = write_care(session, of="neighbour")
    end_post(session, "worker")

    figures = [tell(session), tell(session)]

    assert (doer(be("admin"), with_one), doer(be("admin"), without)) == (
        str(person("colleague").user_id),
        None,
    )
    assert listed(be("colleague")) == [str(with_one)]
    assert figures == [2, 0]
    assert sorted(told(session), key=str) == sorted(
        [
            (person("colleague").user_id, {"what": "came_over", "count": 1}),
            (person("admin").user_id, {"what": "nobodys", "count": 1}),
        ],
        key=str,
    )


def test_what_nobody_does_is_told_each_morning_until_somebody_can(admin: Client, session: Session) -> None:
    record = write_care(session)
    end_post(session, "worker")
    assert tell(session) == 1
    early, late = NOON + timedelta(hours=16), NOON + timedelta(hours=20)  # 4 and 8 o'clock of the next day

    with clock.set_to(early):
        assert tell(session) == 0
    with clock.set_to(late):
        assert (tell(session), tell(session)) == (1, 0)
        body = {
            "step_id": str(new_id()),
            "worker_id": str(person("colleague").user_id),
            "reason": "原网格员离岗",
        }
        assert admin.post(f"{LIST}/{record}/worker", json=body).status_code == 200
    with clock.set_to(late + timedelta(days=1)):
        assert tell(session) == 0
    assert session.get_one(CareRecord, record).hands_told_on is None


def test_whoever_is_stood_in_for_by_way_of_another_is_not_looked_at_each_minute(session: Session) -> None:
    """He who is there at the end has it: else such care would fill each look before what nobody does."""
    write_care(session, worker="worker")
    send_away(session, "worker", "admin")
    assert tell_without_hands(session, limit=200) == (0, None)
    send_away(session, "admin", "colleague")

    assert tell_without_hands(session, limit=200) == (0, None), "no community has anything to tell"

    send_away(session, "colleague", "worker")
    assert tell(session) == 1


def test_whoever_is_away_in_another_community_is_not_looked_at_each_minute(session: Session) -> None:
    write_care(session)
    send_away(session, "worker", "lead", area_code=NEXT)

    assert tell_without_hands(session, limit=200) == (0, None)


def test_an_absence_without_anybody_is_told(session: Session) -> None:
    write_care(session)
    send_away(session, "worker", "colleague")
    assert tell(session) == 0
    send_away(session, "colleague", "lead")

    assert (tell(session), tell(session)) == (1, 0)
    assert told(session) == [(person("admin").user_id, {"what": "nobodys", "count": 1})]


def test_who_stands_in_is_told_of_how_many(admin: Client, session: Session) -> None:
    write_care(session)
    write_care(session, of="neighbour")
    body = {
        "area_code": HOME,
        "worker_id": str(person("worker").user_id),
        "substitute_id": str(person("colleague").user_id),
        "from_on": TODAY.isoformat(),
        "until_on": TODAY.isoformat(),
        "reason": "leave",
    }
    path = f"/v1/absences/{new_id()}"

    assert [admin.put(path, json=body).status_code for _ in range(2)] == [201, 200]

    assert told(session) == [(person("colleague").user_id, {"what": "standing_in", "count": 2})]


def test_of_a_minor_he_is_told_the_day_and_asks_for_a_ticket(be: Become, session: Session) -> None:
    """S-95: to stand in is no leave to read."""
    child = write_guarded_child(session)
    record = write_care(session, resident_id=child, next_due_on=TODAY)
    send_away(session, "worker", "colleague")

    (one,) = be("colleague").get(LIST).json["items"]

    assert (one["ticket_needed"], one["next_due_on"], one["level"]) == (True, TODAY.isoformat(), None)
    assert be("colleague").get(f"{LIST}/{record}").json["code"] == "ticket_needed"


@pytest.mark.parametrize("who", ["lead", "far_worker", "county"])
def test_nobody_else_gets_it(be: Become, session: Session, who: str) -> None:
    record = write_care(session)
    send_away(session, "worker", "colleague")

    assert be(who).get(f"{LIST}/{record}").status_code in {403, 404}
