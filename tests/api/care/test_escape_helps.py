"""Who cannot get out by himself is known to those who look after the building, and to nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Checklist, PresenceState, Resident
from tests.care_world import TODAY, write_resident
from tests.cast import named
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Answer, Client
from tests.hazard_world import inspection_body

Become = Callable[[str | None], Client]
LIST = "/v1/escape-helps"


def put(client: Client, resident_id: UUID | None = None, **fields: Any) -> Answer:
    body = {"resident_id": str(resident_id or named("resident")), "helpers": 2, "noted_on": TODAY.isoformat()}
    return client.put(f"{LIST}/{new_id()}", json=body | fields)


def listed(client: Client, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(LIST, query_string=query).json["items"]
    return items


def of_block(client: Client) -> Any:
    places = client.get("/v1/me/today").json["places"]
    return next(one["escape_helps"] for one in places if one["id"] == str(named("block")))


def test_somebody_is_on_the_register_once(worker: Client) -> None:
    first = put(worker)
    other = put(worker)
    ended = worker.post(f"{LIST}/{first.json['id']}/end", json={"ended_on": TODAY.isoformat()})

    assert (first.status_code, first.json["resident_name"], first.json["door"]) == (
        201,
        "王桂兰",
        "1单元101",
    )
    assert (other.status_code, other.json["code"]) == (409, "help_open")
    assert (ended.status_code, listed(worker)) == (200, [])
    assert put(worker).status_code == 201


def test_its_days_are_over_or_today(worker: Client) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    row = put(worker).json["id"]

    wrong = [
        put(worker, named("neighbour"), noted_on=tomorrow),
        worker.post(f"{LIST}/{row}/end", json={"ended_on": tomorrow}),
    ]

    assert [(one.status_code, one.json["code"]) for one in wrong] == [(422, "end_day")] * 2


def test_nobody_is_taken_off_it_as_of_long_ago(worker: Client) -> None:
    """How long it stays readable counts from that day: more than a year back is a slip of the pen."""
    ago = (TODAY - timedelta(days=400)).isoformat()
    row = put(worker, noted_on=ago).json["id"]

    answer = worker.post(f"{LIST}/{row}/end", json={"ended_on": ago})

    assert (answer.status_code, answer.json["code"]) == (422, "day_long_ago")


def test_a_building_says_how_many_and_where_to_whoever_inspects_it(be: Become, session: Session) -> None:
    """Nothing of health; who is away needs no help; a building lead learns nothing."""
    put(be("worker"))
    put(be("worker"), write_resident(session))
    put(be("worker"), write_resident(session, presence=PresenceState.AWAY))

    assert of_block(be("worker")) == {"count": 2, "doors": ["1单元101"]}
    assert of_block(be("admin")) == {"count": 2, "doors": ["1单元101"]}
    assert of_block(be("lead")) is None
    assert len(listed(be("worker"), place_id=str(named("block")))) == 3
    assert listed(be("worker"), place_id=str(named("workshop"))) == []


def test_offices_neighbours_and_others_learn_nothing(be: Become) -> None:
    row = put(be("worker")).json["id"]

    statuses = {who: be(who).get(LIST).status_code for who in ("county", "city", "lead", "resident")}

    assert set(statuses.values()) == {403}
    assert listed(be("far_worker")) == []
    end = be("far_worker").post(f"{LIST}/{row}/end", json={"ended_on": TODAY.isoformat()})
    assert end.status_code == 404


def test_a_minors_name_takes_leave(be: Become, session: Session) -> None:
    """S-95: the door alone is told without a ticket."""
    child = write_guarded_child(session)
    first = put(be("admin"), child)
    assert (first.status_code, first.json["resident_name"], first.json["resident_id"]) == (201, None, None)

    write_ticket(session, child, "admin")

    (with_leave,), (without,) = listed(be("admin")), listed(be("worker"))
    assert (with_leave["resident_name"], with_leave["resident_id"]) == ("王小明", str(child))
    assert (without["resident_name"], without["resident_id"], without["door"]) == (None, None, "1单元101")


def test_an_inspection_of_the_building_keeps_how_many_needed_help_then(
    session: Session, worker: Client, checklist: Checklist, be: Become
) -> None:
    """A number, for who made it and who keeps the register; an office learns nothing of it."""
    put(worker)
    away = put(worker, named("neighbour")).json["resident_id"]
    session.execute(update(Resident).where(Resident.id == UUID(away)).values(presence=PresenceState.AWAY))
    session.commit()

    made = worker.put(f"/v1/inspections/{new_id()}", json=inspection_body(checklist))
    assert made.status_code == 201, made.text
    put(worker, write_resident(session, name="赵奶奶"))

    path = f"/v1/inspections/{made.json['id']}"
    told = {name: be(name).get(path).json["escape_helps"] for name in ("worker", "admin", "county", "city")}
    assert (made.json["escape_helps"], told) == (1, {"worker": 1, "admin": 1, "county": None, "city": None})
