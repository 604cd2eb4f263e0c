from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.models import Resident, Rule
from tests.cast import FAR, HOME, person
from tests.client import Client
from tests.points_world import Be, claimed, refused, write_rule


@pytest.fixture
def claim(resident: Client, worker: Client, admin: Client, session: Session) -> str:
    """Give the path of a claim in public notice."""
    rule = write_rule(session, notice_days=5)
    path = claimed(resident, rule, points=4, text="给三楼的老人送饭")
    worker.step(f"{path}/verify")
    assert admin.step(f"{path}/approve").json["status"] == "in_notice"
    return path


def items(client: Client, query: str = "") -> list[dict[str, object]]:
    answer = client.get(f"/v1/claims/notice{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json["items"]
    return found


def test_a_neighbour_reads_rule_points_and_a_masked_household(
    neighbour: Client, admin: Client, claim: str
) -> None:
    (shown,) = items(neighbour)
    whole = admin.get(claim).json

    assert shown == {
        "id": whole["id"],
        "rule_title": "打扫楼道",
        "category": "环境卫生",
        "points": 4,
        "household": "1号楼***",
        "who": "王**",
        "happened_at": whole["captured_at"],
        "notice_until": whole["notice_until"],
    }


@pytest.mark.parametrize("days, shown", [(0, "王**"), (1, "小朋友")])
def test_a_child_under_14_is_not_named(
    neighbour: Client, claim: str, session: Session, days: int, shown: str
) -> None:
    assert claim
    birth_date = date(2013, 3, 1) + timedelta(days=days)
    resident_id = person("resident").resident_id
    session.execute(update(Resident).where(Resident.id == resident_id).values(birth_date=birth_date))
    session.commit()

    with clock.set_to(datetime(2027, 2, 28, 16, 0, tzinfo=UTC)):
        assert items(neighbour)[0]["who"] == shown


def test_only_claims_in_notice_are_shown(
    neighbour: Client, resident: Client, worker: Client, admin: Client, rule: Rule, claim: str
) -> None:
    path = claimed(resident, rule)
    worker.step(f"{path}/verify")
    admin.step(f"{path}/approve")
    claimed(resident, rule)

    assert [shown["id"] for shown in items(neighbour)] == [claim.rpartition("/")[2]]


@pytest.mark.parametrize("name", ["resident", "worker", "colleague", "admin", "county", "city"])
def test_the_community_and_its_offices_read_it(be: Be, name: str, claim: str) -> None:
    assert claim
    assert len(items(be(name))) == 1
    assert len(items(be(name), f"?area_code={HOME}")) == 1
    assert items(be(name), f"?area_code={FAR}") == []


@pytest.mark.parametrize("name", ["far_resident", "far_admin", "far_county"])
def test_another_community_does_not(be: Be, name: str, claim: str) -> None:
    assert claim
    assert items(be(name)) == []


def test_a_visitor_does_not(visitor: Client) -> None:
    assert refused(visitor.get("/v1/claims/notice")) == (401, "sign_in_needed")
