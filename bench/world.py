"""The data the bench works on: the two demonstration sites, without their history."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import migrating, points
from app.cli.seed import catalogue, facts
from app.cli.seed.ids import named
from app.cli.seed.rows import Rows
from app.cli.seed.sealing import seal
from app.cli.seed.settlement import add_site
from app.cli.seed.site import BIG, BIG_SITE, CITY, SMALL_SITE, Site
from app.cli.seed.staff import add_staff
from app.cli.seed.world import SeedResident, World
from app.clock import business_day, now
from app.config import Settings
from app.db import engine_for, sessions_for, transaction
from app.ids import new_id
from app.models import (
    Account,
    AccountKind,
    Checklist,
    ChecklistItem,
    Claim,
    ClaimStatus,
    HazardCategory,
    HazardLevel,
    PlaceKind,
)
from app.sealing import Sealer
from dev.sign_in import sign_in

_PHONES_FROM = 1_000_000
"""Of the big site, past those of the small one and the staff, however many it has."""


@dataclass(frozen=True)
class Ground:
    """What the measured calls need to know."""

    community: str
    issuance_id: UUID
    account_ids: list[UUID]
    rule_id: UUID
    admin_id: UUID
    admin_token: str
    worker_token: str
    resident_tokens: list[str]
    place_id: UUID
    place_area: str
    checklist_id: UUID
    item_ids: list[UUID]
    twenty_id: UUID
    """A checklist of twenty questions."""
    twenty_item_ids: list[UUID]
    claim_ids: list[UUID]


def prepare(settings: Settings, *, claims: int, households: int) -> Ground:
    """Migrate, write both sites, the big one with so many households, and so many verified claims.

    Each claim is of another household where it can be.
    """
    engine = engine_for(settings)
    with engine.connect() as connection:
        migrating.upgrade(connection)
        connection.commit()
    with transaction(sessions_for(engine)()) as session:
        ground = _write(session, Sealer.of(settings), claims, households)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
    return ground


def _write(session: Session, sealer: Sealer, claims: int, households: int) -> Ground:
    since, until = now() - timedelta(days=30), now()
    rng, world, rows = Random(1), World(), Rows()
    catalogue.add_areas(rows)
    catalogue.add_checklists(rows, since)
    catalogue.add_rules(rows, business_day(since))
    add_staff(rows, world, rng, since=since, until=until, password="", rng_of_codes=rng)
    for site in _sites(households):
        add_site(rows, world, rng, site, since=since, until=until, password="")
    seal(rows, sealer)
    for table in rows.tables():
        rows.write(session, table)
    home = [person for person in world.residents() if person.area_code.startswith(BIG)]
    issuance_id, account_ids = _accounts(session, home)
    place = next(place for place in world.places if place.kind is PlaceKind.RESIDENTIAL)
    checklist_id = session.scalars(select(Checklist.id).where(Checklist.code == "residential_block")).first()
    assert checklist_id is not None, "the seed has a checklist for residential buildings"
    items = session.scalars(select(ChecklistItem.id).where(ChecklistItem.checklist_id == checklist_id))
    twenty = _twenty(session, since)
    rule = next(
        rule for rule in facts.rules() if rule.notice_days == 0 and rule.cap is None and rule.automatic
    )
    rule_id = named("rule", f"{BIG} {rule.code}")
    admin_id = world.admin(BIG)
    worker_id = world.worker(place.area_code)
    users = [person.user_id for person in home if person.user_id]
    return Ground(
        community=BIG,
        issuance_id=issuance_id,
        account_ids=account_ids,
        rule_id=rule_id,
        admin_id=admin_id,
        admin_token=sign_in(session, admin_id),
        worker_token=sign_in(session, worker_id),
        resident_tokens=[sign_in(session, user_id) for user_id in users[:100]],
        place_id=place.id,
        place_area=place.area_code,
        checklist_id=checklist_id,
        item_ids=list(items),
        twenty_id=twenty.id,
        twenty_item_ids=[item.id for item in twenty.items],
        claim_ids=_claims(session, home, rule_id, worker_id, claims),
    )


def _sites(households: int) -> tuple[Site, Site]:
    """Give both sites, the big one with so many households, and so many more buildings if it is larger."""
    times = max(1, -(-households // BIG_SITE.households))
    big = replace(
        BIG_SITE,
        households=households,
        people=households * BIG_SITE.people // BIG_SITE.households,
        buildings=times * BIG_SITE.buildings,
        units=times * BIG_SITE.units,
        phone_from=_PHONES_FROM,
    )
    return big, SMALL_SITE


def _twenty(session: Session, since: datetime) -> Checklist:
    """Write a checklist of twenty questions for residential buildings."""
    made = Checklist(
        id=new_id(),
        area_code=CITY,
        code="twenty",
        kind=PlaceKind.RESIDENTIAL,
        title="二十项检查",
        version=1,
        published_at=since,
    )
    made.items = [
        ChecklistItem(
            id=new_id(),
            position=position,
            code=f"item_{position}",
            section="公共部分",
            text=f"第{position}项正常吗？",
            level=HazardLevel.GENERAL,
            category=HazardCategory.FIRE,
        )
        for position in range(1, 21)
    ]
    session.add(made)
    session.flush()
    return made


def _accounts(session: Session, home: list[SeedResident]) -> tuple[UUID, list[UUID]]:
    household_ids = list(dict.fromkeys(person.household_id for person in home))
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "area_code": BIG, "kind": AccountKind.HOUSEHOLD, "household_id": household_id}
        for household_id in household_ids
    ]
    session.execute(insert(Account), rows)
    system = points.system_account(session, BIG, AccountKind.ISSUANCE)
    return system, [row["id"] for row in rows]


def _claims(
    session: Session, home: list[SeedResident], rule_id: UUID, worker_id: UUID, claims: int
) -> list[UUID]:
    heads = list({person.household_id: person for person in home}.values())
    at = now()
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "area_code": head.area_code,
            "household_id": head.household_id,
            "resident_id": head.id,
            "rule_id": rule_id,
            "points": 2,
            "status": ClaimStatus.VERIFIED,
            "verified_by": worker_id,
            "content_hash": b"",
            "captured_at": at,
            "received_at": at,
        }
        for number in range(claims)
        for head in [heads[number % len(heads)]]
    ]
    session.execute(insert(Claim), rows)
    return [row["id"] for row in rows]
