"""Whom and what `make run` shows: the same people and a code in use, whatever was done with the data."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, create_engine, delete, insert, select, true, update
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.cli.seed.accounts import PASSWORD, demo_accounts
from app.cli.seed.ids import named
from app.cli.seed.site import BIG, BIG_SITE
from app.clock import now
from app.identity import disable_unused, has_phone
from app.ids import new_id
from app.models import Grant, PlaceCode, Resident, SecondFactor, User
from app.points import household_account
from app.sealing import Sealer
from tests.points_town import award_to
from tests.seed.conftest import Seeded

pytestmark = pytest.mark.xdist_group("seed")
_FACTOR = SecondFactor.__table__
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


@contextmanager
def _without_factors(seeded: Seeded, which: ColumnElement[bool]) -> Iterator[int]:
    """Take second factors away, and give them back at the end; yields how many."""
    engine = create_engine(seeded.settings.database_url)
    with engine.begin() as connection:
        rows = connection.execute(delete(SecondFactor).where(which).returning(*_FACTOR.columns)).mappings()
        taken = [dict(row) for row in rows]
    assert taken
    try:
        yield len(taken)
    finally:
        with engine.begin() as connection:
            connection.execute(insert(SecondFactor), taken)
        engine.dispose()


def _phone(seeded: Seeded, title: str) -> str:
    [line] = [line for line in seeded.run("demo-accounts").output.splitlines() if line.startswith(title)]
    return line.split()[-3]


def test_data_from_before_second_factors_is_told_apart_and_how_to_write_it_anew(seeded: Seeded) -> None:
    phone = _phone(seeded, "社区管理员")
    new, found = seeded.run("demo-accounts"), seeded.run("demo-code", phone)

    with _without_factors(seeded, true()) as taken:
        old, missed = seeded.run("demo-accounts"), seeded.run("demo-code", phone)

    told = (
        "This demo data is from an older version, in which nobody had a second factor: who is above grid "
        "worker\nhas no code and cannot work with it. To write it anew: make reset, then make run\n"
    )
    hint = "Who is above grid worker also needs a code: make code PHONE=...\n"
    assert taken == 9
    assert (new.exit_code, found.exit_code, old.exit_code, missed.exit_code) == (0, 0, 0, 1)
    assert new.output.count(hint) == 1
    assert old.output == new.output.replace(hint, told)
    assert missed.output == f"Error: {told}"
    assert found.output.strip().isdigit()


def test_one_whose_second_factor_was_reset_does_not_make_the_data_old(
    seeded: Seeded, session: Session
) -> None:
    phone = _phone(seeded, "县易迁办")
    user_id = session.scalars(select(User.id).where(has_phone(Sealer.of(seeded.settings), phone))).one()
    session.rollback()
    before = seeded.run("demo-accounts")

    with _without_factors(seeded, SecondFactor.user_id == user_id) as taken:
        after, missed = seeded.run("demo-accounts"), seeded.run("demo-code", phone)

    assert taken == 1
    assert after.output == before.output
    told = rf"Error: \w+, {phone}, has no second factor: sign in without `totp`, the password is enough.\n"
    assert missed.exit_code == 1
    assert re.fullmatch(told, missed.output)


def test_the_resident_lead_and_worker_shown_are_of_one_grid_and_the_rest_of_its_community(
    seeded: Seeded,
) -> None:
    lines = [line for line in seeded.run("demo-accounts").output.splitlines() if PASSWORD in line]
    areas = {line.split()[0]: line.split()[-1] for line in reversed(lines)}

    assert [areas[title] for title in ("居民", "楼栋长", "网格员")] == ["新城安置区第1网格"] * 3
    assert [areas[title] for title in ("超市店员", "社区管理员")] == ["新城社区"] * 2


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


def test_the_first_night_leaves_the_staff_their_accounts(session: Session) -> None:
    with clock.set_to(now() + timedelta(days=1)):
        disabled = disable_unused(session, limit=200)[0]
    session.rollback()

    assert disabled == 0


def test_who_was_disabled_is_told_of(seeded: Seeded) -> None:
    before = seeded.run("demo-accounts").output
    engine = create_engine(seeded.settings.database_url)
    this = update(User).where(User.id == named("user", "staff 1"))
    with engine.begin() as connection:
        connection.execute(this.values(disabled_at=now()))
    try:
        after = seeded.run("demo-accounts")
    finally:
        with engine.begin() as connection:
            connection.execute(this.values(disabled_at=None))
        engine.dispose()

    assert (after.exit_code, "are disabled" in before) == (0, False)
    assert "\nSome staff of the demo data are disabled, by hand or since nobody used them" in after.output
