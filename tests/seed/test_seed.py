"""The seed command: complete, repeatable, interruptible, and never in production."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.adapters import local_store, photo_key
from app.cli.seed.accounts import PASSWORD
from app.cli.seed.loading import tell_history
from app.cli.seed.site import BIG, SMALL
from app.clock import start_of
from app.config import Settings
from app.identity import Credentials, Opened, sign_in
from app.keys import derived
from app.models import (
    Area,
    AreaLevel,
    Base,
    Checklist,
    Claim,
    ClaimEvent,
    Guardianship,
    Hazard,
    HazardAlarm,
    HazardEvent,
    Household,
    Inspection,
    Notice,
    Photo,
    PhotoLink,
    Place,
    PlaceKind,
    Redemption,
    RedemptionStatus,
    Resident,
    RosterChange,
    Rule,
    Transfer,
    User,
    Visit,
    VisitOutcome,
)
from app.places import CodeSigner, find
from app.sealing import Cell, Sealer
from tests.seed.conftest import DAY, Seeded

pytestmark = pytest.mark.xdist_group("seed")


_SCENES = {
    Claim,
    ClaimEvent,
    Guardianship,
    Hazard,
    HazardAlarm,
    HazardEvent,
    Household,
    Notice,
    PhotoLink,
    Resident,
}
"""Tables of the story to which the scenes add, by the product's verbs; they change nothing that it told.

But for who moved, and the homes that he left.
"""
_ANSWERED = {"confirmation"}
"""What some say of visits that the story told (test_seed_care.py)."""


def _count(session: Session, table: type[Base], *conditions: object) -> int:
    query = select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
    return session.scalars(query).one()


def _rows_of_all_tables(session: Session) -> dict[str, int]:
    return {
        name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in Base.metadata.tables.items()
    }


def test_an_interrupted_seed_leaves_nothing_and_the_next_one_writes_everything(
    seeded: Seeded, session: Session
) -> None:
    assert seeded.left_by_interruption == 0
    assert _count(session, Area, Area.level != AreaLevel.GRID) == 1192


def test_the_seed_tells_each_step_in_plain_lines_where_there_is_no_terminal(seeded: Seeded) -> None:
    lines = seeded.output.splitlines()

    assert [line.rsplit(maxsplit=2)[0].strip() for line in lines[:-1]] == [
        "the story",
        "records",
        "points",
        "photos",
        "scenes",
        "a check",
        "tidying up",
    ]
    assert lines[-1] == "The demo data is written."


@pytest.mark.parametrize(
    "community, households, people, buildings, grids",
    [(BIG, 1505, 6476, 29, 4), (SMALL, 24, 66, 2, 1)],
)
def test_a_site_has_its_real_size(
    session: Session, community: str, households: int, people: int, buildings: int, grids: int
) -> None:
    in_use = Household.area_code.startswith(community), Household.closed_on.is_(None)
    assert _count(session, Household, *in_use) == households
    living = Resident.area_code.startswith(community), Resident.left_on.is_(None)
    assert _count(session, Resident, *living) == people
    residential = (Place.area_code.startswith(community), Place.kind == PlaceKind.RESIDENTIAL)
    assert _count(session, Place, *residential) == buildings
    assert _count(session, Area, Area.parent_code == community) == grids


def test_every_place_has_a_checklist_and_every_community_its_rules(session: Session) -> None:
    kinds = set(session.scalars(select(Place.kind).distinct()))

    assert set(session.scalars(select(Checklist.kind).distinct())) >= kinds
    assert (
        _count(session, Rule, Rule.area_code == BIG) == _count(session, Rule, Rule.area_code == SMALL) == 32
    )


def test_the_year_is_full_of_work(session: Session) -> None:
    assert _count(session, Inspection) > 1000
    assert _count(session, Hazard) > 200
    assert _count(session, Visit) > 8000
    assert 2500 < _count(session, Claim) < 3500
    assert set(session.scalars(select(Visit.outcome).distinct())) == set(VisitOutcome)
    assert set(session.scalars(select(Redemption.status).distinct())) == set(RedemptionStatus)


def test_about_half_of_the_households_take_part(session: Session) -> None:
    taking_part = session.scalars(select(func.count(Claim.household_id.distinct()))).one()

    assert 0.5 < taking_part / 1529 < 0.6


def test_nothing_arrived_after_the_last_day(session: Session) -> None:
    ends = start_of(DAY)
    for column in (Inspection.received_at, Hazard.received_at, Visit.received_at, Claim.received_at):
        assert session.scalars(select(func.max(column))).one() < ends
    assert session.scalars(select(func.max(Transfer.at))).one() < ends


def test_photos_that_arrived_have_their_files_and_some_are_still_on_their_way(
    seeded: Seeded, session: Session
) -> None:
    store = local_store(seeded.settings.photo_dir)
    arrived = set(session.scalars(select(Photo.id)))
    named = set(session.scalars(select(PhotoLink.photo_id)))

    assert len(arrived) > 60
    assert arrived < named
    for photo_id in arrived:
        assert store.get(photo_key(photo_id, "large")).startswith(b"\xff\xd8")
        assert store.get(photo_key(photo_id, "thumb")).startswith(b"\xff\xd8")


def test_the_ledger_agrees_with_everything(seeded: Seeded) -> None:
    result = seeded.run("reconcile")

    assert (result.exit_code, result.output) == (0, "Every balance agrees with its entries.\n")


def test_a_second_seed_changes_nothing(seeded: Seeded, session: Session) -> None:
    before = _rows_of_all_tables(session)
    session.rollback()

    result = seeded.run("seed", "--day", "2026-11-25", "--seed", "2")

    assert (result.exit_code, result.output) == (0, "The demo data is there already.\n")
    assert _rows_of_all_tables(session) == before


@pytest.mark.parametrize("command", ["seed", "demo-accounts", "seed --wechat x"])
def test_production_is_refused_in_plain_words(seeded: Seeded, command: str) -> None:
    result = seeded.run(
        *command.split(),
        GONGDI_ENV="production",
        GONGDI_SECRET_KEY="0123456789abcdefghijklmnopqrstuv",
        GONGDI_FIELD_KEYS="a:8c1f5e0b7a924d36e1c80f5ab2693d74c05e9817fd3a462b90e7518cd4f6a23b",
        GONGDI_INDEX_KEY="47d2a90e6b1c835f0e9d24c7ba61f38052ce7d198f46b3a01d75e92c60b84fa3",
        GONGDI_PUBLIC_URL="https://gongdi.example.cn",
        GONGDI_AUDIT_COPIES="/checkpoints",
        GONGDI_REDELETE_LIST="/removals",
    )

    assert result.exit_code == 1
    assert result.output == (
        "Error: This is production: demo data and its known password have no place here. Nothing was done.\n"
    )


def test_the_same_seed_and_day_tell_the_same_story_to_the_last_row(seeded: Seeded, session: Session) -> None:
    sealer = Sealer.of(seeded.settings)
    rows = tell_history(day=DAY, seed=1).rows
    for model in rows.tables():
        table = Base.metadata.tables[model.__tablename__]
        key = [column.name for column in table.primary_key]
        stored = {tuple(row[name] for name in key): row for row in session.execute(select(table)).mappings()}
        more = len(stored) - len(rows.of(model))
        assert more > 0 if model in _SCENES else more == 0, model.__tablename__
        moved = _moved(session, model)
        for row in rows.of(model):
            if row.get("id") in moved:
                continue
            found = stored[tuple(row[name] for name in key)]
            clear = {
                name: _opened(sealer, table.name, found, f"{name}_sealed")
                for name in row.keys() - found.keys()
            }
            told = {name: value for name, value in row.items() if name not in _ANSWERED}
            assert told == {name: found[name] for name in told.keys() & found.keys()} | clear


def _moved(session: Session, model: type[Base]) -> set[UUID]:
    """Give of whom a roster the moves say something else by now (test_seed_moves.py)."""
    column = {Household: RosterChange.household_id, Resident: RosterChange.resident_id}.get(model)
    return set(session.scalars(select(column))) if column is not None else set()


def _opened(sealer: Sealer, table: str, row: RowMapping, name: str) -> Any:
    text = sealer.open(row[name], Cell(table, name, row["id"])) if row[name] is not None else None
    return json.loads(text) if text is not None and name == "answers_sealed" else text


def test_the_demo_accounts_are_one_of_each_role_and_can_sign_in(seeded: Seeded, session: Session) -> None:
    result = seeded.run("demo-accounts")
    rows = [line.split() for line in result.output.splitlines()[1:] if PASSWORD in line]

    assert result.exit_code == 0
    assert {word for row in rows for word in row} >= set(Role) - {Role.RESIDENT}
    assert sum(row[0] == "居民" for row in rows) == 2
    assert "4 roles in one" in result.output
    for row in rows:
        number = row[row.index(PASSWORD) - 1]
        shown = Credentials(phone=number, password=PASSWORD)
        opened = sign_in(session, Sealer.of(seeded.settings), seeded.settings.sessions, b"key", shown)
        assert isinstance(opened, Opened), opened
        user = session.get_one(User, opened.session.user_id)
        assert user.name == row[row.index(PASSWORD) - 2]
    session.rollback()


def test_the_sample_code_is_the_one_of_a_building(seeded: Seeded, session: Session) -> None:
    url = seeded.run("demo-accounts").output.split()[-1]
    signer = CodeSigner(derived(seeded.settings.secret_key, "place codes"), "http://localhost")

    found = find(session, signer, url.removeprefix("http://localhost/q/"))

    assert found is not None
    assert (found.place.name, found.place.kind) == ("1号楼", PlaceKind.RESIDENTIAL)


def test_a_database_without_demo_data_has_no_demo_accounts(seeded: Seeded, settings: Settings) -> None:
    result = seeded.run("demo-accounts", DATABASE_URL=settings.database_url)

    assert result.exit_code == 1
    assert result.output == "Error: There is no demo data in this database. To write it: make seed\n"
