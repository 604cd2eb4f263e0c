"""With Redis away each process looks after its own token."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from app.adapters import connect
from app.adapters.wechat import (
    RiskScene,
    WeChat,
    WeChatTokenError,
)
from dev.servers import valkey
from tests.fakes.wechat.control import Person, WeChatFake
from tests.wechat.conftest import Open

TOKEN = "/cgi-bin/stable_token"
RISK = "/wxa/getuserriskrank"


@pytest.fixture
def known(fake: WeChatFake, lan: Person) -> Person:
    """Be somebody whose rank is known."""
    fake.visit(lan)
    return lan


def rank(client: WeChat, person: Person) -> int:
    return client.mini.risk_rank(person.openid, RiskScene.BONUS, client_ip="203.0.113.7")


def forced(fake: WeChatFake) -> int:
    return sum(entry.body["force_refresh"] for entry in fake.journal(TOKEN))


def counts(fake: WeChatFake) -> tuple[int, int]:
    """Return token calls and API calls so far."""
    return fake.calls(TOKEN), fake.calls(RISK)


@pytest.fixture
def lost_redis(tmp_path: Path) -> Iterator[redis.Redis]:
    """Give a Redis that is stopped."""
    with valkey(tmp_path / "valkey") as url:
        pass
    with connect(url) as client:
        yield client


def test_without_redis_each_process_has_its_own_token(
    open_client: Open, fake: WeChatFake, known: Person, lost_redis: redis.Redis
) -> None:
    """S-48: with Redis down, 20 threads of one process still make one fetch."""
    client = open_client(client=lost_redis)
    together = threading.Barrier(20)

    def ask(_: int) -> int:
        together.wait()
        return rank(client, known)

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(ask, range(20))) == [0] * 20
    assert counts(fake) == (1, 20)


def test_without_redis_a_refused_token_is_fetched_anew_and_never_forced(
    open_client: Open, fake: WeChatFake, known: Person, lost_redis: redis.Redis
) -> None:
    """S-50: nobody can count forced refreshes without Redis, so there is none."""
    client = open_client(client=lost_redis)
    rank(client, known)
    fake.supersede_token()
    assert rank(client, known) == 0
    fake.poison_token()
    with pytest.raises(WeChatTokenError):
        rank(client, known)

    assert forced(fake) == 0
