"""Communities with households, rules, points and a shop, and the bodies that use them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import points
from app.actors import Actor, Scope
from app.clock import now
from app.identity.bindings import bind
from app.ids import new_id
from app.models import (
    Account,
    Base,
    BindingWay,
    Evidence,
    Household,
    Relation,
    Resident,
    Reward,
    Rule,
    User,
    Verifier,
)
from app.points import NewReward
from tests.cast import FAR, GRID, HOME, person
from tests.client import Answer, Client
from tests.points_town import award_to, resident_row


def rule_values(area_code: str, **more: Any) -> dict[str, Any]:
    """Give a rule worth 2 to 5 points, without evidence, public notice or cap."""
    rule_id = new_id()
    return {
        "id": rule_id,
        "area_code": area_code,
        "code": f"rule_{rule_id.hex[-8:]}",
        "version": 1,
        "title": "打扫楼道",
        "category": "环境卫生",
        "points_min": 2,
        "points_max": 5,
        "evidence": Evidence.NONE,
        "verifier": Verifier.EITHER,
        "notice_days": 0,
        "valid_from": date(2026, 1, 1),
        **more,
    }


def write_rule(session: Session, area_code: str = HOME, **more: Any) -> Rule:
    """Write and commit a rule."""
    rule = Rule(**rule_values(area_code, **more))
    session.add(rule)
    session.commit()
    return rule


def give_points(session: Session, amount: int, household: str = "resident") -> UUID:
    """Give points to the household of somebody of the cast, and commit; give its account."""
    household_id = person(household).household_id
    assert household_id is not None, "only residents have a household"
    area_code = session.scalars(select(Household.area_code).where(Household.id == household_id)).one()
    account_id = points.household_account(session, household_id, area_code)
    award_to(session, account_id, amount)
    session.commit()
    return account_id


def write_reward(session: Session, area_code: str = HOME, *, stock: int = 10, **more: Any) -> Reward:
    """Offer soap for 3 points, deliver it, and commit."""
    values: dict[str, Any] = {"name": "肥皂", "unit": "块", "price": 3, "cost_fen": 300, **more}
    everywhere = Actor(user_id=person("admin").user_id, scope=Scope(areas=("42",)))
    reward, _ = points.offer(session, everywhere, new_id(), NewReward(area_code=area_code, **values))
    if stock:
        points.deliver(session, everywhere, reward.id, stock, delivery_id=new_id())
    session.commit()
    return reward


def standing(session: Session, account_id: UUID) -> tuple[int, int]:
    """Give balance and held points of an account."""
    row = session.execute(select(Account.balance, Account.held).where(Account.id == account_id)).one()
    return row.balance, row.held


def stock_of(session: Session, reward: Reward) -> int:
    """Give how many pieces are in stock."""
    return session.scalars(select(Reward.stock).where(Reward.id == reward.id)).one()


def rows(session: Session, table: type[Base], **where: Any) -> int:
    """Count rows of a table."""
    return session.scalar(select(func.count()).select_from(table).filter_by(**where)) or 0


def move_in(session: Session, name: str, household: str = "resident") -> None:
    """Let somebody of the staff belong to the household of a resident of the cast, and commit."""
    household_id = person(household).household_id
    assert household_id is not None, "only residents have a household"
    resident = resident_row(household_id, GRID, "王小明")
    session.add(resident)
    session.flush()
    user = session.get_one(User, person(name).user_id)
    bind(session, user, resident, BindingWay.STAFF, by=None)
    session.commit()


def move_out(session: Session) -> None:
    """Let the resident of the cast live in another county from now on, and commit."""
    far = {
        "area_code": FAR,
        "household_id": person("far_resident").household_id,
        "relation": Relation.OTHER,
    }
    session.execute(update(Resident).where(Resident.id == person("resident").resident_id).values(far))
    session.commit()


def claim_body(rule: Rule, who: str = "resident", **more: Any) -> dict[str, Any]:
    """Give the body that claims under a rule for somebody of the cast."""
    return {
        "resident_id": str(person(who).resident_id),
        "rule_id": str(rule.id),
        "captured_at": now().isoformat(),
        **more,
    }


def claimed(client: Client, rule: Rule, who: str = "resident", **more: Any) -> str:
    """Claim under a rule; give the claim's path."""
    path = f"/v1/claims/{new_id()}"
    answer = client.put(path, json=claim_body(rule, who, **more))
    assert answer.status_code == 201, answer.text
    return path


def ordered(client: Client, reward: Reward, quantity: int = 1, **more: Any) -> str:
    """Order goods; give the order's path."""
    path = f"/v1/redemptions/{new_id()}"
    answer = client.put(path, json=order_body(reward, quantity, **more))
    assert answer.status_code == 201, answer.text
    return path


def order_body(reward: Reward, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Give the body that orders goods."""
    return {"reward_id": str(reward.id), "quantity": quantity, **more}


def code_of(client: Client, path: str) -> str:
    """Have a pick-up code made for an order; give it."""
    known = client.get(path).json["pickup_version"]
    answer = client.post(f"{path}/pickup-code", json={"version": known})
    assert answer.status_code == 200, answer.text
    return str(answer.json["code"])


def refused(answer: Answer) -> tuple[int, str]:
    """Give how a call was refused."""
    return answer.status_code, answer.json["code"]


Be = Callable[[str | None], Client]
"""How a test becomes somebody of the cast."""
