"""Births and moves within the roster: what goes along, and who hands a record over."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    Binding,
    CareRecord,
    FollowUp,
    Grant,
    Guardianship,
    Household,
    LeavingReason,
    Relation,
    Resident,
    User,
)
from app.people import Numbers, numbers_of, residents_with_phone
from tests.cast import GRID, HOME, NEXT, named, person
from tests.client import Client
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, THERE, TODAY, home_in, move, refused, row
from tests.own_data.correcting import ID_NUMBER, PHONE, give_numbers
from tests.sealer import SEALER


def test_who_moves_within_the_community_takes_along_what_is_open(admin: Client, session: Session) -> None:
    """Account, care and numbers; both households' histories tell of it."""
    stage = Stage(session)
    stage.visit()
    give_numbers(session, "resident", Numbers(PHONE, ID_NUMBER))

    answer = move(admin, relation="parent", reason="跟儿子住")

    assert answer.status_code == 200, answer.json
    assert (answer.json["household_id"], answer.json["former_id"]) == (str(THERE), str(HERE))
    assert (answer.json["before"], answer.json["after"]) == ({"relation": "head"}, {"relation": "parent"})
    session.expire_all()
    assert (row(session).household_id, row(session).relation) == (THERE, Relation.PARENT)
    assert numbers_of(SEALER, row(session)) == Numbers(PHONE, ID_NUMBER)
    assert session.get_one(User, person("resident").user_id).resident_id == KIN
    assert session.scalars(select(CareRecord)).one().ended_on is None
    for home in (HERE, THERE):
        (change,) = admin.get(f"/v1/households/{home}/changes").json["items"]
        assert change["id"] == answer.json["id"]


def test_what_is_open_lies_in_the_grid_where_he_lives_now(admin: Client, session: Session) -> None:
    """Who lives outside all grids is the community's: so is his care."""
    Stage(session).visit()
    home = home_in(session, HOME)

    assert move(admin, household_id=str(home)).status_code == 200

    session.expire_all()
    assert row(session).area_code == HOME
    assert {one.area_code for one in session.scalars(select(CareRecord))} == {HOME}
    assert {one.area_code for one in session.scalars(select(FollowUp))} == {HOME}
    assert session.get_one(Binding, named("binding resident")).area_code == HOME


def test_only_who_has_both_communities_hands_a_record_over(admin: Client, session: Session) -> None:
    """In the other one he is found by his numbers; his care ends here."""
    Stage(session).care_record()
    give_numbers(session, "resident", Numbers(PHONE, ID_NUMBER))
    home = home_in(session, NEXT)
    for nowhere in (home, new_id()):
        assert refused(move(admin, household_id=str(nowhere))) == (404, "home_out_of_reach")
    grant = session.scalars(select(Grant).where(Grant.user_id == person("admin").user_id)).one()
    values = {
        name: getattr(grant, name)
        for name in (
            "user_id",
            "role",
            "valid_from",
            "valid_until",
            "granted_by",
            "created_at",
            "content_hash",
        )
    }
    session.add(Grant(**values | {"id": new_id(), "area_code": NEXT}))
    session.commit()
    long_ago = (TODAY() - timedelta(days=400)).isoformat()
    assert refused(move(admin, household_id=str(home), moved_on=long_ago)) == (422, "day_long_ago")

    assert move(admin, household_id=str(home)).status_code == 200

    session.expire_all()
    assert row(session).area_code == NEXT
    assert [one.id for one in residents_with_phone(session, SEALER, NEXT, PHONE)] == [KIN]
    assert residents_with_phone(session, SEALER, HOME, PHONE) == []
    assert numbers_of(SEALER, row(session)) == Numbers(PHONE, ID_NUMBER)
    assert session.scalars(select(CareRecord)).one().ended_why == LeavingReason.MOVED_AWAY


def test_a_household_moves_with_its_people(admin: Client, session: Session) -> None:
    """Into a building of another area, with care and account."""
    assert session.get_one(Resident, KIN).area_code == GRID
    Stage(session).care_record()
    place = session.get_one(Household, home_in(session, HOME)).place_id
    body = {"place_id": str(place), "door": "7单元701", "moved_on": TODAY().isoformat()}
    step = new_id()
    first = admin.step(f"/v1/households/{HERE}/move", body, step)
    again = admin.step(f"/v1/households/{HERE}/move", body, step)

    assert (first.status_code, again.json) == (200, first.json)
    assert first.json["after"] == {"place_id": str(place), "door": "7单元701"}
    assert admin.get(f"/v1/households/{HERE}").json["door"] == "7单元701"
    told = admin.get(f"/v1/residents/{KIN}/changes").json["items"]
    assert [(one["kind"], one["data"]) for one in told] == [("moved_within", {"part_of": str(step)})]
    session.expire_all()
    assert session.get_one(Household, HERE).area_code == row(session).area_code == HOME
    assert session.scalars(select(CareRecord)).one().area_code == HOME
    assert session.get_one(Binding, named("binding resident")).area_code == HOME
    assert session.get_one(User, person("resident").user_id).area_code == HOME


@pytest.mark.parametrize(
    "change, code",
    [
        ({"door": "taken"}, "door_taken"),
        ({"place_id": str(named("workshop"))}, "not_residential"),
        ({"place_id": str(named("next_block"))}, "not_found"),
        ({"moved_on": "2099-01-01"}, "left_day"),
    ],
)
def test_a_household_moves_nowhere_else(admin: Client, change: dict[str, str], code: str) -> None:
    if change.get("door"):
        change = {"door": admin.get(f"/v1/households/{THERE}").json["door"]}
    body = {"place_id": str(named("block")), "door": "7单元701", "moved_on": TODAY().isoformat(), **change}

    assert admin.step(f"/v1/households/{HERE}/move", body, new_id()).json["code"] == code


def test_a_child_is_born_into_a_household_with_its_guardian(admin: Client, session: Session) -> None:
    child, guardianship = new_id(), new_id()
    body = {
        "id": str(child),
        "name": "王小小",
        "sex": "female",
        "birth_date": TODAY().isoformat(),
        "relation": "grandchild",
        "guardianship_id": str(guardianship),
        "guardian_id": str(KIN),
        "guardian_relation": "grandparent",
        "proof": "出生证",
    }
    path = f"/v1/households/{HERE}/births"

    long_ago = (TODAY() - timedelta(days=400)).isoformat()
    first, again = admin.post(path, json=body), admin.post(path, json=body)
    older = admin.post(path, json=body | {"id": str(new_id()), "name": "王大大", "birth_date": long_ago})
    spouse = admin.post(path, json=body | {"id": str(new_id()), "relation": "spouse"})

    assert refused(older) == (422, "day_long_ago")
    assert (spouse.status_code, list(spouse.json["errors"])) == (422, ["relation"])
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    kinds = [one["kind"] for one in admin.get(f"/v1/residents/{child}/changes").json["items"]]
    assert kinds == ["relation", "born"]
    row = session.get_one(Guardianship, guardianship)
    assert (row.child_id, row.guardian_id, row.verified_at) == (child, KIN, None)
    today = TODAY()
    until = date(today.year + 18, today.month, today.day) - timedelta(days=1)
    assert row.valid_until == until
