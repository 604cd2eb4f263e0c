"""Jobs that skip some rows go past them, batch by batch, to the rows behind them."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Text, func, literal_column, select
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.adapters import local_store
from app.audit import AuditKeys
from app.clock import now
from app.config import Settings
from app.db import engine_for
from app.identity import holders, waiting_requests
from app.ids import new_id
from app.jobs import work
from app.jobs.scheduler import run
from app.jobs.work import Means, disable_unused_accounts, tell_not_reached, tell_of_waiting_requests
from app.models import (
    Area,
    AreaLevel,
    AuditEntry,
    BindingRequest,
    Grant,
    Notice,
    NoticeKind,
    User,
)
from app.sealing import Sealer
from dev.servers import Servers
from tests.care_world import write_care, write_form, write_not_reached, write_resident
from tests.cast import GRID, HOME, LONG_AGO, person
from tests.databases import peopled_database
from tests.sealer import KEYS

pytestmark = pytest.mark.xdist_group("batches")
NOBODYS = "439999100001001"
"""A grid without any staff."""
BEFORE = datetime(2025, 10, 1, tzinfo=UTC)
"""Before anybody of the cast was there."""


@pytest.fixture(scope="module")
def database(servers: Servers) -> str:
    """Give a database of these tests alone: what they leave in it cannot all be deleted."""
    return peopled_database(servers, f"batches_{os.getpid()}")


@pytest.fixture
def means(database: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Means]:
    """Give what jobs work with, two rows at a time."""
    monkeypatch.setattr(work, "_BATCH", 2)
    settings = Settings.read(
        {
            "GONGDI_ENV": "test",
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            **KEYS,
            "GONGDI_PUBLIC_URL": "http://localhost",
            "GONGDI_PHOTO_DIR": str(tmp_path),
        }
    )
    engine = engine_for(settings)
    yield Means(engine, local_store(settings.photo_dir), AuditKeys.of(settings), Sealer.of(settings))
    engine.dispose()


def test_visits_that_no_admin_can_be_told_of_hold_up_no_other(means: Means) -> None:
    with Session(means.engine) as session:
        form = write_form(session)
        for area_code in (NOBODYS, NOBODYS, NOBODYS, GRID, GRID, GRID):
            care = write_care(session, resident_id=write_resident(session))
            write_not_reached(session, care, form, area_code)

    assert [run(tell_not_reached, means), run(tell_not_reached, means)] == [3, 0]
    with Session(means.engine) as session:
        urgent = Notice.kind == NoticeKind.VISIT_URGENT
        told = session.scalars(select(Notice.user_id).where(urgent)).all()
        by_transaction = select(func.count()).where(urgent).group_by(literal_column("notices.xmin::text"))
        batches = session.scalars(by_transaction.order_by(func.min(Notice.id.cast(Text)))).all()
    assert told == [person("admin").user_id] * 3
    assert batches == [1, 2]
    assert facts_of(means, "tell_not_reached") == [{}, {}], "how many they are is not in the trail"


def test_accounts_that_are_kept_hold_up_no_other(means: Means) -> None:
    with Session(means.engine) as session:
        for number in range(3):
            city = Area(code=f"43{number}9", name="城", level=AreaLevel.CITY)
            session.add(city)
            session.flush()
            write_staff(session, Role.SYSTEM_ADMIN, city.code, BEFORE + timedelta(days=number))
        unused = [
            write_staff(session, Role.GRID_WORKER, "4309", BEFORE + timedelta(days=days))
            for days in (9, 7, 8)
        ]
        session.commit()

    with clock.set_to(LONG_AGO + timedelta(days=30)):
        figures = [run(disable_unused_accounts, means), run(disable_unused_accounts, means)]

    assert figures == [3, 0]
    with Session(means.engine) as session:
        disabled = session.scalars(select(User.id).where(User.disabled_at.is_not(None)))
        assert set(disabled) == set(unused)
    assert facts_of(means, "disable_unused_accounts") == [{"count": 1}, {"count": 2}]


def test_requests_that_were_told_of_hold_up_no_other(means: Means) -> None:
    with Session(means.engine) as session:
        for name in ("worker", "lead", "clerk"):
            write_request(session, name)
        session.commit()
        first = [run(tell_of_waiting_requests, means), run(tell_of_waiting_requests, means)]
        for name in ("neighbour", "resident"):
            write_request(session, name)
        session.commit()

    assert first == [3, 0]
    assert [run(tell_of_waiting_requests, means), run(tell_of_waiting_requests, means)] == [2, 0]


def test_holders_are_asked_for_once_for_all_requests_of_a_batch(
    means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(session: Session, area_code: str, roles: set[Role]) -> set[UUID]:
        asked.append(area_code)
        return holders(session, area_code, roles)

    monkeypatch.setattr(waiting_requests, "holders", counted)
    with Session(means.engine) as session:
        for name in ("system", "security", "auditor"):
            write_request(session, name)
        done, _ = waiting_requests.tell_of_waiting_requests(session, limit=200)

    assert (done >= 3, asked) == (True, [HOME])


def facts_of(means: Means, job: str) -> list[dict[str, Any]]:
    """Give what a job's entries in the audit trail say that it did, batch by batch."""
    with Session(means.engine) as session:
        query = select(AuditEntry.facts).where(AuditEntry.action == f"job:{job}")
        return list(session.scalars(query.order_by(AuditEntry.id)))


def write_staff(session: Session, role: Role, area_code: str, since: datetime) -> UUID:
    """Add somebody with a post, who never signed in."""
    user = User(id=new_id(), area_code=area_code, name="赵六", content_hash=b"", created_at=since)
    session.add(user)
    session.flush()
    session.add(
        Grant(
            id=new_id(),
            user_id=user.id,
            role=role,
            area_code=area_code,
            valid_from=since,
            content_hash=b"",
            created_at=since,
        )
    )
    return user.id


def write_request(session: Session, name: str) -> None:
    """Add a request to be bound that nobody was told of."""
    session.add(
        BindingRequest(
            id=new_id(),
            area_code=HOME,
            user_id=person(name).user_id,
            name="王小兰",
            door="101",
            note="",
            asked_at=now(),
            content_hash=b"",
        )
    )
    session.flush()
