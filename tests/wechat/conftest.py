"""A fake WeChat in a process of its own, a real Valkey, and our client between them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import redis

from app.adapters import connect, wechat
from app.adapters.wechat import WeChat
from app.clock import now, set_to
from tests.fakes.wechat.control import Person, WeChatFake
from tests.wechat.installation import HOSTS, SECRET_KEY, settings_for

Open = Callable[..., WeChat]


@pytest.fixture(scope="session")
def running_fake() -> Iterator[WeChatFake]:
    fake = WeChatFake().start()
    yield fake
    assert fake.stop() == 0


@pytest.fixture
def fake(running_fake: WeChatFake) -> WeChatFake:
    """Give a fake that knows nobody and does nothing wrong."""
    running_fake.reset()
    return running_fake


@pytest.fixture
def store(redis_url: str) -> Iterator[redis.Redis]:
    """Give a Redis without anything of WeChat's in it."""
    with connect(redis_url) as client:
        keys = list(client.scan_iter("wechat:*"))
        if keys:
            client.delete(*keys)
        yield client


@pytest.fixture
def open_client(fake: WeChatFake, store: redis.Redis) -> Open:
    """Open a client as another process would: it remembers nothing."""

    def opened(url: str = "", client: redis.Redis = store, **changes: object) -> WeChat:
        settings = settings_for(url or fake.url, **changes)
        made = wechat.open_wechat(settings, client, secret_key=SECRET_KEY, hosts=HOSTS)
        assert made is not None
        return made

    return opened


@pytest.fixture
def client(open_client: Open) -> WeChat:
    return open_client()


@pytest.fixture
def lan(fake: WeChatFake) -> Person:
    """Be somebody with WeChat and a phone."""
    return fake.user("lan", phone="13900000001")


@pytest.fixture
def later(fake: WeChatFake) -> Iterator[Callable[[float], None]]:
    """Let time pass, for WeChat and for us, from a fixed moment on."""
    began_at = datetime.fromtimestamp(int(now().timestamp()), UTC)
    fake.set_clock(began_at.timestamp())
    passed_s = 0.0
    with ExitStack() as moments:
        moments.enter_context(set_to(began_at))

        def pass_s(seconds: float) -> None:
            nonlocal passed_s
            passed_s += seconds
            fake.advance(seconds)
            moments.enter_context(set_to(began_at + timedelta(seconds=passed_s)))

        yield pass_s
