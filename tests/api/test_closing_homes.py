"""Closing a household: what it takes, where the points go, and that nobody comes into it any more."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import points
from app.ids import new_id
from app.imports.scene import Scene, folded
from app.models import BindingCode, Household, Lot, Resident, RosterChange, Transfer
from app.people import Entry, NewHousehold, NewResident, Numbers, Relation, Sex, register_all
from tests.cast import HOME, NEXT, named
from tests.client import Client
from tests.homes_world import back, close, codes, empty, home, previewed
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, THERE, TODAY, home_in, leave, move, refused
from tests.points_world import (
    Be,
    claim_body,
    claimed,
    give_points,
    move_in,
    standing,
    write_reward,
    write_rule,
)
from tests.races.beside import staff
from tests.sealer import SEALER

PERSON = {"name": "新来的人", "sex": "male", "birth_date": "1990-01-01", "relation": "head"}


def test_a_household_that_nobody_lives_in_is_closed(admin: Client, session: Session) -> None:
    """Its door is free for another one, and lists leave it out; it is there by its id."""
    before = home(session, HERE)
    place, door = str(before.place_id), before.door
    empty(admin, session)
    assert admin.get(f"/v1/households/{HERE}").json["empty"] is True
    another = {"place_id": place, "door": door}
    assert admin.put(f"/v1/households/{new_id()}", json=another).json["code"] == "door_taken"

    step = new_id()
    answer, again = close(admin, step_id=step), close(admin, step_id=step)

    assert (answer.status_code, again.json) == (200, answer.json), answer.text
    assert (answer.json["kind"], answer.json["reason"]) == ("closed", "房子腾空交回")
    shown = admin.get(f"/v1/households/{HERE}").json
    assert (shown["closed_on"], shown["merged_into"]) == (TODAY().isoformat(), None)
    listed = [one["id"] for one in admin.get("/v1/households?limit=100").json["items"]]
    assert str(THERE) in listed
    assert str(HERE) not in listed
    assert admin.get(f"/v1/households/{HERE}/changes").json["items"][0]["id"] == answer.json["id"]
    assert admin.put(f"/v1/households/{new_id()}", json=another).status_code == 201
    assert refused(close(admin, step_id=step, reason="别的")) == (409, "other_content")
    assert refused(close(admin)) == (409, "household_closed")


def test_nobody_comes_into_a_closed_household(admin: Client, session: Session) -> None:
    """Nor is a code made, a card printed, or a point given for it."""
    empty(admin, session)
    assert close(admin).status_code == 200
    birth = {
        "id": str(new_id()),
        "name": "王小小",
        "sex": "female",
        "birth_date": TODAY().isoformat(),
        "relation": "child",
        "guardianship_id": str(new_id()),
        "guardian_id": str(named("neighbour")),
        "guardian_relation": "parent",
        "proof": "出生证",
    }
    place = str(home(session, HERE).place_id)
    elsewhere = {"place_id": place, "door": "7单元701", "moved_on": TODAY().isoformat()}

    answers = [
        admin.put(f"/v1/residents/{new_id()}", json={"household_id": str(HERE), **PERSON}),
        move(admin, resident_id=named("neighbour"), household_id=str(HERE)),
        move(admin, "return", household_id=str(HERE)),
        admin.post(f"/v1/households/{HERE}/births", json=birth),
        admin.step(f"/v1/households/{HERE}/move", elsewhere),
        admin.post(f"/v1/households/{HERE}/binding-code", json={"version": 0}),
        admin.get(f"/v1/households/{HERE}/card.pdf"),
    ]

    assert [refused(one) for one in answers] == [(409, "household_closed")] * len(answers)
    assert "登记新的一户" in answers[0].json["title"]


def test_a_code_of_a_closed_household_works_no_more(admin: Client, session: Session) -> None:
    made = admin.post(f"/v1/households/{HERE}/binding-code", json={"version": 0})
    assert made.status_code == 200, made.text
    empty(admin, session)
    assert close(admin).status_code == 200

    assert session.scalars(select(BindingCode).where(BindingCode.household_id == HERE)).all() == []
    assert admin.get(f"/v1/households/{HERE}/binding-code").status_code == 404


def test_points_go_where_it_is_said(admin: Client, session: Session) -> None:
    """To another household, whose statement says why; without a word they keep it open."""
    account, other = give_points(session, 37), give_points(session, 5, "neighbour")
    empty(admin, session)
    assert refused(close(admin)) == (409, "points_left")
    to = {"household_id": str(THERE), "why": "并给照顾他的邻居"}

    step = new_id()
    assert close(admin, step_id=step, points=to).status_code == 200
    assert close(admin, step_id=step, points=to).status_code == 200

    assert (standing(session, account), standing(session, other)) == ((0, 0), (42, 0))
    assert points.reconcile(session, HOME) == []
    (entry, _) = admin.get(f"/v1/points/entries?household_id={THERE}").json["items"]
    assert (entry["change"], entry["kind"], entry["note"]) == (37, "move", "并给照顾他的邻居")
    (lost, _) = admin.get(f"/v1/points/entries?household_id={HERE}").json["items"]
    assert (lost["change"], lost["source_id"]) == (-37, str(step))


def test_points_go_back_to_the_community(admin: Client, session: Session) -> None:
    account = give_points(session, 37)
    empty(admin, session)

    assert close(admin, points=back()).status_code == 200

    assert standing(session, account) == (0, 0)
    assert points.reconcile(session, HOME) == []
    row = session.scalars(select(Transfer).where(Transfer.debit_id == account)).one()
    assert row.credit_id == points.system_account(session, HOME, points.AccountKind.ISSUANCE)


def test_points_may_be_used_as_long_as_before(admin: Client, session: Session) -> None:
    account = give_points(session, 37)
    before = admin.get(f"/v1/points/account?household_id={HERE}").json["next_expiry"]
    empty(admin, session)
    session.execute(
        update(Lot).where(Lot.account_id == account).values(use_by=TODAY().replace(month=12, day=30))
    )
    session.commit()
    assert close(admin, points={"household_id": str(THERE), "why": "转走"}).status_code == 200

    after = admin.get(f"/v1/points/account?household_id={THERE}").json["next_expiry"]
    assert before is not None
    assert after == {"points": 37, "use_by": TODAY().replace(month=12, day=30).isoformat()}


def test_what_stands_in_the_way_is_told_at_once(admin: Client, resident: Client, session: Session) -> None:
    """The preview names all of it, each with what to do; nothing is written."""
    give_points(session, 37)
    claimed(resident, write_rule(session))
    reward = write_reward(session)
    ordered = resident.put(f"/v1/redemptions/{new_id()}", json={"reward_id": str(reward.id), "quantity": 1})
    assert ordered.status_code == 201
    body = {"closed_on": "2099-01-01"}
    changes = session.scalar(select(func.count()).select_from(RosterChange))

    told = previewed(admin, HERE, "close", body)

    assert codes(told) == ["still_lived_in", "left_day", "household_busy", "points_left"]
    assert [one["field"] for one in told["obstacles"]] == [None, "closed_on", None, "points"]
    assert "1笔申报在办、1笔兑换没领" in told["obstacles"][2]["title"]
    assert (told["closes"], told["people"]) == ([str(HERE)], [])
    assert told["points"] == [{"from_id": str(HERE), "to_id": None, "points": 37}]
    assert session.scalar(select(func.count()).select_from(RosterChange)) == changes
    assert home(session, HERE).closed_on is None
    empty(admin, session)
    assert refused(close(admin, points=back())) == (409, "household_busy")


@pytest.mark.parametrize("where", ["same", "next", "nowhere"])
def test_points_go_to_no_other_household(admin: Client, session: Session, where: str) -> None:
    give_points(session, 3)
    empty(admin, session)
    to, code = {
        "same": (HERE, "same_household"),
        "next": (home_in(session, NEXT), "not_found"),
        "nowhere": (new_id(), "not_found"),
    }[where]

    answer = close(admin, points={"household_id": str(to), "why": "转走"})

    assert answer.json["code"] == code
    assert home(session, HERE).closed_on is None


def test_nobody_closes_his_own_household_or_takes_its_points(admin: Client, session: Session) -> None:
    give_points(session, 3)
    move_in(session, "admin", "neighbour")
    empty(admin, session)

    assert refused(close(admin, THERE)) == (403, "own_household")
    to = {"household_id": str(THERE), "why": "给自己家"}
    assert refused(close(admin, points=to)) == (403, "own_household")
    told = previewed(admin, HERE, "close", {"closed_on": TODAY().isoformat(), "points": to})
    assert codes(told) == ["own_household"]


def test_what_is_claimed_for_who_left_keeps_no_closed_household(
    admin: Client, worker: Client, be: Be, session: Session
) -> None:
    """What he did before he left is claimed while his household is there, and no later."""
    rule = write_rule(session)
    leave(admin)
    empty(admin, session)
    assert close(admin).status_code == 200
    body = claim_body(rule, captured_at="2026-11-01T08:00:00+08:00")
    reward = write_reward(session)
    order = {"reward_id": str(reward.id), "quantity": 1, "household_id": str(HERE)}

    answers = [
        worker.put(f"/v1/claims/{new_id()}", json=body),
        be("lead").put(f"/v1/redemptions/{new_id()}", json=order),
    ]

    assert [one.json["code"] for one in answers] == ["household_closed"] * 2


def test_a_returned_claim_keeps_no_household_open(admin: Client, session: Session) -> None:
    """It waits for whoever made it, for ever if need be; and is not sent again then."""
    stage = Stage(session)
    stage.claim(points.ClaimStatus.RETURNED)
    session.commit()
    empty(admin, session)

    assert close(admin).status_code == 200


def test_who_lived_there_is_entered_anew_behind_the_same_door(admin: Client, session: Session) -> None:
    before = home(session, HERE)
    place, door = before.place_id, before.door
    empty(admin, session)
    assert close(admin).status_code == 200
    new = new_id()
    admin.put(f"/v1/households/{new}", json={"place_id": str(place), "door": door})

    answer = move(admin, "return", household_id=str(new), relation="head")

    assert answer.status_code == 200, answer.text
    assert session.get_one(Resident, KIN, populate_existing=True).household_id == new
    rows: Any = select(Household.id).where(Household.place_id == place, Household.door == door)
    assert set(session.scalars(rows)) == {HERE, new}


def test_an_import_enters_a_new_household_behind_the_door_of_a_closed_one(
    admin: Client, session: Session
) -> None:
    before = home(session, HERE)
    there = NewHousehold(before.place_id, before.door)
    empty(admin, session)
    assert close(admin).status_code == 200
    newcomer = NewResident(HERE, "新来的人", Sex.MALE, date(1990, 1, 1), Relation.HEAD)
    entry = Entry(new_id(), before.area_code, there, newcomer, Numbers())

    assert register_all(session, staff("admin"), SEALER, [entry]) == {entry.id}

    new = home(session, session.get_one(Resident, entry.id).household_id)
    assert (new.id == HERE, new.place_id, new.door) == (False, before.place_id, before.door)
    scene = Scene(session, staff("admin"), SEALER, HOME)
    assert scene.doors[before.place_id, folded(before.door)] == (new.id, before.door)
