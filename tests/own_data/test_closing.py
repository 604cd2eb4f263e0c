"""Asking to close an account: told beforehand, refused with reasons, taken back, carried out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import own_data
from app.clock import now, set_to
from app.errors import IllegalStepError
from app.ids import new_id
from app.models import (
    CareRecord,
    ClaimStatus,
    Closing,
    Grant,
    HazardStatus,
    Notice,
    Redemption,
    RedemptionStatus,
    Resident,
    SignIn,
    User,
)
from app.own_data import TAKEN_BACK_WITHIN
from app.workdays import WorkCalendar
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.matrix.stage import Stage
from tests.own_data.closing import ask, asked, begin, close, finish, row_of, withdraw
from tests.sealer import SEALER

ME = person("resident").user_id


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def reasons(answer: Answer) -> list[str]:
    return [one["code"] for one in answer.json["reasons"]]


def test_it_is_told_beforehand_what_goes_and_what_stays(session: Session, resident: Client) -> None:
    """S-78: what goes, what stays by which law and how long, what of the points: before anything is done."""
    Stage(session).account(balance=37)
    session.commit()
    terms = resident.get("/v1/me/closing-terms").json
    told = {one["key"]: one["text"] for one in terms["items"]}

    assert list(told) == ["points", "goes", "stays", "roster", "time"]
    assert (terms["points"], terms["reasons"]) == (37, [])
    assert "37分" in told["points"]
    assert "不会因为注销而清零" in told["points"]
    assert "个人信息保护法第四十七条" in told["stays"]
    assert "7天可以反悔" in told["time"]
    assert "15个工作日" in told["time"]
    assert session.scalar(select(func.count()).select_from(Closing)) == 0


def test_asking_needs_a_fresh_proof_and_sets_the_days(
    session: Session, resident: Client, settings: Any
) -> None:
    """S-14, S-78: proof of five minutes; a week to think, an answer within fifteen working days."""
    at = now()
    with set_to(at):
        closing_id = asked(resident)
        again = ask(resident, closing_id)
        other = ask(resident)
    row = row_of(session, closing_id)
    signed_in = session.get_one(SignIn, named("sign-in resident"))
    signed_in.checked_at = now() - timedelta(minutes=5, seconds=1)
    session.commit()

    assert again.status_code == 200
    assert outcome(other) == (409, "closing_open")
    assert outcome(ask(resident)) == (403, "reauth_required")
    assert row.carry_out_at == at + TAKEN_BACK_WITHIN
    assert row.due_at == WorkCalendar.of(settings).deadline(at, 15) > row.carry_out_at


def test_it_can_be_taken_back_while_there_is_time(session: Session, resident: Client) -> None:
    """S-78: a withdrawn wish is not carried out, and may come again."""
    closing_id = asked(resident)
    answers = [withdraw(resident, closing_id) for _ in range(2)]
    with set_to(now() + TAKEN_BACK_WITHIN):
        due = own_data.due_closings(session, limit=10)
        done = own_data.begin_closing(session, SEALER, closing_id)
    session.commit()

    assert [(one.status_code, one.json["state"]) for one in answers] == [(200, "withdrawn")] * 2
    assert (due, done) == ([], False)
    assert resident.get("/v1/me/points").status_code != 401
    assert asked(resident)


def test_it_waits_for_the_time_and_is_not_taken_back_later(session: Session, resident: Client) -> None:
    closing_id = asked(resident)
    with set_to(now() + TAKEN_BACK_WITHIN - timedelta(minutes=1)):
        early = own_data.begin_closing(session, SEALER, closing_id)
    begin(session, closing_id)
    with pytest.raises(IllegalStepError):
        row_of(session, closing_id).advance(own_data.ClosingState.WITHDRAWN)

    assert not early


def test_an_open_order_stands_in_the_way_and_the_remedy_is_told(session: Session, resident: Client) -> None:
    """S-78: refused with reasons in writing; a claim or a report that runs is no reason."""
    stage = Stage(session)
    stage.claim(ClaimStatus.SUBMITTED, submitted_by=ME)
    stage.hazard(HazardStatus.REPORTED, reported_by=ME)
    stage.redemption()
    session.commit()
    answer = ask(resident)
    listed = resident.get("/v1/me/closings").json["items"]

    assert (answer.status_code, answer.json["state"], reasons(answer)) == (201, "refused", ["open_order"])
    assert "取消兑换" in answer.json["reasons"][0]["text"]
    assert listed == [answer.json]
    session.execute(update(Redemption).values(status=RedemptionStatus.CANCELLED))
    session.commit()
    assert asked(resident)


def test_what_comes_in_the_way_later_is_told_too(session: Session, resident: Client) -> None:
    """S-78: the job looks again; its refusal is told, and nothing is done."""
    closing_id = asked(resident)
    Stage(session).redemption()
    session.commit()
    begin(session, closing_id)
    row = row_of(session, closing_id)
    notice = session.scalars(select(Notice).where(Notice.user_id == ME)).one()

    assert (row.state, row.reasons) == ("refused", ["open_order"])
    assert notice.data == {"what": "closing_refused", "closing_id": str(closing_id)}
    assert session.get_one(User, ME).closed_at is None


def test_staff_give_up_post_and_work_first(session: Session, worker: Client) -> None:
    """S-78: who holds a post or has work in hand is told whom to ask."""
    Stage(session).care_record()
    session.commit()
    first = ask(worker)
    session.execute(update(Grant).where(Grant.user_id == person("worker").user_id).values(ended_at=now()))
    session.commit()
    second = ask(worker)
    session.execute(update(CareRecord).values(ended_on=now().date()))
    session.commit()

    assert reasons(first) == ["post", "open_work"]
    assert reasons(second) == ["open_work"]
    assert asked(worker)


def test_a_guardian_closes_his_wards_account(app: Flask, session: Session, resident: Client) -> None:
    """S-78, S-94: only while he is one; a ward without an account has none to close."""
    child_id = write_child(session)
    stranger = ask(resident, resident_id=str(child_id))
    write_guardian(session, child_id)
    without = ask(resident, resident_id=str(child_id))
    user_id = new_id()
    session.add(
        User(
            id=user_id, area_code=None, name="孩子", content_hash=b"", created_at=now(), resident_id=child_id
        )
    )
    session.commit()
    closing_id = asked(resident, resident_id=str(child_id))
    begin(session, closing_id)
    finish(app, session, closing_id)

    assert outcome(stranger) == outcome(without) == (404, "not_found")
    assert session.get_one(User, user_id).closed_at is not None
    assert session.get_one(User, ME).closed_at is None
    assert resident.get("/v1/me/closings").json["items"][0]["state"] == "done"


def test_a_child_leaves_it_to_its_guardian_and_a_minor_does_not(session: Session, resident: Client) -> None:
    """S-78, S-94: a child's numbers would go from the roster at its own word; whoever is 14 asks himself."""
    himself = session.get_one(Resident, named("resident"))
    for years, expected in ((13, (403, "guardian_needed")), (15, (201, None))):
        himself.birth_date = now().date() - timedelta(days=366 * years)
        session.commit()
        answer = ask(resident)
        assert (answer.status_code, answer.json.get("code")) == expected


def test_nobody_gets_in_any_more_and_nobody_opens_it_again(
    app: Flask, session: Session, resident: Client, be: Callable[[str], Client]
) -> None:
    """S-12, S-78: sessions end at once; the account is out of every administrator's reach."""
    closing_id = asked(resident)
    begin(session, closing_id)
    ended = resident.get("/v1/me/notices")
    finish(app, session, closing_id)
    user = session.get_one(User, ME)
    system = be("system")
    shown = system.get(f"/v1/users/{ME}")
    enabled = system.post(f"/v1/users/{ME}/enable", json={"step_id": str(new_id())})
    granted = be("security").put(
        f"/v1/grants/{new_id()}",
        json={"user_id": str(ME), "role": "grid_worker", "area_code": "421224100001"},
    )

    assert ended.status_code == 401
    assert (user.name, user.area_code, user.resident_id) == ("已注销用户", None, None)
    assert outcome(shown) == outcome(enabled) == outcome(granted) == (404, "not_found")


def test_the_roster_stays_without_the_numbers(app: Flask, session: Session, resident: Client) -> None:
    """S-78: who lives where is the community's duty to know; the numbers were given for the account."""
    close(app, session, resident)
    row = session.get_one(Resident, named("resident"), populate_existing=True)

    assert row.name == "王桂兰"
    assert (row.phone_sealed, row.phone_index, row.id_number_sealed, row.id_number_index) == (None,) * 4


def test_another_cannot_take_it_back_or_see_it(resident: Client, be: Callable[[str], Client]) -> None:
    neighbour = be("neighbour")
    closing_id = asked(resident)

    assert outcome(withdraw(neighbour, closing_id)) == (404, "not_found")
    assert neighbour.get("/v1/me/closings").json["items"] == []
    assert outcome(ask(neighbour, closing_id)) == (409, "other_content")
    assert UUID(resident.get("/v1/me/closings").json["items"][0]["id"]) == closing_id


@pytest.mark.parametrize("gone", ["the order is another home's", "he left his home"])
def test_an_order_that_is_his_no_more_is_no_reason(session: Session, resident: Client, gone: str) -> None:
    """S-78: a helper whose proxy ended, or who moved, can neither fetch nor cancel it: its home can."""
    Stage(session).redemption()
    if gone == "he left his home":
        session.execute(update(User).where(User.id == ME).values(resident_id=None))
    else:
        session.execute(update(Redemption).values(household_id=named("household neighbour")))
    session.commit()

    assert asked(resident)
