"""An installation of a test's own, whose database is backed up and restored as a whole."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from app.adapters import local_store
from app.audit import AuditKeys
from app.cli.commands import commands
from app.config import Settings
from app.ids import new_id
from app.jobs.work import Means
from app.models import User
from app.sealing import Sealer
from dev.servers import Servers
from tests.cast import person
from tests.conftest import NO_RATES
from tests.databases import copied_database, peopled_database
from tests.sealer import KEYS

ONE = User.id == person("resident").user_id


@dataclass
class Place:
    """An installation of its own, whose database is backed up and restored as a whole."""

    servers: Servers
    environ: dict[str, str]
    folder: Path

    def __post_init__(self) -> None:
        self.settings = Settings.read(self.environ)
        self.engine = create_engine(self.settings.database_url)

    @property
    def list(self) -> Path:
        assert self.settings.redelete_list is not None
        return self.settings.redelete_list

    @property
    def means(self) -> Means:
        return Means(
            self.engine,
            local_store(self.settings.photo_dir),
            AuditKeys.of(self.settings),
            Sealer.of(self.settings),
            self.settings.audit_copies,
            redelete_list=self.list,
        )

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(commands, list(arguments), env=self.environ)

    def backup(self) -> str:
        """Copy database and photo folder."""
        self.engine.dispose()
        shutil.copytree(self.settings.photo_dir, self.folder / "backup", dirs_exist_ok=True)
        name = f"redelete_backup_{os.getpid()}_{new_id().hex[-6:]}"
        return copied_database(self.servers, self.environ["DATABASE_URL"], name)

    def restored(self, backup: str) -> "Place":
        """Put the backup in the place of what is there; the list stays as it is."""
        self.engine.dispose()
        shutil.copytree(self.folder / "backup", self.settings.photo_dir, dirs_exist_ok=True)
        name = f"redelete_restored_{os.getpid()}_{new_id().hex[-6:]}"
        url = copied_database(self.servers, backup, name)
        return Place(self.servers, self.environ | {"DATABASE_URL": url}, self.folder)


def new_place(servers: Servers, redis_url: str, folder: Path) -> Place:
    """Make an installation with the cast in it."""
    url = peopled_database(servers, f"redelete_{os.getpid()}_{new_id().hex[-6:]}")
    return Place(servers, environment(url, redis_url, folder), folder)


def environment(database_url: str, redis_url: str, folder: Path) -> dict[str, str]:
    """Give the settings of an installation that keeps its files in this folder."""
    (folder / "photos").mkdir()
    return {
        "GONGDI_ENV": "test",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        **KEYS,
        **NO_RATES,
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": str(folder / "photos"),
        "GONGDI_AUDIT_COPIES": str(folder / "checkpoints"),
        "GONGDI_REDELETE_LIST": str(folder / "removals"),
    }


def write_removal(place: Place) -> None:
    """Take a phone off an account."""
    with Session(place.engine) as session:
        for index, sealed in ((b"before", b"x"), (None, None)):
            session.execute(update(User).values(phone_index=index, phone_sealed=sealed).where(ONE))
            session.commit()
