"""What drills are held on: a settlement without a history, served, and a line to it that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine

from app import migrating
from app.cli.seed import catalogue
from app.cli.seed.rows import Rows
from app.cli.seed.sealing import seal
from app.cli.seed.settlement import add_site
from app.cli.seed.site import BIG_SITE
from app.cli.seed.staff import add_staff
from app.cli.seed.world import World
from app.clock import business_day, now
from app.config import Settings
from app.db import engine_for, sessions_for, transaction
from app.sealing import Sealer
from dev.demo import demo_settings
from dev.lossy import LossyProxy, lossy_proxy
from dev.servers import ensure_database, scratch, scratch_servers
from dev.sign_in import sign_in
from dev.web import serving

_SINCE = timedelta(days=30)


@dataclass(frozen=True)
class Bare:
    """Servers and a database without a table."""

    variables: dict[str, str]
    settings: Settings
    engine: Engine
    folder: Path

    @property
    def photos(self) -> Path:
        """The folder of the photo files."""
        return self.folder / "photos"


@dataclass(frozen=True)
class Ground:
    """A settlement that is served, and the ways to it."""

    world: World
    engine: Engine
    settings: Settings
    photos: Path
    """The folder of the photo files."""
    address: str
    """Of the application itself."""
    line: LossyProxy
    """Before it; how it fails is the drill's to say."""

    @property
    def far_address(self) -> str:
        """Of the application by way of the line."""
        return f"http://127.0.0.1:{self.line.port}"

    def sign_in(self, user_id: UUID) -> str:
        """Open a session for somebody; give its token."""
        with transaction(sessions_for(self.engine)()) as session:
            return sign_in(session, user_id)


@contextmanager
def bare_ground() -> Iterator[Bare]:
    """Start servers for one drill, and take all of it away at the end, however it ends."""
    with scratch_servers() as servers, scratch() as folder:
        url = ensure_database(servers.database_url, "gongdi_drill")
        variables = demo_settings(url, servers.redis_url, folder / "photos")
        settings = Settings.read(variables)
        engine = engine_for(settings)
        try:
            yield Bare(variables, settings, engine, folder)
        finally:
            engine.dispose()


@contextmanager
def ground(*, households: int) -> Iterator[Ground]:
    """Build a settlement of so many households on servers of its own, and take all of it away at the end."""
    with bare_ground() as bare:
        world = settle(bare.engine, Sealer.of(bare.settings), households)
        with (
            serving(bare.variables, log=bare.folder / "web.log") as address,
            lossy_proxy(urlsplit(address).port or 0) as line,
        ):
            yield Ground(world, bare.engine, bare.settings, bare.photos, address, line)


def settle(engine: Engine, sealer: Sealer, households: int) -> World:
    """Write a settlement of so many households as it is now."""
    with engine.connect() as connection:
        migrating.upgrade(connection)
        connection.commit()
    since, until = now() - _SINCE, now()
    rng, world, rows = Random(1), World(), Rows()
    catalogue.add_areas(rows)
    catalogue.add_checklists(rows, since)
    catalogue.add_visit_forms(rows, since)
    catalogue.add_rules(rows, business_day(since))
    add_staff(rows, world, rng, since=since, until=until, password="", rng_of_codes=rng)
    people = households * BIG_SITE.people // BIG_SITE.households
    site = replace(BIG_SITE, households=households, people=people)
    add_site(rows, world, rng, site, since=since, until=until, password="")
    seal(rows, sealer)
    with transaction(sessions_for(engine)()) as session:
        for table in rows.tables():
            rows.write(session, table)
    return world
