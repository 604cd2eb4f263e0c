"""A minor's age is put right, and his ID number taken away, by two people only."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import CareCategory, NoticeKind, Resident, User
from app.people import numbers_of
from tests.approval_world import Become, approved, asked, outcome
from tests.care_world import write_care
from tests.cast import FAR, NEXT, named, person
from tests.child_world import TEN_YEARS_OLD, write_child, write_guardian
from tests.client import Answer, Client
from tests.minor_age_world import (
    born,
    give_admin,
    give_number,
    grant,
    let_live_at_home,
    number_of,
    question,
    told,
    wish,
)
from tests.sealer import SEALER
from tests.trail import entries_of

GROWN = "2000-06-01"
Way = Callable[[Client, Client, Client, UUID], list[Answer]]


def tomorrow_of_age() -> str:
    """Give the birth date of who comes of age tomorrow."""
    day = business_day() + timedelta(days=1)
    return day.replace(year=day.year - 18, day=min(day.day, 28)).isoformat()


def numbers(client: Client, whose: UUID, approval_id: str | None = None) -> Answer:
    """Take both numbers away."""
    body = {"phone": None, "id_number": None} | ({"approval_id": approval_id} if approval_id else {})
    return client.put(f"/v1/residents/{whose}/numbers", json=body)


@pytest.mark.parametrize(
    "field, value",
    [
        ("birth_date", GROWN),
        ("birth_date", "2010-06-01"),
        ("birth_date", tomorrow_of_age()),
        ("birth_date", "2016-06-02"),
        ("id_number", number_of(date(2000, 6, 1))),
    ],
    ids=["of age", "over 14", "of age tomorrow", "a day later", "by the number"],
)
def test_one_admin_alone_makes_a_child_no_older(
    session: Session, resident: Client, admin: Client, child: UUID, field: str, value: str
) -> None:
    """S-40, S-91: whoever did could read what a ticket opens, at once or some days later."""
    correction = wish(resident, child, value, field)

    assert outcome(grant(admin, correction)) == (409, "approval_needed")
    assert born(session, child) == TEN_YEARS_OLD
    assert admin.get(f"/v1/corrections/{correction}").json["state"] == "open"


def test_one_admin_alone_makes_nobody_a_child(session: Session, resident: Client, admin: Client) -> None:
    """S-40, S-91: a guardian could be put over him."""
    correction = wish(resident, None, "2012-03-08")

    assert outcome(grant(admin, correction)) == (409, "approval_needed")
    assert born(session, named("resident")) == date(1955, 3, 8)


def test_two_admins_make_a_child_older(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID
) -> None:
    """S-40, S-91: nothing of its protection goes before the change is there, and a repeat changes nothing."""
    correction = wish(resident, child, GROWN)
    approval_id = approved(admin, second, minor_age=question(child, correction))
    between = admin.get(f"/v1/residents/{child}").json
    done, again = (grant(admin, correction, approval_id) for _ in range(2))

    assert (between["age_group"], between["birth_date"]) == ("child", None)
    assert (done.status_code, done.json["state"]) == (200, "done")
    assert (again.status_code, again.json) == (200, done.json)
    assert born(session, child).isoformat() == GROWN
    assert admin.get(f"/v1/approvals/{approval_id}").json["state"] == "used"


@pytest.mark.parametrize("value", ["1986-03-08", "1955-03-09"])
def test_a_grown_up_stays_one_by_one_admin(
    session: Session, resident: Client, admin: Client, value: str
) -> None:
    """S-77: what makes nobody a minor, and no minor anything else, needs no second person."""
    assert grant(admin, wish(resident, None, value)).status_code == 200
    assert born(session, named("resident")).isoformat() == value


def test_the_number_of_a_child_may_be_put_right_by_one_where_the_day_stays(
    session: Session, resident: Client, admin: Client, child: UUID
) -> None:
    """S-77: it is as old as before."""
    give_number(session, child)

    assert grant(admin, wish(resident, child, number_of(TEN_YEARS_OLD, 4), "id_number")).status_code == 200


def by_hand(_: Client, admin: Client, second: Client, child: UUID) -> list[Answer]:
    alone = numbers(admin, child)
    approval_id = approved(admin, second, minor_age=question(child))
    return [alone, numbers(admin, child, approval_id), numbers(admin, child, approval_id)]


def by_correction(guardian: Client, admin: Client, second: Client, child: UUID) -> list[Answer]:
    correction = wish(guardian, child, "", "id_number")
    alone = grant(admin, correction)
    approval_id = approved(admin, second, minor_age=question(child, correction))
    return [alone, *(grant(admin, correction, approval_id) for _ in range(2))]


def by_deletion(guardian: Client, admin: Client, second: Client, child: UUID) -> list[Answer]:
    deletion = str(new_id())
    body = {"what": "numbers", "resident_id": str(child)}
    assert guardian.put(f"/v1/me/deletions/{deletion}", json=body).status_code == 201
    path, words = f"/v1/deletions/{deletion}/approve", {"note": "已办"}
    alone = admin.post(path, json=words)
    approval_id = approved(admin, second, minor_age=question(child, deletion))
    return [alone, *(admin.post(path, json=words | {"approval_id": approval_id}) for _ in range(2))]


@pytest.mark.parametrize("way", [by_hand, by_correction, by_deletion])
def test_a_childs_number_is_taken_away_by_two(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID, way: Way
) -> None:
    """S-40, S-91: it proves how old the child is."""
    give_number(session, child)
    alone, done, again = way(resident, admin, second, child)

    assert outcome(alone) == (409, "approval_needed")
    assert (done.status_code, again.status_code) == (200, 200), done.text
    left = numbers_of(SEALER, session.get_one(Resident, child, populate_existing=True))
    assert left.id_number is None


def test_a_grown_ups_number_is_taken_away_by_one(session: Session, admin: Client) -> None:
    give_number(session, named("resident"))

    assert numbers(admin, named("resident")).status_code == 200


def test_the_nearest_second_person_hears_of_it(
    session: Session, resident: Client, admin: Client, be: Become, child: UUID
) -> None:
    """S-40: where a site has one admin the county's office is asked, so that it never waits for nobody."""
    correction = wish(resident, child, GROWN)
    approval_id = asked(admin, minor_age=question(child, correction))
    assert (told(session, "county"), told(session, "city")) == (["asked"], [])

    answer = be("county").post(f"/v1/approvals/{approval_id}/approve", json={})
    assert answer.status_code == 200, answer.text
    assert grant(admin, correction, approval_id).status_code == 200
    give_admin(session)
    another = write_child(session)
    give_number(session, another)
    asked(admin, minor_age=question(another))
    assert (told(session, "colleague"), told(session, "county")) == (["asked"], ["asked"])


def test_nobody_agrees_to_what_he_asked(admin: Client, session: Session, second: Client, child: UUID) -> None:
    """S-40: neither by the question nor by the wish."""
    give_number(session, child)
    mine = asked(admin, minor_age=question(child))
    assert outcome(admin.post(f"/v1/approvals/{mine}/approve", json={})) == (403, "own_approval")

    next_door = write_child(session, household_id=named("household neighbour"))
    write_guardian(session, next_door)
    session.execute(update(User).where(User.id == person("resident").user_id).values(resident_id=None))
    bind = update(User).where(User.id == person("colleague").user_id)
    session.execute(bind.values(resident_id=named("resident")))
    session.commit()
    theirs = asked(admin, minor_age=question(next_door, wish(second, next_door, GROWN)))
    assert outcome(second.post(f"/v1/approvals/{theirs}/approve", json={})) == (404, "not_found")


def test_nobody_of_the_home_asks_or_agrees(
    session: Session, resident: Client, admin: Client, second: Client, be: Become, child: UUID
) -> None:
    """S-40, S-95: he does not even see the question, and is not told of it."""
    let_live_at_home(session, "colleague")
    correction = wish(resident, child, GROWN)
    approval_id = asked(admin, minor_age=question(child, correction))
    path = f"/v1/approvals/{approval_id}"

    assert outcome(second.get(path)) == (404, "not_found")
    assert outcome(second.post(f"{path}/approve", json={})) == (404, "not_found")
    assert second.get("/v1/approvals").json["items"] == []
    assert (told(session, "colleague"), told(session, "county")) == ([], ["asked"])
    by_kin = {"reason": "户口本", "minor_age": question(child, correction)}
    assert outcome(second.put(f"/v1/approvals/{new_id()}", json=by_kin)) == (403, "own_household")
    assert be("county").post(f"{path}/approve", json={}).status_code == 200


@pytest.mark.parametrize("area_code", [NEXT, FAR])
def test_nobody_is_asked_elsewhere(session: Session, admin: Client, child: UUID, area_code: str) -> None:
    """S-31: an admin of two communities does not choose who agrees."""
    give_admin(session, "admin", area_code)
    body = {"reason": "户口本", "minor_age": question(child, area_code=area_code)}
    answer = admin.put(f"/v1/approvals/{new_id()}", json=body)

    assert (outcome(answer), list(answer.json["errors"])) == ((404, "not_found"), ["resident_id"])


def test_an_approval_is_good_for_one_request_of_one_child(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID
) -> None:
    """S-40: to the letter."""
    give_number(session, child)
    first, other = wish(resident, child, GROWN, "birth_date"), wish(resident, child, "", "id_number")
    for_number = approved(admin, second, minor_age=question(child, other))
    elsewhere = write_child(session, household_id=named("household neighbour"))
    body = {"reason": "户口本", "minor_age": question(elsewhere, first)}

    assert outcome(numbers(admin, child, for_number)) == (409, "approval_unfit")
    assert outcome(grant(admin, other)) == (409, "approval_needed")
    assert grant(admin, other, for_number).status_code == 200
    assert outcome(grant(admin, first, for_number)) == (409, "approval_unfit")
    answer = admin.put(f"/v1/approvals/{new_id()}", json=body)
    assert (outcome(answer), list(answer.json["errors"])) == ((404, "not_found"), ["request_id"])


def test_a_no_has_its_reason_and_changes_nothing(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID
) -> None:
    """S-40: whoever asked is told, and reads why."""
    correction = wish(resident, child, GROWN)
    approval_id = asked(admin, minor_age=question(child, correction))
    path = f"/v1/approvals/{approval_id}"
    no = second.post(f"{path}/refuse", json={"note": "出生证上是2016年"})

    assert (no.status_code, no.json["state"]) == (200, "refused")
    assert outcome(grant(admin, correction, approval_id)) == (409, "approval_not_given")
    assert admin.get(path).json["decision_note"] == "出生证上是2016年"
    assert told(session, "admin") == ["refused"]
    assert born(session, child) == TEN_YEARS_OLD


def test_whoever_decides_reads_what_it_takes_and_no_more(
    session: Session, resident: Client, admin: Client, be: Become, child: UUID
) -> None:
    """S-95: no name, no door, no birthday; the queue shows it among the other approvals."""
    write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    youth = date(business_day().year - 15, 1, 1).isoformat()
    asked(admin, minor_age=question(child, wish(resident, child, youth)))
    give_number(session, child)
    asked(admin, minor_age=question(child))
    number, date_of_birth = be("county").get("/v1/approvals?state=open").json["items"]

    who = {"name": "王**", "age_group": "child", "area_name": "第一网格", "place": "1号楼"}
    assert number["minor"] == date_of_birth["minor"] == who
    years = business_day().year - 2016 - ((business_day().month, business_day().day) < (6, 1))
    assert date_of_birth["text"] == (
        f"改王**（不满14周岁，住第一网格1号楼）的出生日期：登记的是{years}周岁，改后是15周岁"
    )
    assert number["text"] == "去掉王**（不满14周岁，住第一网格1号楼）的身份证号，以后没有证件能核对年龄"
    assert number["kind"] == date_of_birth["kind"] == "minor_age"


def test_who_looks_after_the_child_is_told_and_the_trail_names_it(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID
) -> None:
    """S-100: each entry says of whom it is; a guardian is told though his guardianship ends by the change."""
    write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    correction = wish(resident, child, GROWN)
    with entries_of(session) as entries:
        approval_id = approved(admin, second, minor_age=question(child, correction))
        assert grant(admin, correction, approval_id).status_code == 200

    assert [one.facts["resident_id"] for one in entries] == [str(child)] * 3
    assert entries[2].facts["approval_id"] == approval_id
    assert told(session, "worker", NoticeKind.OWN_DATA) == ["minor_age"]
    assert told(session, "resident", NoticeKind.OWN_DATA) == ["minor_age", "correction_done"]
    assert told(session, "admin", NoticeKind.OWN_DATA) == ["correction_asked"]
