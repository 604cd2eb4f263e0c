"""What residents live by is written down month by month, by one tap where nothing changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Employment
from tests.care_world import move_in
from tests.cast import NEXT, named, person
from tests.child_world import write_ticket
from tests.client import Answer, Client
from tests.test_retention_categories import applied
from tests.trail import entries_of
from tests.work_world import put_work, sent, write_adult, write_work

Become = Callable[[str | None], Client]
JANUARY, DECEMBER, NOVEMBER = date(2027, 1, 1), date(2026, 12, 1), date(2026, 11, 1)
SIXTEEN = date(2010, 6, 1)


def of(client: Client, resident_id: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"/v1/residents/{resident_id}/employments").json["items"]
    return items


def unchanged(client: Client, resident_id: UUID, **fields: Any) -> Answer:
    body = {"step_id": str(new_id()), "month": "2027-01", "source": "phone"}
    return client.post(f"/v1/residents/{resident_id}/employments/unchanged", json=body | fields)


def test_a_month_is_written_down(be: Become, adult: UUID) -> None:
    answer = put_work(be("worker"), adult, "2027-01")

    assert answer.status_code == 201, answer.text
    told = {"state": "employed", "place": "outside", "way": "oneself", "wage": "from_5000", "months": 3}
    assert told.items() <= answer.json.items()
    assert (answer.json["month"], answer.json["source"]) == ("2027-01", "phone")
    assert answer.json["written_by"] == str(person("worker").user_id)


def test_a_correction_of_the_same_month_leaves_what_stood_before(be: Become, adult: UUID) -> None:
    put_work(be("worker"), adult, "2027-01")
    put_work(be("admin"), adult, "2027-01", state="looking", place=None, way=None, wage=None, months=1)

    found = sorted(of(be("worker"), adult), key=lambda one: one["replaced_at"] is None)
    assert [(one["state"], one["replaced_at"] is None) for one in found] == [
        ("employed", False),
        ("looking", True),
    ]


def test_an_entry_that_comes_late_once_more_does_not_undo_its_correction(be: Become, adult: UUID) -> None:
    worker, first = be("worker"), f"/v1/employments/{new_id()}"
    body = sent(adult, "2027-01")
    worker.put(first, json=body)
    put_work(worker, adult, "2027-01", place="city")

    again = worker.put(first, json=body)

    assert (again.status_code, again.json["replaced_at"] is None) == (200, False)
    standing = [one["place"] for one in of(worker, adult) if one["replaced_at"] is None]
    assert standing == ["city"]


def test_nothing_changed_takes_one_tap_and_is_one_month_longer(
    be: Become, session: Session, adult: UUID
) -> None:
    write_work(session, adult, DECEMBER, months=5)
    step = str(new_id())

    first, again = (unchanged(be("worker"), adult, step_id=step) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    told = {"state": "employed", "place": "county", "way": "workshop", "wage": "from_2000", "months": 6}
    assert told.items() <= first.json.items()
    assert len(of(be("worker"), adult)) == 2


def test_nothing_is_as_it_was_where_nothing_is_known_or_the_month_is_there(
    be: Become, session: Session, adult: UUID
) -> None:
    write_work(session, adult, NOVEMBER)
    unknown = unchanged(be("worker"), adult)
    put_work(be("worker"), adult, "2026-12")
    put_work(be("worker"), adult, "2027-01")
    there = unchanged(be("worker"), adult)

    assert (unknown.status_code, unknown.json["code"]) == (409, "no_month_before")
    assert (there.status_code, there.json["code"]) == (409, "work_written")


def test_of_several_each_is_written_or_refused_for_itself(be: Become, session: Session, adult: UUID) -> None:
    known, unknown = write_adult(session), write_adult(session)
    elsewhere = write_adult(session, area_code=NEXT)
    write_work(session, known, DECEMBER)
    write_work(session, adult, DECEMBER)
    whom = [known, unknown, elsewhere, adult]
    items = [{"id": str(new_id()), "resident_id": str(one)} for one in whom]
    body = {"month": "2027-01", "source": "visit", "items": items}

    first = be("worker").post("/v1/employments/unchanged", json=body)
    again = be("worker").post("/v1/employments/unchanged", json=body)

    assert [(one["written"], one["code"]) for one in first.json["results"]] == [
        (True, None),
        (False, "no_month_before"),
        (False, "not_found"),
        (True, None),
    ]
    assert first.json["results"][1]["title"] == "上个月没有登记，请把这个月的情况填一遍"
    assert again.json == first.json
    assert [len(of(be("worker"), one)) for one in (known, adult)] == [2, 2]


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"place": None}, "place"),
        ({"way": None}, "way"),
        ({"state": "self_employed"}, "way"),
        ({"state": "looking", "place": None, "way": None}, "wage"),
        ({"months": 0}, "months"),
        ({"month": "2027-13"}, "month"),
    ],
)
def test_what_does_not_belong_to_the_state_is_refused(
    be: Become, adult: UUID, fields: dict[str, Any], wrong: str
) -> None:
    answer = put_work(be("worker"), adult, **{"month": "2027-01"} | fields)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [wrong])


@pytest.mark.parametrize("month, status", [("2027-02", 422), ("2025-12", 422), ("2026-01", 201)])
def test_months_to_come_and_long_past_are_refused(be: Become, adult: UUID, month: str, status: int) -> None:
    assert put_work(be("worker"), adult, month).status_code == status


def test_nobody_under_sixteen_works(be: Become, session: Session) -> None:
    """He is sixteen today, or is not written down; the old may be."""
    younger = write_adult(session, birth_date=date(2011, 2, 1))
    just = write_adult(session, birth_date=date(2011, 1, 31))

    refused = put_work(be("worker"), younger, "2027-01")

    assert (refused.status_code, refused.json["code"]) == (422, "too_young_to_work")
    assert put_work(be("worker"), just, "2027-01").status_code == 201
    assert put_work(be("worker"), named("resident"), "2027-01").status_code == 201


def test_of_a_minor_it_is_read_by_leave_only(be: Become, session: Session) -> None:
    """S-95: who writes it down is told that it is there; what it says takes a ticket."""
    minor = write_adult(session, birth_date=SIXTEEN)
    written = put_work(be("admin"), minor, "2027-01")
    (hidden,) = of(be("admin"), minor)
    write_ticket(session, minor, "admin")
    (shown,) = of(be("admin"), minor)

    left_out = ("state", "place", "way", "wage", "months", "source")
    assert [written.json[name] for name in left_out] == [None] * 6
    assert [hidden[name] for name in left_out] == [None] * 6
    assert (hidden["ticket_needed"], shown["ticket_needed"], shown["place"]) == (True, False, "outside")


def test_nobody_writes_of_a_minor_of_his_own_home(be: Become, session: Session) -> None:
    minor = write_adult(session, birth_date=SIXTEEN)
    move_in(session, "worker")

    answer = put_work(be("worker"), minor, "2027-01")

    assert (answer.status_code, answer.json["code"]) == (403, "own_household")


def test_offices_neighbours_and_staff_of_elsewhere_read_and_write_nothing(be: Become, adult: UUID) -> None:
    address = f"/v1/residents/{adult}/employments"

    statuses = {who: be(who).get(address).status_code for who in ("county", "city", "lead", "resident")}

    assert set(statuses.values()) == {403}
    assert be("far_worker").get(address).status_code == 404
    assert put_work(be("far_worker"), adult, "2027-01").status_code == 404


def test_a_resident_reads_his_own(be: Become, session: Session) -> None:
    write_work(session, named("resident"), DECEMBER)
    write_work(session, named("neighbour"), DECEMBER)

    items = be("resident").get("/v1/me/employments").json["items"]

    assert [(one["month"], one["wage"]) for one in items] == [("2026-12", "from_2000")]


def test_each_look_leaves_an_entry_that_names_whose_it_was(be: Become, session: Session, adult: UUID) -> None:
    write_work(session, adult, DECEMBER)
    with entries_of(session) as entries:
        of(be("worker"), adult)
        be("worker").get("/v1/employments/due")

    looked, listed = entries
    assert (looked.action, looked.object_id) == ("GET /v1/residents/<uuid:resident_id>/employments", adult)
    assert (listed.action, listed.facts["resident_ids"]) == ("GET /v1/employments/due", [str(adult)])


def test_what_the_work_brings_is_sealed(be: Become, session: Session, adult: UUID) -> None:
    entry = put_work(be("worker"), adult, "2027-01").json["id"]

    row = session.scalars(select(Employment).where(Employment.id == UUID(entry))).one()
    assert row.wage_sealed is not None
    assert b"5000" not in row.wage_sealed


def test_a_month_goes_after_three_years(session: Session, adult: UUID) -> None:
    """S-81: a day too early nothing, then the row and no other."""
    write_work(session, adult, JANUARY)
    kept = write_work(session, adult, date(2027, 2, 1))

    with clock.set_to(datetime(2030, 1, 1, 4, 0, tzinfo=UTC)):
        assert applied(session, "what somebody lived by") == 0
    with clock.set_to(datetime(2030, 1, 2, 4, 0, tzinfo=UTC)):
        assert applied(session, "what somebody lived by") == 1

    assert session.scalars(select(Employment.id)).all() == [kept]
