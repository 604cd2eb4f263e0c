"""Communities with households, rules, points and a shop, and the bodies that use them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app import points
from app.actors import Actor, Held, Role, Scope
from app.clock import now
from app.ids import new_id
from app.models import (
    Account,
    AccountKind,
    Area,
    AreaLevel,
    Base,
    Claim,
    Evidence,
    Household,
    Place,
    PlaceKind,
    Relation,
    Resident,
    Reward,
    Rule,
    Sex,
    SourceKind,
    TransferKind,
    User,
    Verifier,
)
from app.points import NewReward, Posted, Posting
from tests.cast import GRID, HOME, LONG_AGO, person
from tests.client import Answer, Client

_numbers = count(421300000000)
"""Communities of a county that the cast does not have."""
_TABLES = (
    "lot_draws",
    "lots",
    "transfers",
    "accounts",
    "stock_movements",
    "redemptions",
    "rewards",
    "claim_events",
    "claims",
    "rules",
    "notices",
    "residents",
    "households",
    "places",
)


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


def award_to(session: Session, account_id: UUID, amount: int, **more: Any) -> Posted:
    """Award points to a household out of nothing but its community's issuance account."""
    area_code = session.scalars(select(Account.area_code).where(Account.id == account_id)).one()
    values: dict[str, Any] = {
        "area_code": area_code,
        "debit_id": points.system_account(session, area_code, AccountKind.ISSUANCE),
        "credit_id": account_id,
        "amount": amount,
        "kind": TransferKind.AWARD,
        "source_kind": SourceKind.CORRECTION,
        "source_id": new_id(),
        "at": now(),
        **more,
    }
    return points.post(session, Posting(**values))


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
        points.deliver(session, everywhere, reward.id, stock)
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
    resident = _resident(household_id, GRID, "王小明")
    session.add(resident)
    session.flush()
    session.execute(update(User).where(User.id == person(name).user_id).values(resident_id=resident.id))
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


def refused(answer: Answer) -> tuple[int, str]:
    """Give how a call was refused."""
    return answer.status_code, answer.json["code"]


@dataclass(frozen=True)
class Town:
    """A community of its own with households, written through a session."""

    session: Session
    code: str
    households: list[Household]
    residents: list[Resident]

    @property
    def accounts(self) -> list[UUID]:
        """Give the households' accounts, in order."""
        return [points.household_account(self.session, one.id, one.area_code) for one in self.households]

    def system(self, kind: AccountKind) -> UUID:
        """Give one of the community's own accounts."""
        return points.system_account(self.session, self.code, kind)

    def actor(self, role: Role = Role.COMMUNITY_ADMIN, name: str = "admin") -> Actor:
        """Give somebody of the cast with a role over this community."""
        return Actor(
            user_id=person(name).user_id, held=(Held(role, self.code),), scope=Scope(areas=(self.code,))
        )

    def award(self, number: int, amount: int, **more: Any) -> Posted:
        """Award points to a household."""
        return award_to(self.session, self.accounts[number], amount, **more)

    def redeem(self, number: int, amount: int, **more: Any) -> Posted:
        """Spend points of a household."""
        values: dict[str, Any] = {
            "area_code": self.code,
            "debit_id": self.accounts[number],
            "credit_id": self.system(AccountKind.REDEEMED),
            "amount": amount,
            "kind": TransferKind.REDEEM,
            "source_kind": SourceKind.CORRECTION,
            "source_id": new_id(),
            "at": now(),
            **more,
        }
        return points.post(self.session, Posting(**values))

    def verified_claim(
        self, rule: Rule, number: int = 0, *, captured_at: datetime | None = None, **ask: Any
    ) -> Claim:
        """Write a claim that somebody verified."""
        claim_id = new_id()
        new = points.NewClaim(
            self.residents[number].id, rule.id, captured_at=captured_at or now(), ask=points.Ask(**ask)
        )
        points.submit(self.session, self.actor(), claim_id, new)
        return points.verify(self.session, self.actor(Role.GRID_WORKER, "worker"), claim_id)


def build_town(session: Session, households: int = 2) -> Town:
    """Write a community with so many households of one resident each."""
    code = str(next(_numbers))
    session.add(Area(code=code, name=f"{code}社区", level=AreaLevel.COMMUNITY))
    session.flush()
    place = Place(
        id=new_id(),
        area_code=code,
        kind=PlaceKind.RESIDENTIAL,
        name="1号楼",
        radius_m=80,
        content_hash=b"",
        created_at=LONG_AGO,
    )
    session.add(place)
    session.flush()
    homes = [
        Household(
            id=new_id(),
            area_code=code,
            place_id=place.id,
            door=str(door),
            content_hash=b"",
            created_at=LONG_AGO,
        )
        for door in range(households)
    ]
    session.add_all(homes)
    session.flush()
    residents = [_resident(home.id, code, f"居民{home.door}") for home in homes]
    session.add_all(residents)
    session.flush()
    return Town(session, code, homes, residents)


def tear_down(town: Town) -> None:
    """Delete a town that was committed, past the triggers that keep history."""
    session = town.session
    session.rollback()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for table in _TABLES:
        session.execute(text(f"DELETE FROM {table} WHERE {_of_town(table)}"), {"code": town.code})  # noqa: S608
    session.execute(text("DELETE FROM areas WHERE code = :code"), {"code": town.code})
    session.commit()


def _of_town(table: str) -> str:
    of_account = "SELECT id FROM accounts WHERE area_code = :code"
    if table == "lots":
        return f"account_id IN ({of_account})"
    if table == "lot_draws":
        return f"lot_id IN (SELECT id FROM lots WHERE account_id IN ({of_account}))"  # noqa: S608
    return "area_code = :code"


def _resident(household_id: UUID, area_code: str, name: str) -> Resident:
    return Resident(
        id=new_id(),
        household_id=household_id,
        area_code=area_code,
        name=name,
        sex=Sex.MALE,
        birth_date=date(1970, 5, 1),
        relation=Relation.OTHER,
        content_hash=b"",
        created_at=LONG_AGO,
    )


Be = Callable[[str | None], Client]
"""How a test becomes somebody of the cast."""
