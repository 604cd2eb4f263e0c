"""Who reads a worker's month, and from when on."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import set_to
from app.models import (
    AuditResult,
    CareRecord,
    Grant,
    Resident,
    User,
)
from tests.cast import FAR, person
from tests.counting import statements
from tests.hazard_world import BLOCK
from tests.months_world import (
    COLLEAGUE,
    MONTH,
    WORKER,
    Be,
    Patrol,
    day_at,
    of_worker,
    read,
    write_call,
    write_month_care,
)
from tests.plan_world import in_china
from tests.trail import entries_of


def test_the_worker_sees_it_first_and_the_admin_from_the_third_day_on(be: Be) -> None:
    with set_to(in_china(date(2027, 1, 2), "23:59")):
        early = of_worker(be("admin"))
        assert (early.status_code, early.json["code"]) == (409, "month_unseen")
        assert "2027-01-03" in early.json["title"]
        read(be("worker"))
        read(be("worker"), month="2027-01")
    with set_to(in_china(date(2027, 1, 3))):
        assert of_worker(be("admin")).json == read(be("worker"))
        assert of_worker(be("admin"), month="2027-01").status_code == 409


def test_without_a_month_the_admin_reads_the_last_and_the_worker_this(be: Be) -> None:
    assert be("admin").get(f"/v1/users/{WORKER}/work").json["month"] == "2026-12"
    assert be("worker").get("/v1/me/work").json["month"] == "2027-01"


@pytest.mark.parametrize("month", ["2027-02", "2025-12", "1900-01", "2068-08"])
def test_a_month_to_come_and_one_of_long_ago_are_refused(be: Be, month: str) -> None:
    for answer in (
        be("worker").get("/v1/me/work", query_string={"month": month}),
        of_worker(be("admin"), month=month),
    ):
        assert (answer.status_code, answer.json["code"]) == (422, "talk_month")
        assert answer.json["errors"] == {"month": ["只能看2026-01到2027-01的工作情况，请改月份"]}


def test_each_look_of_the_admin_is_in_the_trail(session: Session, be: Be) -> None:
    with entries_of(session) as came:
        of_worker(be("admin"))
        of_worker(be("admin"), month="2027-01")
        read(be("worker"))

    assert [(one.result, one.code) for one in came] == [
        (AuditResult.DONE, None),
        (AuditResult.REFUSED, "month_unseen"),
    ]
    assert came[0].object_id == WORKER
    assert came[0].facts["month"] == MONTH


@pytest.mark.parametrize("name", ["worker", "colleague", "lead", "county", "city", "resident", "system"])
def test_nobody_else_reads_a_workers_month(be: Be, name: str) -> None:
    assert of_worker(be(name)).status_code == 403


def test_the_admin_reads_grid_workers_of_his_community_and_nobody_else(session: Session, be: Be) -> None:
    for reader, whose in (
        ("next_admin", "worker"),
        ("far_admin", "worker"),
        ("admin", "far_worker"),
        ("admin", "lead"),
        ("admin", "admin"),
        ("admin", "resident"),
    ):
        assert of_worker(be(reader), person(whose).user_id).status_code == 404, (reader, whose)

    session.query(Grant).filter(Grant.user_id == WORKER).update({"ended_at": day_at(28, 11)})
    session.commit()
    assert of_worker(be("admin")).status_code == 404, "he had no post in that month"
    assert of_worker(be("admin"), month="2026-11").status_code == 200


def test_nobody_reads_the_month_of_a_closed_account(session: Session, be: Be) -> None:
    user = session.get_one(User, COLLEAGUE)
    for name in ("area_code", "phone_sealed", "phone_index", "password_hash", "resident_id"):
        setattr(user, name, None)
    user.name, user.disabled_at, user.closed_at = "", day_at(20), day_at(20)
    session.commit()

    assert of_worker(be("admin"), COLLEAGUE).status_code == 404


def test_an_admin_reads_what_lies_in_his_community(patrol: Patrol, be: Be) -> None:
    patrol.asks(date(2026, 12, 1), day_at(1), area_code=FAR)

    assert of_worker(be("admin")).json["inspections"]["due"] == 0


def test_it_names_nobody(session: Session, form: UUID, be: Be) -> None:
    care = write_month_care(session)
    visit = write_call(session, care, form, day_at(1))
    resident = session.get_one(Resident, session.get_one(CareRecord, care).resident_id)

    told = of_worker(be("admin")).text

    assert of_worker(be("admin")).json["visits"]["due"] > 0
    for one in (resident.name, resident.id, care, visit, BLOCK):
        assert str(one) not in told


def test_its_statements_are_as_many_however_much_there_was(
    session: Session, connection: Connection, patrol: Patrol, form: UUID, be: Be
) -> None:
    def write(first: int) -> None:
        for day in range(first, first + 4):
            patrol.asks(date(2026, 12, day), day_at(day))
        care = write_month_care(session, category="elderly" if first == 1 else "disabled")
        for day in range(first, first + 4):
            write_call(session, care, form, day_at(day) + timedelta(hours=1))

    write(1)
    with statements(connection) as few:
        of_worker(be("admin"))
    write(8)
    with statements(connection) as many:
        of_worker(be("admin"))

    assert len(many) == len(few)
