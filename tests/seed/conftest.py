"""The real seed, run once into a database of its own: modules that use it carry the group ``seed``."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from app.adapters import local_store
from app.cli.commands import commands
from app.cli.seed.loading import load
from app.config import Settings
from app.db import transaction
from app.models import Area
from app.sealing import Sealer
from dev.servers import Servers
from tests.databases import migrated_database
from tests.sealer import KEYS

DAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Seeded:
    """A database with the demo data of DAY, and how it came there."""

    environ: dict[str, str]
    left_by_interruption: int
    """Areas after a first seed that was interrupted."""
    output: str

    @property
    def settings(self) -> Settings:
        """Give the settings that lead to it."""
        return Settings.read(self.environ)

    def run(self, *arguments: str, **changes: str) -> Result:
        """Run a command of the application on it."""
        return CliRunner().invoke(commands, list(arguments), env=self.environ | changes)


@pytest.fixture(scope="session")
def seeded(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """Interrupt one seed, then run another to its end."""
    environ = {
        "GONGDI_ENV": "test",
        "DATABASE_URL": migrated_database(servers, f"seed_{os.getpid()}"),
        "REDIS_URL": servers.redis_url,
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": str(tmp_path_factory.mktemp("seed-photos")),
    }
    settings = Settings.read(environ)
    engine = create_engine(settings.database_url)
    left = _interrupted_seed(engine, settings)
    engine.dispose()
    result = CliRunner().invoke(commands, ["seed", "--day", DAY.isoformat()], env=environ)
    assert result.exit_code == 0, result.output
    return Seeded(environ, left, result.output)


@pytest.fixture(scope="module")
def session(seeded: Seeded) -> Iterator[Session]:
    """Read the seeded database; nothing is kept."""
    engine = create_engine(seeded.settings.database_url)
    with Session(engine) as made:
        yield made
    engine.dispose()


def _interrupted_seed(engine: Engine, settings: Settings) -> int:
    """Press Ctrl-C in the middle of writing; give how many areas are left in the database."""

    def tell(step: str, share: float) -> None:
        if (step, share > 0) == ("records", True):
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        Session(engine) as session,
        transaction(session),
    ):
        load(session, local_store(settings.photo_dir), Sealer.of(settings), day=DAY, seed=1, tell=tell)
    with Session(engine) as session:
        return session.scalars(select(func.count()).select_from(Area)).one()
