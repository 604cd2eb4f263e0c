"""A household is told what staff order or claim for it (代办), and by whom."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Notice, NoticeKind, Resident, Rule
from tests.care_world import write_resident
from tests.cast import named, person
from tests.client import Client
from tests.points_world import Be, claim_body, claimed, give_points, move_in, ordered, write_reward
from tests.proxy_world import acting, confirmed

HOME = named("household home")


@pytest.fixture
def daughter(session: Session) -> None:
    """Let the neighbour live with the resident: two accounts in one household, and one member without."""
    write_resident(session, name="王小兰")
    move = update(Resident).where(Resident.id == named("neighbour"))
    session.execute(move.values(household_id=HOME, relation="child"))
    session.commit()


def told(session: Session) -> dict[str, dict[str, Any]]:
    """Give by account what somebody was told of what others did for his home."""
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.PROXY)).all()
    names = {person(name).user_id: name for name in ("resident", "neighbour", "lead", "worker")}
    return {names[row.user_id]: row.data for row in rows if "by_id" in row.data}


@pytest.mark.usefixtures("daughter")
@pytest.mark.parametrize("who, role", [("lead", "building_lead"), ("worker", "grid_worker")])
def test_everybody_of_the_home_who_has_an_account_is_told_of_a_claim(
    be: Be, session: Session, rule: Rule, who: str, role: str
) -> None:
    path = claimed(be(who), rule)

    by = {"by_id": str(person(who).user_id), "by_role": role}
    expected = {"what": "claimed", "claim_id": path[-36:], **by}
    assert told(session) == {"resident": expected, "neighbour": expected}
    (notice, *_) = be("resident").get("/v1/me/notices").json["items"]
    of_claim = [one for one in be("neighbour").get("/v1/me/notices").json["items"] if one["by_name"]]
    assert [(one["data"], one["by_name"]) for one in of_claim] == [(expected, who)]
    assert be("resident").post(f"/v1/me/notices/{notice['id']}/read").json["read_at"] is not None


@pytest.mark.usefixtures("daughter")
def test_everybody_of_the_home_is_told_of_a_leads_order(lead: Client, session: Session) -> None:
    give_points(session, 10)
    path = ordered(lead, write_reward(session), household_id=str(HOME))

    by = {"by_id": str(person("lead").user_id), "by_role": "building_lead"}
    expected = {"what": "redeemed", "redemption_id": path[-36:], **by}
    assert told(session) == {"resident": expected, "neighbour": expected}


@pytest.mark.usefixtures("daughter")
def test_the_home_is_told_of_what_a_helper_does_for_one_of_it(
    worker: Client, resident: Client, session: Session, rule: Rule
) -> None:
    """Whoever acts for somebody has no post while he does."""
    confirmed(worker, resident)
    answer = worker.put(f"/v1/claims/{new_id()}", json=claim_body(rule), **acting())
    assert answer.status_code == 201, answer.text

    by = {"by_id": str(person("worker").user_id), "by_role": None}
    expected = {"what": "claimed", "claim_id": answer.json["id"], **by}
    assert told(session) == {"resident": expected, "neighbour": expected}


@pytest.mark.usefixtures("daughter")
def test_of_what_tells_of_harm_the_home_is_told_nothing(lead: Client, session: Session, rule: Rule) -> None:
    """S-98: it does not find the claim either."""
    claimed(lead, rule, text="五楼天天打孩子，哭得厉害")

    assert told(session) == {}


@pytest.mark.usefixtures("daughter")
def test_nobody_is_told_of_what_his_home_does_itself(
    be: Be, resident: Client, session: Session, rule: Rule
) -> None:
    give_points(session, 10)
    move_in(session, "lead")
    claimed(resident, rule)
    ordered(be("lead"), write_reward(session))
    claimed(be("lead"), rule)

    assert told(session) == {}
