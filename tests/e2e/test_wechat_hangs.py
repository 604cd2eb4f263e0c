"""WeChat says nothing, or answers late: whoever does not need it goes on, through gunicorn."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.identity import HASHER, sealed_phone
from app.models import User
from app.sealing import Sealer
from dev.demo import demo_settings
from dev.servers import Servers
from dev.web import serving
from dev.wechat import APPS
from tests.cast import person
from tests.databases import peopled_database
from tests.fakes.wechat.control import Person, WeChatFake

pytestmark = pytest.mark.xdist_group("served")
LOGIN = "/sns/jscode2session"
PHONE, PASSWORD = "13900001111", "十二个字以上的密码才行哦"
PLACES = 3
"""Of eight threads, for requests that wait for WeChat."""
MANY = 40
SOON_S = 2.0
"""A second, on a machine that does much else."""
PATIENCE_S = 60
_PHONES = count(1)


@pytest.fixture(scope="module")
def home(
    servers: Servers,
    served_redis_url: str,
    running_wechat: WeChatFake,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Serve the cast, one of whom has a password, by one process of eight threads; give the address."""
    database_url = peopled_database(servers, f"wechat_hangs_{os.getpid()}")
    folder = tmp_path_factory.mktemp("served")
    settings = {
        **demo_settings(database_url, served_redis_url, folder),
        **APPS,
        "GONGDI_WECHAT_BASE_URL": running_wechat.url,
        "GONGDI_WECHAT_LOGIN_URL": running_wechat.url,
        "GONGDI_WORKERS": "1",
        "GONGDI_PROXY_HOPS": "1",
        "GONGDI_THREADS": "8",
    }
    read = Settings.read(settings)
    engine = create_engine(read.database_url)
    with Session(engine) as session:
        worker = session.get_one(User, person("worker").user_id)
        for name, value in sealed_phone(Sealer.of(read), worker.id, PHONE).items():
            setattr(worker, name, value)
        worker.password_hash, worker.password_set_at = HASHER.hash(PASSWORD), clock.now()
        session.commit()
    engine.dispose()
    log: Path = folder / "web.log"
    with serving(settings, log=log) as address:
        yield address


@pytest.fixture
def lan(wechat: WeChatFake) -> Person:
    return wechat.user("lan")


def by_wechat(home: str, code: str) -> requests.Response:
    """Sign in from an address of one's own: one address has sixty sign-ins a minute."""
    at = {"X-Forwarded-For": f"2001:db8::{next(_PHONES):x}"}
    return requests.post(f"{home}/v1/sessions/wechat", json={"code": code}, headers=at, timeout=PATIENCE_S)


def slowest_s(home: str) -> float:
    """Do what needs no WeChat for three seconds; give how long the longest of it took."""
    took_s = []
    shown = {"Authorization": f"Bearer {person('worker').token}"}
    until_s = time.monotonic() + 3
    while time.monotonic() < until_s:
        began_s = time.monotonic()
        me = requests.get(f"{home}/v1/me", headers=shown, timeout=PATIENCE_S)
        took_s.append(time.monotonic() - began_s)
        assert me.status_code == 200, me.text
        time.sleep(0.1)
    began_s = time.monotonic()
    opened = requests.post(
        f"{home}/v1/sessions", json={"phone": PHONE, "password": PASSWORD}, timeout=PATIENCE_S
    )
    took_s.append(time.monotonic() - began_s)
    assert opened.status_code == 201, opened.text
    return max(took_s)


def test_a_silent_wechat_takes_a_few_threads_only(home: str, wechat: WeChatFake, lan: Person) -> None:
    """S-52: forty sign-ins at once hang or are told so; /v1/me and a password are answered meanwhile."""
    codes = [wechat.login_code(lan) for _ in range(MANY)]
    wechat.chance("*", 1, "timeout", seconds=5)

    with ThreadPoolExecutor(MANY) as phones:
        began_s = time.monotonic()
        pending = [phones.submit(by_wechat, home, code) for code in codes]
        longest_s = slowest_s(home)
        told = sum(one.done() for one in pending)
        lasted_s = time.monotonic() - began_s
        answers = [one.result() for one in pending]

    assert longest_s < SOON_S
    assert lasted_s < 5, "too slow a machine to say anything: they were done before"
    assert told == MANY - PLACES
    assert wechat.calls(LOGIN) == PLACES
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(503, "wechat_away")}
    assert {one.headers["Retry-After"] for one in answers} == {"5"}


def test_a_slow_wechat_takes_a_few_threads_only(home: str, wechat: WeChatFake, lan: Person) -> None:
    """S-52: late answers are successes, so no circuit opens; still they hold a share of threads only."""
    codes = [wechat.login_code(lan) for _ in range(MANY)]
    wechat.chance(LOGIN, 1, "slow", seconds=3)

    with ThreadPoolExecutor(MANY) as phones:
        pending: list[Future[requests.Response]] = []

        def come_one_by_one() -> None:
            for code in codes:
                pending.append(phones.submit(by_wechat, home, code))
                time.sleep(0.1)

        coming = phones.submit(come_one_by_one)
        longest_s = slowest_s(home)
        coming.result()
        statuses = [one.result().status_code for one in pending]

    assert longest_s < SOON_S
    assert set(statuses) == {201, 503}
    assert statuses.count(201) == wechat.calls(LOGIN)


def test_a_quick_wechat_serves_a_crowd(home: str, wechat: WeChatFake, lan: Person) -> None:
    """Whoever finds every place taken waits a moment, and is not sent away."""
    codes = [wechat.login_code(lan) for _ in range(8)]

    with ThreadPoolExecutor(8) as phones:
        statuses = [one.status_code for one in phones.map(lambda code: by_wechat(home, code), codes)]

    assert statuses == [201] * 8
