"""The main path over HTTP against gunicorn, on a seeded database, with a reply lost after commit."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from app import points
from app.clock import now
from app.models import Hazard, HazardStatus, Inspection, Photo, Transfer
from dev.app_command import app_command
from dev.demo import demo_settings, walk_over_http
from dev.servers import Servers, ensure_database
from dev.signals import StopSignals


@pytest.fixture(scope="module")
def seeded(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the settings of a seeded database of its own."""
    settings = demo_settings(
        ensure_database(servers.database_url, "test_main_path"),
        servers.redis_url,
        tmp_path_factory.mktemp("photos"),
    )
    signals, log = StopSignals(), Path(settings["GONGDI_PHOTO_DIR"]) / "cli.log"
    app_command(["migrate"], settings, signals, log=log)
    app_command(["seed"], settings, signals, log=log)
    return settings


@pytest.mark.xdist_group("seeded")
def test_the_main_path_ends_with_the_right_balance(seeded: dict[str, str]) -> None:
    engine = create_engine(seeded["DATABASE_URL"])
    started, before = now(), _counts(engine)
    said: list[str] = []

    walk = walk_over_http(seeded, say=said.append)

    after = _counts(engine)
    assert walk.worker.repeated == 1, "one reply was lost, and the same PUT sent again"
    assert after["inspections"] - before["inspections"] == 1, "sent twice, filed once"
    assert after["photos"] - before["photos"] == 5
    assert walk.earned == 3
    with Session(engine) as session:
        earned = session.scalars(
            select(Transfer.amount).where(
                Transfer.resident_id == UUID(walk.resident.me["resident_id"]), Transfer.at >= started
            )
        ).all()
        assert sorted(earned) == [1, 2], "one for the claim, two for the report, each once"
        hazard = session.get_one(Hazard, walk.hazard_id)
        assert (hazard.status, hazard.recheck_failures) == (HazardStatus.CLOSED, 1)
        assert points.reconcile(session) == []
    engine.dispose()
    assert any("balance" in line for line in said)


def _counts(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Inspection, Photo)
        }
