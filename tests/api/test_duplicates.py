"""Who may be on the roster twice is found, and what keeps two from being one is told before it is tried."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    Binding,
    Household,
    LeftWhy,
    PresenceState,
    Relation,
    RosterChange,
    User,
)
from app.people import Numbers
from tests.care_world import write_care, write_resident
from tests.cast import NEXT, named, person
from tests.child_world import write_child, write_guardian, write_ticket
from tests.client import Client
from tests.counting import statements
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, THERE, TODAY, home_in, refused, row
from tests.own_data.correcting import ID_NUMBER, PHONE, give_numbers
from tests.twins_world import BORN, helped, in_the_way, looked_at, make_one, pairs, write_twin


def test_who_has_one_name_and_one_birthday_or_phone_may_be_one(admin: Client, session: Session) -> None:
    twin = write_twin(session, name="王 桂兰")
    by_phone = write_twin(session, birth_date=date(1960, 1, 1))
    write_twin(session, birth_date=date(1961, 1, 1))
    write_twin(session, name="王桂英")
    write_twin(session, area_code=NEXT, household_id=home_in(session, NEXT))
    write_twin(session, left_on=TODAY(), left_why=LeftWhy.MOVED_OUT)
    for one in (KIN, by_phone):
        give_numbers(session, one, Numbers(phone=PHONE))

    assert pairs(admin) == [
        ({str(KIN), str(twin)}, ["birth_date"]),
        ({str(KIN), str(by_phone)}, ["phone"]),
    ] or pairs(admin)[::-1] == [
        ({str(KIN), str(twin)}, ["birth_date"]),
        ({str(KIN), str(by_phone)}, ["phone"]),
    ]
    assert pairs(admin, f"?area_code={NEXT}") == []


def test_the_list_goes_in_pages_and_asks_as_often_for_many(
    admin: Client, session: Session, connection: Connection
) -> None:
    for _ in range(4):
        write_twin(session)
    with statements(connection) as few:
        first = admin.get("/v1/duplicates?limit=2").json
    with statements(connection) as many:
        whole = admin.get("/v1/duplicates?limit=50").json

    assert len(whole["items"]) == 10
    assert len(few) == len(many)
    rest = admin.get(f"/v1/duplicates?limit=50&cursor={first['next_cursor']}").json
    assert [*first["items"], *rest["items"]] == whole["items"]


def test_two_people_are_listed_no_more(admin: Client, session: Session) -> None:
    twin, step_id = write_twin(session), new_id()
    for one, other in ((twin, KIN), (twin, KIN)):
        answer = admin.step(f"/v1/residents/{one}/two-people", {"other_id": str(other)}, step_id)
        assert answer.status_code == 200, answer.json

    assert pairs(admin) == []
    told = select(func.count()).select_from(RosterChange).where(RosterChange.kind == "two_people")
    assert session.scalar(told) == 2
    same = admin.step(f"/v1/residents/{KIN}/two-people", {"other_id": str(KIN)}, new_id())
    assert refused(same) == (422, "one_row")


def test_a_minor_s_birthday_is_not_in_the_list_without_leave(admin: Client, session: Session) -> None:
    child, twin = write_child(session), write_child(session, household_id=THERE)

    (found,) = admin.get("/v1/duplicates").json["items"]

    assert {found["first"]["id"], found["second"]["id"]} == {str(child), str(twin)}
    assert [found[which]["birth_date"] for which in ("first", "second")] == [None, None]
    assert refused(make_one(admin, child, twin)) == (403, "ticket_needed")
    assert admin.get(f"/v1/residents/{child}/same-person?duplicate_id={twin}").json["code"] == "ticket_needed"
    write_ticket(session, child, "admin")
    assert refused(make_one(admin, child, twin)) == (403, "ticket_needed")
    write_ticket(session, twin, "admin")
    assert make_one(admin, child, twin).status_code == 200


@pytest.mark.parametrize(
    "columns, code",
    [
        ({"sex": "male"}, "people_differ"),
        ({"birth_date": date(1955, 3, 9)}, "people_differ"),
        ({"left_on": BORN, "left_why": LeftWhy.DIED}, "resident_left"),
    ],
)
def test_who_differs_is_put_right_first(
    admin: Client, session: Session, columns: dict[str, Any], code: str
) -> None:
    twin = write_twin(session, **columns)

    assert in_the_way(admin, twin, KIN) == [code]
    assert refused(make_one(admin, twin, KIN)) == (409, code)
    assert row(session).left_on is None


def test_all_that_stands_in_the_way_is_told_at_once(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    for one in (KIN, twin):
        write_care(session, resident_id=one)
    stage = Stage(session)
    stage.escape_help()
    admin.put(f"/v1/escape-helps/{new_id()}", json=helped() | {"resident_id": str(twin)})
    give_numbers(session, KIN, Numbers(id_number=ID_NUMBER))
    give_numbers(session, twin, Numbers(id_number="000000195503080026"))
    child = write_child(session)
    write_guardian(session, child)
    write_guardian(session, child, guardian_id=twin)
    session.commit()

    told = looked_at(admin, twin, KIN)["obstacles"]

    codes = [one["code"] for one in told]
    assert codes == ["people_differ", "care_twice", "help_twice", "guardian_twice"]
    assert told[0]["field"] == "id_number"
    assert all(one["title"] for one in told)


def test_of_two_accounts_one_is_released_first(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    bind_neighbour(session, twin)

    assert in_the_way(admin, twin, KIN) == ["two_accounts"]
    assert refused(make_one(admin, twin, KIN)) == (409, "two_accounts")


def bind_neighbour(session: Session, resident_id: UUID) -> None:
    """Let the neighbour's account be another resident's."""
    session.get_one(User, person("neighbour").user_id).resident_id = resident_id
    session.get_one(Binding, named("binding neighbour")).resident_id = resident_id
    session.commit()


def test_who_wrote_the_phone_lately_lets_no_account_be_another_s(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    assert admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": PHONE}).status_code == 200

    assert in_the_way(admin, twin, KIN) == ["had_proof"]
    assert in_the_way(admin, KIN, twin) == []


def test_nobody_does_it_to_his_own_home_or_out_of_reach(
    admin: Client, worker: Client, session: Session
) -> None:
    twin, far = write_twin(session), named("far_resident")
    assert refused(make_one(admin, twin, far)) == (404, "not_found")
    assert refused(make_one(worker, twin, KIN)) == (403, "forbidden")
    move_in_admin(session)
    for stays, duplicate in ((KIN, twin), (twin, KIN)):
        assert refused(make_one(admin, stays, duplicate)) == (403, "own_household")
    assert pairs(admin) == []


def move_in_admin(session: Session) -> None:
    """Let the admin live with the resident."""
    kin = write_resident(session, name="赵干部", relation=Relation.OTHER)
    session.get_one(User, person("admin").user_id).resident_id = kin
    session.commit()


def test_a_household_with_nobody_left_is_told_of(admin: Client, session: Session) -> None:
    alone = write_twin(session, household_id=lonely(session))

    assert looked_at(admin, KIN, alone)["last_of_home"] is True
    assert looked_at(admin, alone, KIN)["last_of_home"] is True
    write_resident(session, name="赵小山", presence=PresenceState.AWAY)
    assert looked_at(admin, alone, KIN)["last_of_home"] is False


def lonely(session: Session) -> UUID:
    """Write a household of the grid in which nobody lives."""
    home, like = new_id(), session.get_one(Household, HERE)
    values = {"area_code": like.area_code, "place_id": like.place_id, "created_at": like.created_at}
    session.add(Household(id=home, door="8单元801", content_hash=b"", **values))
    session.commit()
    return home
