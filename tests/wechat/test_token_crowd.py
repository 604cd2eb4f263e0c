"""Many threads of several processes, and no token yet."""

import json
import subprocess
import sys

import redis

from tests.architecture.sources import ROOT
from tests.fakes.wechat.control import Person, WeChatFake

PROCESSES, THREADS = 4, 50


def test_a_cold_start_of_all_workers_fetches_one_token(
    fake: WeChatFake, store: redis.Redis, redis_url: str, lan: Person
) -> None:
    """S-48: 50 threads in each of 4 processes with a cold cache make exactly one token fetch."""
    assert list(store.scan_iter("wechat:*")) == []
    fake.visit(lan)
    crowd = [redis_url, fake.url, lan.openid, str(PROCESSES), str(THREADS)]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.wechat.crowd", *crowd],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert json.loads(ended.stdout.splitlines()[-1]) == ["0"] * (PROCESSES * THREADS)
    assert fake.calls("/cgi-bin/stable_token") == 1
    assert fake.calls("/wxa/getuserriskrank") == PROCESSES * THREADS
