"""Whoever lives behind the door that a report names decides nothing about it (ADR 0013)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Grant, HarmCase, HazardLevel, HazardStatus, Household, Notice, NoticeKind, User
from tests.care_world import write_resident
from tests.cast import HOME, named, person
from tests.client import Client
from tests.hazard_world import STARTS, VERBS, Take, refused, report_body, write_hazard

Be = Callable[[str | None], Client]
BEHIND = "1单元101堆了很多纸箱"
OWN = (403, "own_household")
DECIDED = [(verb, start) for verb, start in STARTS if verb not in {"start", "rectify"}]


@pytest.fixture
def lives_there(be: Be, session: Session) -> Client:
    """Be the community's admin, who lives in 1单元101 of the block."""
    kin = write_resident(session, name="赵干部")
    session.execute(update(User).where(User.id == person("admin").user_id).values(resident_id=kin))
    session.commit()
    return be("admin")


def make_admin(session: Session, name: str) -> None:
    session.execute(update(Grant).where(Grant.user_id == person(name).user_id).values(area_code=HOME))
    session.commit()


@pytest.mark.parametrize("verb,start", DECIDED)
def test_no_decision_on_what_is_behind_his_door_is_his(
    be: Be, session: Session, verb: str, start: str
) -> None:
    """S-38: nor is any step offered to him but the work itself."""
    name, _, _, sent = VERBS[verb]
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR, text=BEHIND)
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}
    kin = write_resident(session, name="赵干部")
    session.execute(update(User).where(User.id == person(name).user_id).values(resident_id=kin))
    session.commit()

    assert refused(Take(be)(name, hazard, verb, **sent)) == OWN
    allowed = be(name).get(f"/v1/hazards/{hazard.id}").json["allowed"]
    assert set(allowed) <= {"start", "rectify", "report_controls"}


@pytest.mark.parametrize(
    "words, is_his",
    [
        ("1单元101堆了很多纸箱", True),
        ("１单元 １０１室堆了纸箱", True),
        ("1-101门口有电线", True),
        ("101门口有电线", True),
        ("一单元101堆了很多纸箱", True),
        ("一单元一〇一门口有电线", True),
        ("一零一室堆了纸箱", True),
        ("万一101室起火", True),
        ("二单元101门口有电线", False),
        ("十一单元101门口有电线", False),
        ("二十一单元一零一门口有电线", False),
        ("一单元二零一门口有电线", False),
        ("一单元一零一三门口有电线", False),
        ("2单元101门口有电线", False),
        ("2-101门口有电线", False),
        ("21-101门口有电线", False),
        ("1单元1013门口有电线", False),
        ("21单元101门口有电线", False),
        ("楼道堆物", False),
        ("1单元201门口有电线", False),
    ],
)
def test_what_is_unsafe_elsewhere_in_his_building_is_his_to_decide(
    lives_there: Client, session: Session, words: str, *, is_his: bool
) -> None:
    hazard = write_hazard(session, text=words)
    answer = lives_there.step(f"/v1/hazards/{hazard.id}/accept", {})

    assert answer.status_code == (403 if is_his else 200), answer.text


def test_where_nobody_else_lives_every_report_is_behind_the_door(
    lives_there: Client, session: Session
) -> None:
    session.execute(
        update(Household)
        .where(Household.id == named("household neighbour"))
        .values(place_id=named("workshop"))
    )
    session.commit()
    hazard = write_hazard(session)

    assert refused(lives_there.step(f"/v1/hazards/{hazard.id}/reject", {"reason": "没有"})) == OWN


def test_where_he_is_the_only_admin_the_county_accepts_and_assigns(
    lives_there: Client, be: Be, session: Session
) -> None:
    """A general hazard is the community's else."""
    hazard = write_hazard(session, text=BEHIND)
    other = write_hazard(session, HazardStatus.ACCEPTED)
    given = {"assignee_id": str(person("worker").user_id)}
    path, county = f"/v1/hazards/{hazard.id}", be("county")

    assert refused(lives_there.step(f"{path}/accept", {})) == OWN
    assert county.step(f"{path}/accept", {}).status_code == 200
    assert county.step(f"{path}/assign", given).status_code == 200
    assert refused(county.step(f"/v1/hazards/{other.id}/assign", given)) == (403, "not_major")
    make_admin(session, "next_admin")
    third = write_hazard(session, HazardStatus.ACCEPTED, text=BEHIND)
    assert refused(county.step(f"/v1/hazards/{third.id}/assign", given)) == (403, "not_major")
    assert be("next_admin").step(f"/v1/hazards/{third.id}/assign", given).status_code == 200


@pytest.mark.parametrize("other", [None, "next_admin"])
def test_a_case_of_harm_behind_his_door_is_seen_to_elsewhere(
    lives_there: Client, be: Be, session: Session, other: str | None
) -> None:
    """S-98: he neither hears of it nor reads or closes it; the other admin does, or the office is told."""
    if other:
        make_admin(session, other)
    made = be("neighbour").put(
        f"/v1/hazards/{new_id()}", json=report_body(text="1单元101天天打孩子，哭得厉害")
    )
    assert made.status_code == 201, made.text

    case = session.scalars(select(HarmCase.id)).one()
    path = f"/v1/harm-cases/{case}"
    closed = lives_there.post(f"{path}/close", json={"result": "没有这回事"})
    assert (lives_there.get(path).status_code, closed.status_code) == (404, 404)
    assert lives_there.get("/v1/harm-cases").json["items"] == []
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HARM_CASE)).all()
    data = {"harm_case_id": str(case)} if other else {"what": "nobody_decides"}
    assert [(one.user_id, one.data) for one in told] == [(person(other or "county").user_id, data)]
