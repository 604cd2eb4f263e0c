"""A database that only the jobs' tests write: modules that use it carry the group ``jobs``."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.adapters import local_store
from app.audit import AuditKeys
from app.config import Settings
from app.db import engine_for
from app.jobs.work import Means
from app.sealing import Sealer
from dev.servers import Servers
from tests.databases import peopled_database
from tests.jobs.scheduler_process import Scheduler
from tests.points_town import Town, build_town, tear_down
from tests.sealer import KEYS


@pytest.fixture(scope="session")
def jobs_database(servers: Servers) -> str:
    """Give the address of a migrated database, peopled with the cast."""
    return peopled_database(servers, f"jobs_{os.getpid()}")


@pytest.fixture
def environ(jobs_database: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """Give the variables of a scheduler, with a photo folder of this test."""
    return {
        "GONGDI_ENV": "test",
        "DATABASE_URL": jobs_database,
        "REDIS_URL": redis_url,
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": str(tmp_path / "photos"),
    }


@pytest.fixture
def means(environ: dict[str, str]) -> Iterator[Means]:
    """Give what the scheduler's process would give its jobs."""
    settings = Settings.read(environ)
    engine = engine_for(settings)
    yield Means(engine, local_store(settings.photo_dir), AuditKeys.of(settings), Sealer.of(settings))
    engine.dispose()


@pytest.fixture
def town(means: Means) -> Iterator[Town]:
    """Give a committed community of two households; it is deleted afterwards."""
    with Session(means.engine, expire_on_commit=False) as session:
        made = build_town(session)
        assert len(made.accounts) == 2  # they are made when they are first asked for
        session.commit()
        yield made
        tear_down(made)


@pytest.fixture
def start(environ: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Scheduler]]:
    """Start real schedulers; those that still run afterwards are killed."""
    started: list[Scheduler] = []

    def begin() -> Scheduler:
        started.append(Scheduler(environ, tmp_path / f"scheduler-{len(started)}.log"))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
