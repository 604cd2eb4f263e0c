"""Splitting a household and merging one into another: who goes where, with what, and what stays."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import points
from app.ids import new_id
from app.models import BindingCode, Household, Relation, Resident, RosterChange
from tests.care_world import write_resident
from tests.cast import GRID, HOME, named
from tests.client import Client
from tests.homes_world import codes, home, merge, people, previewed, split, split_body
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, THERE, TODAY, home_in, move, refused, row
from tests.points_world import claimed, give_points, move_in, standing, write_reward, write_rule

HEAD_THERE = named("neighbour")


@pytest.fixture
def son(session: Session) -> UUID:
    """Give a son of the head, who lives with her."""
    return write_resident(session, name="王建国", relation=Relation.CHILD)


def count(session: Session) -> tuple[int, ...]:
    """Count households and changes."""
    return tuple(
        session.scalar(select(func.count()).select_from(table)) or 0 for table in (Household, RosterChange)
    )


def test_some_of_a_household_live_in_a_new_one(admin: Client, session: Session, son: UUID) -> None:
    """With what is open of them; points stay; the histories of both households and of each person tell it."""
    account = give_points(session, 37)
    step, body = new_id(), split_body(people((son, "head")), reason="分家")
    new = UUID(body["id"])

    answer, again = split(admin, body, step), split(admin, body, step)

    assert (answer.status_code, again.json) == (200, answer.json), answer.text
    assert (answer.json["kind"], answer.json["data"]) == ("split", {"new_id": str(new), "points": 0})
    assert (row(session, son).household_id, row(session, son).relation) == (new, Relation.HEAD)
    assert (row(session).household_id, row(session).relation) == (HERE, Relation.HEAD)
    shown = admin.get(f"/v1/households/{new}").json
    assert (shown["door"], shown["head_name"], shown["resident_count"]) == ("7单元701", "王建国", 1)
    assert standing(session, account) == (37, 0)
    (his,) = admin.get(f"/v1/residents/{son}/changes").json["items"]
    assert (his["former_id"], his["before"], his["after"]) == (
        str(HERE),
        {"relation": "child"},
        {"relation": "head"},
    )
    for one in (HERE, new):
        kinds = {it["kind"] for it in admin.get(f"/v1/households/{one}/changes").json["items"]}
        assert kinds == {"split"}
    assert refused(split(admin, body | {"points": 1}, step)) == (409, "other_content")


def test_where_the_head_goes_another_is_named(admin: Client, session: Session, son: UUID) -> None:
    """And points go along that are named, in one posting."""
    account = give_points(session, 37)
    Stage(session).visit()
    body = split_body(people((KIN, "head")), points=12)
    new = UUID(body["id"])
    assert refused(split(admin, body)) == (422, "head_needed")

    assert split(admin, body | {"head_id": str(son)}).status_code == 200

    assert (row(session).household_id, row(session, son).relation) == (new, Relation.HEAD)
    other = points.household_account(session, new, GRID)
    assert (standing(session, account), standing(session, other)) == ((25, 0), (12, 0))
    assert points.reconcile(session, HOME) == []
    (entry,) = admin.get(f"/v1/points/entries?household_id={new}").json["items"]
    assert (entry["change"], entry["kind"], entry["source_kind"]) == (12, "move", "roster")


@pytest.mark.parametrize(
    "change, code",
    [
        ({"people": people((KIN, "head"), (named("neighbour"), "other"))}, "not_of_home"),
        ({"people": people((KIN, "head"), (KIN, "other"))}, "not_of_home"),
        ({"people": people((KIN, "other"))}, "head_needed"),
        ({"people": people((KIN, "head")), "head_id": str(named("neighbour"))}, "not_of_home"),
        ({"place_id": str(named("workshop"))}, "not_residential"),
        ({"place_id": str(named("next_block"))}, "not_found"),
        ({"id": str(named("household neighbour"))}, "other_content"),
        ({"door": "taken"}, "door_taken"),
        ({"moved_on": "2099-01-01"}, "left_day"),
        ({"points": 38}, "insufficient_points"),
    ],
)
def test_a_household_is_split_in_no_other_way(
    admin: Client, session: Session, son: UUID, change: dict[str, Any], code: str
) -> None:
    give_points(session, 37)
    if "door" in change:
        change = {"door": home(session, THERE).door}
    body = split_body(people((son, "head"))) | change
    if "head_id" not in change and change.get("people"):
        body["head_id"] = str(son)
    before = count(session)

    assert split(admin, body).json["code"] == code
    told = previewed(admin, HERE, "split", body)

    assert code in codes(told)
    assert all(one["title"] for one in told["obstacles"])
    assert count(session) == before


def test_nobody_splits_off_all_or_his_own(admin: Client, session: Session, son: UUID) -> None:
    all_of_them = split_body(people((KIN, "head"), (son, "child")))
    assert refused(split(admin, all_of_them)) == (409, "nobody_stays")
    move_in(session, "admin")

    assert refused(split(admin, split_body(people((son, "head"))))) == (403, "own_household")


def test_a_preview_says_who_goes_where_and_writes_nothing(admin: Client, session: Session, son: UUID) -> None:
    give_points(session, 37)
    body = split_body(people((KIN, "head")), points=5, head_id=str(son))
    before = count(session)

    told = previewed(admin, HERE, "split", body)

    new = body["id"]
    assert told["obstacles"] == []
    assert (told["makes"], told["closes"]) == ([new], [])
    assert told["points"] == [{"from_id": str(HERE), "to_id": new, "points": 5}]
    goes = {one["resident_id"]: (one["to_id"], one["before"], one["relation"]) for one in told["people"]}
    assert goes == {str(KIN): (new, "head", "head"), str(son): (str(HERE), "child", "head")}
    assert count(session) == before


def test_a_household_goes_into_another_one(admin: Client, session: Session, son: UUID) -> None:
    """Its people and points are there then, it is closed, and says into which it went."""
    account, other = give_points(session, 37), give_points(session, 5, "neighbour")
    admin.post(f"/v1/households/{HERE}/binding-code", json={"version": 0})
    step, all_of_them = new_id(), people((KIN, "parent"), (son, "other"))

    answer, again = merge(admin, all_of_them, step_id=step), merge(admin, all_of_them, step_id=step)

    assert (answer.status_code, again.json) == (200, answer.json), answer.text
    assert answer.json["data"] == {"into_id": str(THERE), "points": 37}
    assert {row(session, one).household_id for one in (KIN, son)} == {THERE}
    assert (row(session).relation, row(session, HEAD_THERE).relation) == (Relation.PARENT, Relation.HEAD)
    shown = admin.get(f"/v1/households/{HERE}").json
    assert (shown["closed_on"], shown["merged_into"]) == (TODAY().isoformat(), str(THERE))
    assert (standing(session, account), standing(session, other)) == ((0, 0), (42, 0))
    assert points.reconcile(session, HOME) == []
    assert session.scalars(select(BindingCode).where(BindingCode.household_id == HERE)).all() == []
    for one in (HERE, THERE):
        assert "merged" in {it["kind"] for it in admin.get(f"/v1/households/{one}/changes").json["items"]}
    assert refused(merge(admin, all_of_them)) == (409, "household_closed")
    assert refused(move(admin, household_id=str(HERE))) == (409, "household_closed")


def test_what_keeps_a_household_from_being_merged_is_told_at_once(
    admin: Client, resident: Client, session: Session, son: UUID
) -> None:
    give_points(session, 37)
    claimed(resident, write_rule(session))
    reward = write_reward(session)
    resident.put(f"/v1/redemptions/{new_id()}", json={"reward_id": str(reward.id), "quantity": 1})
    body = {"into_id": str(THERE), "people": people((KIN, "head")), "moved_on": "2099-01-01"}
    before = count(session)

    told = previewed(admin, HERE, "merge", body)

    assert codes(told) == ["left_day", "not_of_home", "head_taken", "household_busy"]
    assert [one["field"] for one in told["obstacles"]] == ["moved_on", "people", "people", None]
    assert count(session) == before
    full = people((KIN, "parent"), (son, "other"))
    assert refused(merge(admin, full)) == (409, "household_busy")


@pytest.mark.parametrize("into, code", [("same", "same_household"), ("nowhere", "not_found")])
def test_a_household_goes_into_no_other(admin: Client, into: str, code: str) -> None:
    target = {"same": HERE, "nowhere": new_id()}[into]

    assert merge(admin, people((KIN, "other")), into_id=str(target)).json["code"] == code


def test_nobody_merges_his_own_household(admin: Client, session: Session) -> None:
    move_in(session, "admin", "neighbour")

    assert refused(merge(admin, people((KIN, "parent")))) == (403, "own_household")


def test_an_empty_household_that_takes_people_in_has_a_head(admin: Client, session: Session) -> None:
    target = home_in(session, HOME)

    assert refused(merge(admin, people((KIN, "other")), into_id=str(target))) == (422, "head_needed")
    assert merge(admin, people((KIN, "head")), into_id=str(target)).status_code == 200
    assert session.get_one(Resident, KIN, populate_existing=True).area_code == HOME
