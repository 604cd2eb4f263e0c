"""How many requests a minute one person and one address may make."""

import contextlib
import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from redis import Redis

from app.adapters import connect
from app.api.http.rates import Rates, TooManyRequestsError
from app.clock import now, set_to
from app.config import RateSettings, Settings
from app.ids import new_id
from dev.web import serving
from tests.cast import person
from tests.client import Client
from tests.races.together import at_once
from tests.sealer import KEYS

AppWith = Callable[..., Flask]
WIDE = 1_000_000


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    """Let no minute end on the way."""
    with set_to(now().replace(second=15)):
        yield


@pytest.fixture
def name() -> str:
    """Give a name under which nothing was counted before."""
    return str(new_id())


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    with connect(settings.redis_url) as client:
        yield client


def taken(rates: Rates, name: str, limit: int, asked: int) -> int:
    """Ask as often, and give how often it was granted."""
    granted = 0
    for _ in range(asked):
        with contextlib.suppress(TooManyRequestsError):
            rates.count("reads", name, limit)
            granted += 1
    return granted


def test_a_person_who_asks_too_much_waits(app_with: AppWith, session: object) -> None:
    """S-126: per user, by class: reads, writes, and what a machine would guess at; with Retry-After."""
    assert session is not None
    client = Client(app_with(rates=RateSettings(7, 3, WIDE)), person("clerk"))
    guess = f"/v1/redemptions/{new_id()}/hand-over"

    reads = [client.get("/v1/me") for _ in range(8)]
    guesses = [client.post(guess, json={}).status_code for _ in range(31)]
    writes = [client.put(f"/v1/users/{new_id()}", json={}).status_code for _ in range(4)]

    assert [answer.status_code for answer in reads] == [200] * 7 + [429]
    assert (reads[-1].json["code"], reads[-1].headers["Retry-After"]) == ("too_many_requests", "45")
    assert guesses == [422] * 30 + [429], "a class of its own"
    assert writes == [403] * 3 + [429], "what is refused counts too"


def test_an_address_that_asks_too_much_waits_signed_in_or_not(app_with: AppWith, address: str) -> None:
    """S-126: per IP, before anything else is done; the probes of a load balancer are not counted."""
    app = app_with(rates=RateSettings(WIDE, WIDE, 4))

    def ask(path: str, at: str = address, **headers: str) -> int:
        options: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": at}, "headers": headers}
        return Client(app, None).get(path, **options).status_code

    assert [ask(path) for path in ("/v1/me", "/v1/castles", "/q/x", "/favicon.ico")] == [401, 404, 404, 200]
    assert ask("/v1/me") == ask("/v1/me", Authorization="Bearer x") == ask("/q/x") == 429
    assert ask("/healthz") == 200
    assert ask("/v1/me", at="10.256.0.2") == 401, "another address is not held back"


def test_a_forged_address_changes_nothing(app_with: AppWith, address: str) -> None:
    """S-127: only what our own proxy says of the address counts, and without a proxy nothing is believed."""

    def ask(app: Flask, forwarded: str, at: str) -> int:
        options: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": at}}
        headers = {"X-Forwarded-For": forwarded, "X-Real-IP": forwarded, "Forwarded": f"for={forwarded}"}
        return Client(app, None).get("/v1/me", headers=headers, **options).status_code

    direct = app_with(rates=RateSettings(WIDE, WIDE, 5))
    assert [ask(direct, f"192.0.2.{n}", address) for n in range(6)] == [401] * 5 + [429]
    behind = app_with(rates=RateSettings(WIDE, WIDE, 6), proxy_hops=1)
    assert [ask(behind, f"192.0.2.{n}, {address}", "10.0.0.1") for n in range(7)] == [401] * 6 + [429]


def test_a_new_minute_begins_anew(redis: Redis, name: str) -> None:
    rates = Rates(redis, b"key")
    assert taken(rates, name, 3, 5) == 3

    with set_to(now() + timedelta(minutes=1)):
        assert taken(rates, name, 3, 5) == 3


@pytest.mark.parametrize("limit", [1, 7, 20, 39, 40, 1200])
def test_processes_together_grant_no_more_than_the_limit(redis: Redis, name: str, limit: int) -> None:
    """S-126: shared: what one process did not take is left to the others, and none passes the limit."""
    one, other = Rates(redis, b"key"), Rates(redis, b"key")
    half = limit // 2

    granted = taken(one, name, limit, half) + taken(other, name, limit, 2 * limit)

    unused = -half % max(1, limit // 20)
    assert granted == limit - unused
    assert taken(one, name, limit, 2 * limit) == unused


def test_threads_that_come_at_once_share_a_share(redis: Redis, name: str) -> None:
    """S-126: each took a twentieth for itself, and the minute was over after twenty of them."""
    rates = Rates(redis, b"key")

    assert sum(at_once([partial(taken, rates, name, 1200, 1) for _ in range(40)])) == 40


def test_a_process_asks_redis_for_a_share_at_once(redis: Redis, name: str) -> None:
    rates = Rates(redis, b"key")
    before = _commands(redis)

    assert taken(rates, name, 1200, 600) == 600

    assert _commands(redis) - before - 1 == 2 * 10


def _commands(redis: Redis) -> int:
    """Give how many commands our one connection was sent; a share takes two, asking this takes one."""
    return int(redis.client_info()["tot-cmds"])


def test_redis_knows_neither_names_nor_addresses(redis: Redis, name: str) -> None:
    rates = Rates(redis, b"key")
    assert taken(rates, name, 5, 1) == 1
    (key,) = list(redis.scan_iter("rate:reads:5:*"))

    assert name not in key.decode()
    assert 0 < int(redis.ttl(key)) <= 120
    redis.delete(key)


def test_without_redis_a_process_counts_for_itself(name: str) -> None:
    with connect("redis://127.0.0.1:1/0") as nowhere:
        rates = Rates(nowhere, b"key")

        assert taken(rates, name, 50, 200) == 50


def test_a_redis_that_fails_is_left_alone_for_a_while() -> None:
    """S-126: or each request would wait until it fails once more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        hung_up: list[None] = []
        Thread(target=_hang_up, args=(listening, hung_up), daemon=True).start()
        with connect(f"redis://127.0.0.1:{listening.getsockname()[1]}/0") as failing:
            rates = Rates(failing, b"key")
            assert taken(rates, "first", 50, 1) == 1
            tried = len(hung_up)

            assert [taken(rates, f"next {n}", 50, 1) for n in range(5)] == [1] * 5
            assert len(hung_up) == tried > 0
        listening.shutdown(socket.SHUT_RDWR)


def _hang_up(listening: socket.socket, hung_up: list[None]) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = listening.accept()
            hung_up.append(None)
            caller.close()


@pytest.fixture
def two_servers(settings: Settings, tmp_path: Path) -> Iterator[list[str]]:
    """Serve twice, by processes of their own on one Redis, six requests a minute from an address."""
    environ = {
        "GONGDI_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://127.0.0.1",
        "GONGDI_PHOTO_DIR": str(settings.photo_dir),
        "GONGDI_WORKERS": "1",
        "GONGDI_PROXY_HOPS": "1",
        "GONGDI_ADDRESS_REQUESTS_A_MINUTE": "6",
    }
    with ExitStack() as running:
        yield [running.enter_context(serving(environ, log=tmp_path / f"{n}.log")) for n in "ab"]


def test_two_workers_share_a_limit(two_servers: list[str], address: str) -> None:
    """S-126: limit shared by 2 workers, as real processes: the seventh request waits, whoever is asked."""

    def ask(server: str, at: str) -> int:
        connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/v1/me", headers={"X-Forwarded-For": at})
            return connection.getresponse().status

    for attempt in range(3):  # a minute may end on the way, by their own clocks, but not each time
        statuses = [ask(server, f"{address}{attempt}") for _ in range(4) for server in two_servers]
        if statuses == [HTTPStatus.UNAUTHORIZED] * 6 + [HTTPStatus.TOO_MANY_REQUESTS] * 2:
            return
    pytest.fail(f"never: {statuses}")
