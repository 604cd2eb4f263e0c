"""What is done about a child is nothing for an admin who lives where it does, whatever his post."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import Binding, CareCategory, Grant, HarmCase, Notice, NoticeKind, User
from tests.api.care.test_harm_told import (
    Write,
    claim,
    correction,
    follow_up,
    report,
    step_of_a_claim,
    visit_to_an_adult,
)
from tests.care_world import file_visit, write_care, write_form, write_resident
from tests.cast import HOME, LONG_AGO, named, person
from tests.child_world import write_child, write_guarded_child, write_guardian, write_ticket
from tests.client import Client

OF_CHILDREN = CareCategory.LEFT_BEHIND_CHILD


def visit_to_a_child(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    record = write_care(session, resident_id=write_child(session), category=OF_CHILDREN)
    made = file_visit(people["worker"], record, write_form(session, OF_CHILDREN), harm_signs=True)
    assert made.status_code == 201, made.text
    return "visit", UUID(made.json["id"]), UUID(made.json["id"])


OF_THE_HOME = [visit_to_a_child, visit_to_an_adult, follow_up, claim, step_of_a_claim, correction]


@pytest.fixture
def people(app: Flask, session: Session) -> dict[str, Client]:
    """Give everybody who writes or reads here; the admin lives with the resident."""
    lives = update(User).where(User.id == person("admin").user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵干部")))
    session.commit()
    names = ("worker", "admin", "next_admin", "county", "resident", "neighbour")
    return {name: Client(app, person(name)) for name in names}


def make_admin(session: Session, name: str) -> None:
    """Let somebody be admin where the resident lives."""
    grants = update(Grant).where(Grant.user_id == person(name).user_id)
    session.execute(grants.values(area_code=session.get_one(User, person("admin").user_id).area_code))
    session.commit()


@pytest.mark.parametrize("write", OF_THE_HOME)
def test_whoever_lives_there_is_not_told_and_reads_and_closes_nothing(
    people: dict[str, Client], session: Session, write: Write
) -> None:
    """S-98: the other admin sees to it; to the one of that home the case is absent."""
    make_admin(session, "next_admin")
    write(people, session)

    case = session.scalars(select(HarmCase.id)).one()
    path, result = f"/v1/harm-cases/{case}", {"result": "没有这回事"}
    home, other = people["admin"], people["next_admin"]
    assert (home.get("/v1/harm-cases").json["items"], home.get(path).status_code) == ([], 404)
    assert home.post(f"{path}/close", json=result).status_code == 404
    assert (
        [one["id"] for one in other.get("/v1/harm-cases").json["items"]],
        other.get(path).status_code,
    ) == (
        [str(case)],
        200,
    )
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HARM_CASE)).all()
    assert [(one.user_id, one.data) for one in told] == [
        (person("next_admin").user_id, {"harm_case_id": str(case)})
    ]
    assert other.post(f"{path}/close", json=result).status_code == 200


def test_an_open_case_is_no_leave_to_read_the_child_of_ones_own_home(
    people: dict[str, Client], session: Session
) -> None:
    """S-96, S-98: the visit says who told what; lists by category go by the same rule."""
    make_admin(session, "next_admin")
    _, visit, _ = visit_to_a_child(people, session)

    shown = {name: people[name].get(f"/v1/visits/{visit}") for name in ("admin", "next_admin")}
    by_category = f"/v1/care-records?category={OF_CHILDREN}"
    listed = [len(people[name].get(by_category).json["items"]) for name in ("admin", "next_admin")]
    assert (shown["admin"].json["code"], shown["next_admin"].status_code) == ("ticket_needed", 200)
    assert listed == [0, 1]


@pytest.mark.parametrize(
    "gone, told", [((), "county"), (("county",), "city")], ids=["to the county", "to the city"]
)
def test_where_every_admin_lives_there_the_office_above_is_told(
    people: dict[str, Client], session: Session, gone: tuple[str, ...], told: str
) -> None:
    """S-98: that somebody must see to it, and no more."""
    users = [person(name).user_id for name in gone]
    session.execute(update(Grant).where(Grant.user_id.in_(users)).values(ended_at=now()))
    session.commit()

    claim(people, session)

    notices = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HARM_CASE)).all()
    assert [(one.user_id, one.data) for one in notices] == [
        (person(told).user_id, {"what": "nobody_decides"})
    ]


def test_a_case_that_is_not_of_ones_home_is_seen_to_as_before(
    people: dict[str, Client], session: Session
) -> None:
    """S-98: living in the community, or next door, takes nobody his duty."""
    report(people, session)

    (case,) = session.scalars(select(HarmCase))
    assert people["admin"].get(f"/v1/harm-cases/{case.id}").status_code == 200
    assert session.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.HARM_CASE)).all() == [
        person("admin").user_id
    ]


def test_who_moved_out_sees_to_it_again(people: dict[str, Client], session: Session) -> None:
    """S-98: what counts is where he lives now."""
    claim(people, session)
    case = session.scalars(select(HarmCase.id)).one()
    assert people["admin"].get(f"/v1/harm-cases/{case}").status_code == 404

    lives = update(User).where(User.id == person("admin").user_id)
    session.execute(lives.values(resident_id=None))
    session.commit()
    assert people["admin"].get(f"/v1/harm-cases/{case}").status_code == 200


def test_whoever_lives_there_neither_hears_of_a_wish_to_look_nor_decides_on_it(
    people: dict[str, Client], session: Session
) -> None:
    """S-95: the purpose says what somebody suspects; nobody else decides, so the office above does."""
    child, ticket = write_child(session), f"/v1/viewing-tickets/{new_id()}"
    body = {"resident_id": str(child), "purpose": "核对受伤线索", "days": 7}
    asked = people["worker"].put(ticket, json=body)

    home, county = people["admin"], people["county"]
    assert asked.status_code == 201, asked.text
    assert home.get("/v1/viewing-tickets").json["items"] == []
    assert home.post(f"{ticket}/decide", json={"approved": False}).status_code == 404
    told = session.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.APPROVAL)).all()
    assert told == [person("county").user_id]
    assert county.post(f"{ticket}/decide", json={"approved": True}).status_code == 200
    assert [one["id"] for one in people["worker"].get("/v1/viewing-tickets").json["items"]] == [ticket[-36:]]


def test_whoever_lives_there_does_not_end_the_care_of_the_child(
    people: dict[str, Client], session: Session
) -> None:
    """S-95: with it would end the worker's leave to read the record. Of a grown-up it tells nothing."""
    child, grown = (
        write_care(session, resident_id=write_child(session), category=OF_CHILDREN),
        write_care(session),
    )
    body = {"ended_on": business_day().isoformat(), "why": "other"}

    answers = [people["admin"].post(f"/v1/care-records/{one}/end", json=body) for one in (child, grown)]

    assert [(one.status_code, one.json.get("code")) for one in answers] == [
        (403, "own_household"),
        (200, None),
    ]


@pytest.mark.parametrize("urgent", [True, False])
def test_what_is_urgent_with_a_child_is_told_elsewhere(
    people: dict[str, Client], session: Session, *, urgent: bool
) -> None:
    """S-98: a notice beside the case would tell of it."""
    make_admin(session, "next_admin")
    record = write_care(session, resident_id=write_guarded_child(session), category=OF_CHILDREN)
    needed = [{"need": "送医", "due_on": business_day().isoformat(), "urgent": urgent}]
    made = file_visit(people["worker"], record, write_form(session, OF_CHILDREN), follow_ups=needed)

    assert made.status_code == 201, made.text
    told = session.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.VISIT_URGENT)).all()
    assert told == [person("next_admin").user_id] * urgent


def sees_nothing(session: Session, admin: Client, write: Write, people: dict[str, Client]) -> bool:
    """Say whether an admin neither reads, closes nor is told of a case, nor reads the visit by it."""
    make_admin(session, "next_admin")
    _, record, _ = write(people, session)
    case = session.scalars(select(HarmCase.id)).one()
    path = f"/v1/harm-cases/{case}"
    closed = admin.post(f"{path}/close", json={"result": "没有这回事"})
    visit = admin.get(f"/v1/visits/{record}")
    told = set(session.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.HARM_CASE)))
    listed = admin.get("/v1/harm-cases").json["items"]
    return (
        (admin.get(path).status_code, closed.status_code, listed) == (404, 404, [])
        and visit.status_code in {403, 404}
        and told == {person("next_admin").user_id}
    )


def leave_home(session: Session, who: str, *, ago: timedelta = timedelta(0), **end: Any) -> None:
    """Let somebody of the staff have lived with the resident, and end the binding."""
    kin = session.get_one(User, person(who).user_id).resident_id or write_resident(session, name="赵干部")
    ended = {"end_reason": "moved_away", "end_note": "", "ended_by": person(who).user_id} | end
    session.execute(update(User).where(User.id == person(who).user_id).values(resident_id=None))
    session.add(
        Binding(
            id=new_id(),
            user_id=person(who).user_id,
            resident_id=kin,
            area_code=HOME,
            way="phone",
            begun_at=LONG_AGO,
            ended_at=now() - ago,
            **ended,
        )
    )
    session.commit()


def test_who_leaves_his_home_to_decide_on_it_gains_nothing(
    people: dict[str, Client], session: Session
) -> None:
    """S-98: leaving asks nobody, and coming back is one more call."""
    leave_home(session, "admin")

    assert sees_nothing(session, people["admin"], visit_to_a_child, people)


@pytest.mark.parametrize(
    "ago, end",
    [(timedelta(days=366), {}), (timedelta(0), {"end_reason": "mistake"})],
    ids=["a year ago", "it was not he"],
)
def test_whose_home_it_was_long_ago_or_never_sees_to_it(
    people: dict[str, Client], session: Session, ago: timedelta, end: dict[str, Any]
) -> None:
    leave_home(session, "admin", ago=ago, **end)
    visit_to_a_child(people, session)

    case = session.scalars(select(HarmCase.id)).one()
    assert people["admin"].get(f"/v1/harm-cases/{case}").status_code == 200


@pytest.mark.parametrize("ended", [False, True])
def test_a_parent_who_lives_elsewhere_sees_nothing(
    people: dict[str, Client], session: Session, *, ended: bool
) -> None:
    """S-98: separated parents are the ordinary case; who is, or was, the guardian has no part in it."""
    elsewhere = write_resident(session, name="陈学林", household_id=named("household neighbour"))
    session.execute(update(User).where(User.id == person("admin").user_id).values(resident_id=elsewhere))
    session.commit()

    def write(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
        child = write_child(session)
        write_guardian(session, child, guardian_id=elsewhere, ended_at=now() if ended else None)
        made = file_visit(
            people["worker"],
            write_care(session, resident_id=child, category=OF_CHILDREN),
            write_form(session, OF_CHILDREN),
            harm_signs=True,
        )
        assert made.status_code == 201, made.text
        return "visit", UUID(made.json["id"]), UUID(made.json["id"])

    assert sees_nothing(session, people["admin"], write, people)


def test_a_worker_of_the_childs_home_reads_nothing_by_his_ticket(
    people: dict[str, Client], session: Session
) -> None:
    """S-95, S-98: whoever gave it may not have known; another looks after the child."""
    child = write_child(session)
    record = write_care(session, resident_id=child, category=OF_CHILDREN)
    write_ticket(session, child, "worker")
    visit = file_visit(people["worker"], record, write_form(session, OF_CHILDREN), harm_signs=True).json["id"]
    lives = update(User).where(User.id == person("worker").user_id)
    assert people["worker"].get(f"/v1/visits/{visit}").status_code == 200
    session.execute(lives.values(resident_id=write_resident(session, name="胡永安")))
    session.commit()

    answers = [people["worker"].get(f"/v1/{path}") for path in (f"visits/{visit}", f"care-records/{record}")]
    assert [answer.json["code"] for answer in answers] == ["ticket_needed"] * 2
