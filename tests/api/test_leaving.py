"""Moving out, dying and coming back: what ends with a residence, and what stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day, months_ago, now, set_to
from app.ids import new_id
from app.models import (
    Account,
    Binding,
    CareRecord,
    EscapeHelp,
    FollowUp,
    Guardianship,
    LeavingReason,
    Resident,
    RosterChange,
    User,
)
from app.people import Numbers, residents_with_phone
from app.retention import is_gone
from tests.care_world import write_resident
from tests.cast import HOME, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, THERE, TODAY, leave, move, refused, row
from tests.own_data.correcting import PHONE, asked, decide, give_numbers
from tests.sealer import SEALER
from tests.test_retention_care import GONE
from tests.test_retention_categories import applied


@pytest.mark.parametrize("why, of_care", [("moved_out", "moved_away"), ("died", "died")])
def test_with_a_residence_ends_what_others_do_for_him(
    admin: Client, session: Session, why: str, of_care: str
) -> None:
    """Account, care, what visits left to do and help to get out end; the points stay."""
    stage = Stage(session)
    stage.visit()
    stage.escape_help()
    stage.account(balance=37)
    session.commit()
    on = TODAY() - timedelta(days=1)

    answer = leave(admin, why=why, left_on=on.isoformat())

    assert answer.status_code == 200, answer.json
    assert (answer.json["kind"], answer.json["day"]) == (why, on.isoformat())
    assert (answer.json["reason"], answer.json["data"]["was_head"]) == ("去武汉跟女儿住", True)
    session.expire_all()
    resident = row(session)
    assert (resident.left_on, resident.left_why) == (on, why)
    (care,) = session.scalars(select(CareRecord).where(CareRecord.resident_id == KIN))
    assert (care.ended_on, care.ended_why) == (on, LeavingReason(of_care))
    assert all(one.done_at for one in session.scalars(select(FollowUp)))
    assert session.scalars(select(EscapeHelp)).one().ended_on == on
    binding = session.get_one(Binding, named("binding resident"))
    assert binding.end_reason == ("deceased" if why == "died" else "moved_away")
    assert session.get_one(User, person("resident").user_id).resident_id is None
    assert session.scalars(select(Account.balance).where(Account.household_id == HERE)).one() == 37


def test_who_left_is_no_more_among_those_who_live_there(admin: Client, session: Session) -> None:
    give_numbers(session, "resident", Numbers(phone=PHONE))
    before = admin.get(f"/v1/households/{HERE}").json
    assert leave(admin).status_code == 200

    after = admin.get(f"/v1/households/{HERE}").json
    listed = admin.get(f"/v1/households/{HERE}/residents").json["items"]
    sought = admin.post("/v1/residents/search", json={"words": "王桂兰"}).json["items"]

    assert after["resident_count"] == before["resident_count"] - 1
    assert (before["head_name"], after["head_name"]) == ("王桂兰", None)
    assert [one["id"] for one in (*listed, *sought) if one["id"] == str(KIN)] == []
    assert residents_with_phone(session, SEALER, HOME, PHONE) == []
    told = admin.get(f"/v1/residents/{KIN}").json
    assert (told["left_on"], told["left_why"]) == (TODAY().isoformat(), "moved_out")


def test_another_is_head_of_the_household_then(admin: Client) -> None:
    body = {"name": "王建国", "sex": "male", "birth_date": "1990-01-01", "relation": "head"}
    new = {"household_id": str(HERE), **body}
    assert admin.put(f"/v1/residents/{new_id()}", json=new).json["code"] == "head_taken"
    leave(admin)
    assert admin.put(f"/v1/residents/{new_id()}", json=new).status_code == 201

    assert refused(move(admin, "return", household_id=str(HERE), relation="head")) == (409, "head_taken")
    assert move(admin, "return", household_id=str(HERE), relation="parent").status_code == 200


def test_nothing_new_begins_for_who_left(admin: Client, worker: Client, session: Session) -> None:
    child = write_child(session)
    leave(admin)
    leave(admin, child)
    care = {"resident_id": str(KIN), "category": "elderly", "level": "low", "reason": "独居"}
    care["worker_id"] = str(person("worker").user_id)
    help_out = {"resident_id": str(KIN), "helpers": 1, "noted_on": TODAY().isoformat()}
    guard = {"child_id": str(child), "guardian_id": str(named("neighbour")), "relation": "other"}
    guard |= {"proof": "户口本", "valid_until": "2029-12-31"}

    answers = [
        admin.put(f"/v1/care-records/{new_id()}", json=care),
        worker.put(f"/v1/escape-helps/{new_id()}", json=help_out),
        admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": PHONE}),
        worker.put(f"/v1/guardianships/{new_id()}", json=guard),
        worker.post(f"/v1/residents/{KIN}/sign-in-codes", json={"id": str(new_id())}),
        move(admin),
    ]

    assert [refused(one) for one in answers] == [(409, "resident_left")] * len(answers)


def test_with_a_death_end_all_guardianships(admin: Client, session: Session) -> None:
    """Also where the guardian had no account; whoever is said to have died acts for nobody."""
    child, other = write_child(session), write_resident(session)
    write_guardian(session, child, guardian_id=other)
    write_guardian(session, child)

    assert leave(admin, other, why="died").status_code == 200
    assert leave(admin, child, why="died").status_code == 200

    rows = session.scalars(select(Guardianship).execution_options(populate_existing=True)).all()
    assert len(rows) == 2
    assert all(one.ended_at for one in rows)


def test_a_residence_ends_once(admin: Client, session: Session) -> None:
    step = new_id()
    first, again = leave(admin, step_id=step), leave(admin, step_id=step)
    other, second = leave(admin, step_id=step, why="died"), leave(admin)

    assert (first.status_code, again.json) == (200, first.json)
    assert refused(other) == (409, "other_content")
    assert refused(second) == (409, "illegal_step")
    kinds = select(RosterChange.kind).where(RosterChange.resident_id == KIN)
    assert session.scalars(kinds).all() == ["moved_out"]


@pytest.mark.parametrize("days", [1, -40_000])
def test_nobody_leaves_before_his_birth_or_tomorrow(admin: Client, days: int) -> None:
    on = TODAY() + timedelta(days=days)

    assert refused(leave(admin, left_on=on.isoformat())) == (422, "left_day")


def test_nobody_takes_his_own_home_off_the_roster(admin: Client, session: Session) -> None:
    session.get_one(User, person("admin").user_id).resident_id = write_resident(session)
    session.commit()

    answers = [leave(admin), move(admin), move(admin, resident_id=named("neighbour"), household_id=str(HERE))]

    assert [refused(one) for one in answers] == [(403, "own_household")] * 3


def test_who_comes_back_lives_there_again_with_nothing_of_before(admin: Client, session: Session) -> None:
    stage = Stage(session)
    stage.care_record()
    session.commit()
    assert refused(move(admin, "return")) == (409, "illegal_step")
    leave(admin)
    early = TODAY() - timedelta(days=1)
    assert refused(move(admin, "return", moved_on=early.isoformat())) == (422, "left_day")

    back = move(admin, "return")

    assert (back.status_code, back.json["kind"], back.json["former_id"]) == (200, "moved_in", str(HERE))
    session.expire_all()
    assert (row(session).left_on, row(session).household_id) == (None, THERE)
    assert session.scalars(select(CareRecord)).one().ended_on is not None
    assert session.get_one(User, person("resident").user_id).resident_id is None


@pytest.mark.parametrize("why", ["moved_out", "died"])
def test_who_is_back_is_kept_as_he_is(admin: Client, session: Session, why: str) -> None:
    """S-81: the binding that ended with his residence says no longer that he is gone; he needs no phone."""
    leave(admin, why=why)
    back: dict[str, Any] = {"household_id": str(HERE), "relation": "head"}
    if why == "died":
        assert refused(move(admin, "return", **back)) == (422, "was_said_dead")
    assert move(admin, "return", reason="同名同姓登记错了", **back).status_code == 200

    with set_to(now() + timedelta(days=400)):
        assert applied(session, GONE) == 0
    assert row(session).name == "王桂兰"
    assert session.scalars(select(is_gone()).select_from(Resident).where(Resident.id == KIN)).one() is False
    leave(admin)
    with set_to(now() + timedelta(days=400)):
        assert applied(session, GONE) == 1


def test_how_long_he_is_kept_counts_from_when_his_last_day_was_entered(
    admin: Client, session: Session
) -> None:
    """S-81: a wrong day takes nothing away overnight; one of more than a year ago is refused."""
    other = write_resident(session, name="赵大山")
    first = business_day(months_ago(12))
    early = first - timedelta(days=1)
    assert refused(leave(admin, other, left_on=early.isoformat())) == (422, "day_long_ago")
    assert leave(admin, other, left_on=first.isoformat()).status_code == 200

    with set_to(now() + timedelta(days=300)):
        assert applied(session, GONE) == 0
    with set_to(now() + timedelta(days=400)):
        assert applied(session, GONE) == 1


def test_whom_to_call_stays_for_a_month_after_the_end_of_the_care_was_entered(
    admin: Client, session: Session
) -> None:
    """S-81: whatever day was named."""
    Stage(session).care_record()
    record = session.scalars(select(CareRecord)).one()
    record.started_on, record.contacts_sealed = TODAY() - timedelta(days=700), b"sealed"
    session.commit()
    path = f"/v1/care-records/{record.id}/end"
    early = {"ended_on": (TODAY() - timedelta(days=400)).isoformat(), "why": "moved_away"}
    assert refused(admin.post(path, json=early)) == (422, "day_long_ago")
    leave(admin, left_on=(TODAY() - timedelta(days=200)).isoformat())

    with set_to(now() + timedelta(days=29)):
        assert applied(session, "emergency contacts") == 0
    with set_to(now() + timedelta(days=32)):
        assert applied(session, "emergency contacts") == 1


def test_the_history_tells_of_no_care_and_of_a_minor_only_what_was_done(
    admin: Client, worker: Client, session: Session
) -> None:
    child = write_child(session)
    Stage(session).visit()
    session.commit()
    leave(admin)
    leave(admin, child)

    (his,) = worker.get(f"/v1/residents/{KIN}/changes").json["items"]
    (minors,) = worker.get(f"/v1/residents/{child}/changes").json["items"]

    assert his["data"] == {"was_head": True}
    assert (minors["kind"], minors["data"], minors["reason"]) == ("moved_out", None, None)


def test_with_his_name_goes_what_the_history_says_of_him(
    admin: Client, resident: Client, session: Session
) -> None:
    """S-81: no former name stays for longer than the name."""
    decide(admin, asked(resident))
    leave(admin)
    words = "words of changes of the roster"

    with set_to(now() + timedelta(days=300)):
        assert (applied(session, GONE), applied(session, words)) == (0, 0)
    with set_to(now() + timedelta(days=400)):
        assert (applied(session, GONE), applied(session, words)) == (1, 2)
    rows = session.scalars(select(RosterChange).where(RosterChange.resident_id == KIN)).all()
    assert [(one.said_sealed, one.reason_sealed) for one in rows] == [(None, None)] * 2
