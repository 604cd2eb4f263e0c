"""Whom and what `make run` shows: the same people and a code in use, whatever was done with the data."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.cli.seed.accounts import PASSWORD, demo_accounts
from app.cli.seed.ids import named
from app.cli.seed.site import BIG, BIG_SITE
from app.clock import now
from app.ids import new_id
from app.models import Grant, PlaceCode, Resident, User
from app.points import household_account
from app.sealing import Sealer
from tests.points_town import award_to
from tests.seed.conftest import Seeded

pytestmark = pytest.mark.xdist_group("seed")
GRID = f"{BIG}001"


@contextmanager
def _revoked(seeded: Seeded, buildings: range) -> Iterator[None]:
    """Revoke the codes of some buildings, as an admin would, and take it back at the end."""
    engine = create_engine(seeded.settings.database_url)
    place_ids: list[UUID] = [named("place", f"{BIG} building {number}") for number in buildings]
    these = update(PlaceCode).where(PlaceCode.place_id.in_(place_ids))
    with engine.begin() as connection:
        changed = connection.execute(these.values(revoked_at=now(), revoked_reason="被风吹走"))
    assert changed.rowcount == len(buildings)
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(these.values(revoked_at=None, revoked_reason=None))
        engine.dispose()


def test_a_revoked_sample_code_gives_way_to_the_next_building(seeded: Seeded) -> None:
    with _revoked(seeded, range(1, 3)):
        result = seeded.run("demo-accounts")

    assert result.exit_code == 0
    assert result.output.count(PASSWORD) == 12
    assert result.output.splitlines()[-1].startswith("Code of 3号楼 to scan: http://localhost/q/1")


def test_without_any_code_in_use_the_accounts_are_shown_all_the_same(seeded: Seeded) -> None:
    whole = seeded.run("demo-accounts").output

    with _revoked(seeded, range(1, BIG_SITE.buildings + 1)):
        result = seeded.run("demo-accounts")

    assert (result.exit_code, result.output) == (0, whole.partition("\nCode of")[0])
    assert result.output.count(PASSWORD) == 12


def test_the_resident_lead_and_worker_shown_are_of_one_grid_and_the_rest_of_its_community(
    seeded: Seeded,
) -> None:
    lines = [line for line in seeded.run("demo-accounts").output.splitlines() if PASSWORD in line]
    areas = {line.split()[0]: line.split()[-1] for line in reversed(lines)}

    assert [areas[title] for title in ("居民", "楼栋长", "网格员")] == ["新城安置区第1网格"] * 3
    assert [areas[title] for title in ("积分超市店员", "社区管理员")] == ["新城社区"] * 2


def test_who_is_shown_does_not_change_with_points_and_people_that_came_later(
    seeded: Seeded, session: Session
) -> None:
    sealer = Sealer.of(seeded.settings)
    before = [(one.name, one.phone) for one in demo_accounts(session, sealer)]
    others = select(User).where(User.area_code == GRID, User.resident_id.is_not(None))
    for user in session.scalars(others.order_by(User.id).limit(2)).all():
        resident = session.get_one(Resident, user.resident_id)
        award_to(session, household_account(session, resident.household_id, resident.area_code), 1000)
    new = User(id=new_id(), area_code=GRID, name="新来的", content_hash=b"", created_at=now())
    session.add(new)
    session.flush()
    session.add(
        Grant(
            id=new_id(),
            user_id=new.id,
            role=Role.GRID_WORKER,
            area_code=GRID,
            valid_from=now(),
            content_hash=b"",
            created_at=now(),
        )
    )
    session.flush()

    after = [(one.name, one.phone) for one in demo_accounts(session, sealer)]
    session.rollback()

    assert after == before
