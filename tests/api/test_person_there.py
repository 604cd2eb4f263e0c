"""Whoever is on the roster is entered by hand a second time only as another person."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import LeftWhy, Resident
from tests.cast import NEXT, named
from tests.child_world import TEN_YEARS_OLD, write_child
from tests.client import Answer, Client
from tests.moves_world import HERE, KIN, THERE

WOMAN: dict[str, Any] = {
    "household_id": str(THERE),
    "name": "王桂兰",
    "sex": "female",
    "birth_date": "1955-03-08",
    "relation": "other",
}


def _put(client: Client, resident_id: UUID | None = None, **more: Any) -> Answer:
    return client.put(f"/v1/residents/{resident_id or new_id()}", json=WOMAN | more)


@pytest.mark.parametrize("household", [HERE, THERE])
@pytest.mark.parametrize("name", ["王桂兰", "王 桂兰", "王\u3000桂兰"])
def test_the_same_person_is_named_and_not_entered_again(admin: Client, household: UUID, name: str) -> None:
    answer = _put(admin, name=name, household_id=str(household))

    assert (answer.status_code, answer.json["code"], answer.json["there_id"]) == (
        409,
        "person_there",
        str(KIN),
    )
    assert list(answer.json["errors"]) == ["name"]


def test_another_person_is_entered_where_somebody_says_so(admin: Client) -> None:
    resident_id = new_id()

    first, again = (_put(admin, resident_id, another_person=True) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert _put(admin, resident_id).json["code"] == "person_there"


@pytest.mark.parametrize("other", [{"name": "王桂蓝"}, {"birth_date": "1955-03-09"}])
def test_whoever_is_otherwise_is_entered(admin: Client, other: dict[str, Any]) -> None:
    assert _put(admin, **other).status_code == 201


def test_whoever_moved_out_is_named_too_and_a_duplicate_is_not(admin: Client, session: Session) -> None:
    gone = {"left_on": business_day(), "left_why": LeftWhy.MOVED_OUT}
    session.execute(update(Resident).where(Resident.id == KIN).values(gone))
    assert _put(admin).json["there_id"] == str(KIN)

    as_duplicate = {"left_why": LeftWhy.DUPLICATE, "same_as_id": named("neighbour")}
    session.execute(update(Resident).where(Resident.id == KIN).values(as_duplicate))
    assert _put(admin).status_code == 201


@pytest.mark.parametrize("area_code", [NEXT, "421222102203"])
def test_of_another_community_nothing_is_said(admin: Client, session: Session, area_code: str) -> None:
    session.execute(update(Resident).where(Resident.id == KIN).values(area_code=area_code))

    assert _put(admin).status_code == 201


def test_a_refusal_tells_no_day_of_a_minor(admin: Client, session: Session) -> None:
    """S-95: each guess of its day of birth is answered alike; who is of another age is another."""
    child = write_child(session)
    said: dict[str, Any] = {"name": "王小明", "sex": "female", "relation": "grandchild"}
    sex = session.get_one(Resident, child).sex
    guesses = [TEN_YEARS_OLD, TEN_YEARS_OLD.replace(day=2), date(TEN_YEARS_OLD.year + 3, 1, 1)]

    answers = [_put(admin, **said | {"sex": sex, "birth_date": day.isoformat()}) for day in guesses]
    grown = _put(admin, **said | {"sex": sex, "birth_date": "1990-01-01", "relation": "other"})

    told = {(one.status_code, one.json["code"], one.json["there_id"], one.json["title"]) for one in answers}
    assert {one[:3] for one in told} == {(409, "person_there", str(child))}
    assert len(told) == 1
    assert grown.status_code == 201


def test_a_child_is_not_born_twice(admin: Client) -> None:
    birth = {
        "name": "王小小",
        "sex": "female",
        "birth_date": business_day().isoformat(),
        "relation": "grandchild",
        "guardian_id": str(KIN),
        "guardian_relation": "grandparent",
        "proof": "出生证",
    }

    def born(**more: Any) -> Answer:
        ids = {"id": str(new_id()), "guardianship_id": str(new_id())}
        return admin.post(f"/v1/households/{HERE}/births", json=birth | ids | more)

    first, again, twin = born(), born(), born(another_person=True)

    assert (first.status_code, again.json["code"], again.json["there_id"]) == (
        201,
        "person_there",
        first.json["id"],
    )
    assert twin.status_code == 201


def test_only_true_and_false_are_words_for_it(admin: Client) -> None:
    answer = _put(admin, another_person="yes")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["another_person"])
