"""Real PostgreSQL and Valkey for every test; each test's writes are rolled back."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator

import psycopg
import pytest
import structlog
from flask import Flask
from redis import Redis
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from structlog.dev import ConsoleRenderer, plain_traceback

from app.api.http.limits import limiter
from app.api.http.parts import EXTENSION
from app.clock import set_to
from app.config import Settings
from app.db import db
from app.factory import create_app
from app.models import Area, AreaLevel, Checklist, Grant, Notice, Plan
from dev.servers import Servers, libpq_url, servers_for_tests
from tests import cast
from tests.client import Client
from tests.databases import peopled_database
from tests.fakes.wechat.control import WeChatFake
from tests.hazard_world import Take, write_checklist
from tests.notices.spelled_out import is_spelled_out
from tests.plan_world import NEXT_GRID, START, in_china, make, write_plan
from tests.sealer import KEYS
from tests.snapshot import counted

NO_RATES = {
    "GONGDI_USER_READS_A_MINUTE": "1000000",
    "GONGDI_USER_WRITES_A_MINUTE": "1000000",
    "GONGDI_ADDRESS_REQUESTS_A_MINUTE": "1000000",
}
"""Rates that no test comes near; those that are about rates set their own."""
_LAST_REDIS = 15
"""Of the databases that a Redis has unless told otherwise; the runners have the first ones."""
*_BEFORE, _ = structlog.get_config()["processors"]
structlog.configure(processors=[*_BEFORE, ConsoleRenderer(exception_formatter=plain_traceback)])
"""Faults are told without the variables on the way, as in production: one of them may be a code sent."""


def pytest_collection_finish() -> None:
    """Keep the collected tests, which stay to the end, out of every later search for garbage.

    They are millions of objects: each search of all of them stops a runner for seconds.
    """
    gc.collect()
    gc.freeze()


@event.listens_for(Notice, "before_insert")
def _hold_that_it_has_words(_mapper: object, _connection: object, notice: Notice) -> None:
    """Fail whichever test writes a notice of which nobody thought what its reader reads."""
    assert is_spelled_out(notice.kind, notice.data), f"no words for {notice.kind} {notice.data}"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Give the servers of this run: those the runner started, or fresh ones."""
    with servers_for_tests() as running:
        yield running


@pytest.fixture(scope="session")
def runner() -> str:
    """Name this one of the processes that run the tests."""
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(scope="session")
def redis_url(servers: Servers, runner: str) -> str:
    """Give the address of a Redis database of this runner's own."""
    return f"{servers.redis_url.rpartition('/')[0]}/{runner.removeprefix('gw')}"


@pytest.fixture(scope="module")
def served_redis_url(servers: Servers, runner: str) -> str:
    """Give the address of an empty Redis database for what is served beside the tests, for one module.

    Nearly every test begins by emptying the rate limits of its runner's own, whichever runner that is.
    """
    address = f"{servers.redis_url.rpartition('/')[0]}/{_LAST_REDIS - int(runner.removeprefix('gw'))}"
    with Redis.from_url(address) as client:
        client.flushdb()
    return address


@pytest.fixture(scope="session")
def settings(
    servers: Servers, runner: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Give settings with a migrated database of this runner's own, peopled with the cast."""
    name = f"test_{runner}_{os.getpid()}"
    return Settings.read(
        {
            "GONGDI_ENV": "test",
            "DATABASE_URL": peopled_database(servers, name),
            "REDIS_URL": redis_url,
            **KEYS,
            "GONGDI_PUBLIC_URL": "http://localhost",
            "GONGDI_PHOTO_DIR": str(tmp_path_factory.mktemp("photos")),
            **NO_RATES,
        }
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """Give the application under test."""
    made = create_app(settings)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """Give an engine on the test database, for what must really commit."""
    made = create_engine(settings.database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def onlooker(settings: Settings) -> Iterator[psycopg.Connection]:
    """Give a connection to the test database beside all others, which sees what was committed."""
    with psycopg.connect(libpq_url(settings.database_url), autocommit=True) as made:
        yield made


@pytest.fixture(scope="module")
def swept(engine: Engine) -> Iterator[None]:
    """Give back the room of a module's many rows: each later look at a table would read through it all.

    They were rolled back, and so were no rows that PostgreSQL sees to by itself.
    """
    yield
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


@pytest.fixture(scope="session")
def running_wechat() -> Iterator[WeChatFake]:
    """Give the fake WeChat of this worker, a process of its own."""
    fake = WeChatFake().start()
    yield fake
    fake.stop()


@pytest.fixture
def wechat(running_wechat: WeChatFake) -> WeChatFake:
    """Give the fake WeChat as if it had just been started."""
    running_wechat.reset()
    return running_wechat


@pytest.fixture
def connection(app: Flask, engine: Engine, settings: Settings) -> Iterator[Connection]:
    """Put the application on one connection whose transaction is rolled back after the test.

    Rate limits start anew. Its photos go with their rows.
    """
    with app.app_context():
        limiter.reset()
    parts = app.extensions[EXTENSION]
    for key in parts.redis.scan_iter("rate:*", count=1000):
        parts.redis.delete(key)
    parts.rates._left.clear()  # noqa: SLF001 - a test that turns the clock often uses up the minute's shares
    with engine.connect() as made:
        outer = made.begin()
        factory = sessionmaker(bind=made, join_transaction_mode="create_savepoint", expire_on_commit=False)
        real = db.session
        db.session = scoped_session(factory)  # type: ignore[arg-type]
        yield made
        db.session.remove()
        db.session = real
        outer.rollback()
    for folder in settings.photo_dir.iterdir():
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nothing_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no test that really commits leave rows behind, which those after it would find."""
    if "settings" not in request.fixturenames or "connection" in request.fixturenames:
        yield
        return
    onlooker = request.getfixturevalue("onlooker")
    before = counted(onlooker)
    yield
    after = counted(onlooker)
    assert {name: rows - before[name] for name, rows in after.items() if rows != before[name]} == {}


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """Give a session beside the application's: commit before calling the application."""
    with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as made:
        yield made


@pytest.fixture
def be(app: Flask, connection: Connection) -> Callable[[str | None], Client]:
    """Be anybody of the cast: ``be("admin")``; None is a visitor."""
    assert connection is not None

    def become(name: str | None) -> Client:
        return Client(app, cast.person(name) if name else None)

    return become


@pytest.fixture
def take(be: Callable[[str | None], Client]) -> Take:
    """Take steps on hazards as anybody of the cast."""
    return Take(be)


@pytest.fixture
def visitor(be: Callable[[str | None], Client]) -> Client:
    """Be somebody without an account."""
    return be(None)


@pytest.fixture
def worker(be: Callable[[str | None], Client]) -> Client:
    """Be the grid worker of the first grid."""
    return be("worker")


@pytest.fixture
def colleague(be: Callable[[str | None], Client]) -> Client:
    """Be a grid worker of the whole community."""
    return be("colleague")


@pytest.fixture
def admin(be: Callable[[str | None], Client]) -> Client:
    """Be the community admin."""
    return be("admin")


@pytest.fixture
def far_admin(be: Callable[[str | None], Client]) -> Client:
    """Be the admin of a community in another county."""
    return be("far_admin")


@pytest.fixture
def resident(be: Callable[[str | None], Client]) -> Client:
    """Be a resident with an account."""
    return be("resident")


@pytest.fixture
def checklist(session: Session) -> Checklist:
    """Give a list in force for the buildings of the county."""
    return write_checklist(session)


@pytest.fixture
def plan(session: Session, checklist: Checklist) -> Plan:
    """Give a daily plan with its two weeks made on the first morning."""
    made = write_plan(session, checklist)
    with set_to(in_china(START, "06:00")):
        make(session, made.id)
    return made


@pytest.fixture
def next_grid(session: Session) -> str:
    """Let the colleague have a post over the other grid of the community only."""
    session.add(Area(code=NEXT_GRID, name="第二网格", level=AreaLevel.GRID, parent_code=cast.HOME))
    session.flush()
    session.get_one(Grant, cast.named("grant colleague")).area_code = NEXT_GRID
    session.commit()
    return NEXT_GRID
