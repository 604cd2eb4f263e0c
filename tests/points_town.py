"""A community of its own, with households and their points."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import points
from app.actors import Actor, Held, Role, Scope
from app.clock import now
from app.ids import new_id
from app.models import (
    DIGITS,
    Account,
    AccountKind,
    Area,
    AreaLevel,
    Claim,
    Grant,
    Household,
    Place,
    PlaceKind,
    Relation,
    Resident,
    Rule,
    Sex,
    SourceKind,
    TransferKind,
)
from app.points import Posted, Posting
from tests.cast import LONG_AGO, person

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
    "grants",
)


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

    def lead(self) -> Actor:
        """Give a building lead over this community, whose grant is written down."""
        row = {"role": Role.BUILDING_LEAD, "area_code": self.code, "user_id": person("colleague").user_id}
        times = {"valid_from": LONG_AGO, "created_at": LONG_AGO}
        self.session.add(Grant(id=new_id(), content_hash=b"", **row, **times))
        self.session.flush()
        return self.actor(Role.BUILDING_LEAD, "colleague")

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
        points.submit(self.session, self.actor(name="colleague"), claim_id, new)
        return points.verify(self.session, self.actor(Role.GRID_WORKER, "worker"), claim_id, new_id())


def build_town(session: Session, households: int = 2) -> Town:
    """Write a community with so many households of one resident each."""
    code = str(next(_numbers))
    _write_areas(session, code)
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
    residents = [resident_row(home.id, code, f"居民{home.door}") for home in homes]
    session.add_all(residents)
    session.flush()
    return Town(session, code, homes, residents)


def _write_areas(session: Session, code: str) -> None:
    """Write a community, and what it lies in unless another town did: areas make whole trees."""
    levels = (
        (AreaLevel.CITY, None),
        (AreaLevel.COUNTY, 4),
        (AreaLevel.TOWNSHIP, 6),
        (AreaLevel.COMMUNITY, 9),
    )
    for level, parent in levels:
        here = code[: DIGITS[level]]
        area = {
            "code": here,
            "name": f"{here}的地方",
            "level": level,
            "parent_code": parent and code[:parent],
        }
        session.execute(insert(Area).values(area).on_conflict_do_nothing())


_AREAS_OF_NOBODY_ELSE = text(
    """
    DELETE FROM areas WHERE starts_with(:code, code) AND NOT EXISTS (
        SELECT FROM areas AS other
        WHERE starts_with(other.code, areas.code) AND NOT starts_with(:code, other.code)
    )
    """
)


def tear_down(town: Town) -> None:
    """Delete a town that was committed, past the triggers that keep history."""
    session = town.session
    session.rollback()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for table in _TABLES:
        session.execute(text(f"DELETE FROM {table} WHERE {_of_town(table)}"), {"code": town.code})  # noqa: S608
    session.execute(_AREAS_OF_NOBODY_ELSE, {"code": town.code})
    session.commit()


def _of_town(table: str) -> str:
    of_account = "SELECT id FROM accounts WHERE area_code = :code"
    if table == "lots":
        return f"account_id IN ({of_account})"
    if table == "lot_draws":
        return f"lot_id IN (SELECT id FROM lots WHERE account_id IN ({of_account}))"  # noqa: S608
    return "area_code = :code"


def resident_row(household_id: UUID, area_code: str, name: str) -> Resident:
    """Give a resident to be written."""
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
