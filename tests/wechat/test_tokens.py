"""The access token: one for all, renewed in time, replaced once, forced seldom."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import requests

from app.adapters.wechat import (
    RiskScene,
    WeChat,
    WeChatConfigurationError,
    WeChatError,
    WeChatTokenError,
    WeChatUnreachableError,
)
from app.clock import now
from tests.architecture.sources import ROOT, trees
from tests.fakes.wechat.control import MINI_APPID, MINI_SECRET, Person, WeChatFake
from tests.wechat.conftest import Open

TOKEN = "/cgi-bin/stable_token"
RISK = "/wxa/getuserriskrank"
NAME = f"wechat:{MINI_APPID}:token"
Later = Callable[[float], None]


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


def test_the_token_is_fetched_once_and_then_shared(
    open_client: Open, fake: WeChatFake, known: Person
) -> None:
    for client in (open_client(), open_client()):
        assert [rank(client, known), rank(client, known)] == [0, 0]

    assert counts(fake) == (1, 4)
    assert [entry.body["force_refresh"] for entry in fake.journal(TOKEN)] == [False]
    assert fake.flags() == []


def test_redis_holds_the_token_sealed(
    client: WeChat, open_client: Open, fake: WeChatFake, known: Person, store: redis.Redis
) -> None:
    rank(client, known)
    body = {"grant_type": "client_credential", "appid": MINI_APPID, "secret": MINI_SECRET}
    token = requests.post(f"{fake.url}{TOKEN}", json=body, timeout=5).json()["access_token"]
    sealed = store.get(NAME)
    assert isinstance(sealed, bytes)
    assert token.encode()[:16] not in sealed
    ttl = store.ttl(NAME)
    assert isinstance(ttl, int)
    assert 7000 < ttl <= 7200

    store.set(NAME, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    fake.clear_journal()
    assert rank(open_client(), known) == 0
    assert counts(fake) == (1, 1)


def test_a_token_nearly_due_is_renewed(client: WeChat, fake: WeChatFake, known: Person, later: Later) -> None:
    """S-49: renewed before 300 s are left: at 6,900 s not yet, at 6,901 s it is."""
    fake.visit(known)
    rank(client, known)
    later(6900)
    rank(client, known)
    assert fake.calls(TOKEN) == 1
    later(1)
    rank(client, known)
    assert (fake.calls(TOKEN), forced(fake)) == (2, 0)
    assert len({entry.query["access_token"] for entry in fake.journal(RISK)}) == 2


def test_the_old_token_is_used_while_it_is_renewed(
    open_client: Open, fake: WeChatFake, known: Person, later: Later, store: redis.Redis
) -> None:
    """S-49: whoever finds the lock taken uses the old token meanwhile."""
    fake.visit(known)
    rank(open_client(), known)
    later(6901)
    store.set(f"{NAME}:lock", "somebody else's", px=10_000)
    began = time.monotonic()
    rank(open_client(), known)

    assert time.monotonic() - began < 2
    assert fake.calls(TOKEN) == 1
    assert len({entry.query["access_token"] for entry in fake.journal(RISK)}) == 1


def test_the_old_token_is_used_when_it_cannot_be_renewed(
    open_client: Open, fake: WeChatFake, known: Person, later: Later
) -> None:
    """S-49: as long as it holds, a renewal that fails stops nobody."""
    fake.visit(known)
    rank(open_client(), known)
    later(6901)
    fake.fault(TOKEN, "html_502")
    rank(open_client(), known)
    assert counts(fake) == (2, 2)
    later(300)
    fake.fault(TOKEN, "html_502")
    with pytest.raises(WeChatError):
        rank(open_client(), known)


def test_a_token_somebody_else_renewed_is_taken_from_redis(
    open_client: Open, fake: WeChatFake, known: Person
) -> None:
    one, other = open_client(), open_client()
    assert (rank(one, known), rank(other, known)) == (0, 0)
    fake.supersede_token()
    fake.clear_journal()
    assert rank(one, known) == 0
    assert counts(fake) == (1, 2)
    assert rank(other, known) == 0
    assert counts(fake) == (1, 4)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_refused_token_is_fetched_anew_once(
    client: WeChat, fake: WeChatFake, known: Person, errcode: int
) -> None:
    """S-47: one fetch in normal mode and one repetition heal an ordinary loss."""
    rank(client, known)
    fake.supersede_token()
    fake.fault(RISK, "errcode", errcode=errcode)
    fake.clear_journal()

    assert rank(client, known) == 0
    assert (*counts(fake), forced(fake)) == (1, 2, 0)


def test_no_answer_is_repeated_after_a_refused_token_twice(
    client: WeChat, fake: WeChatFake, known: Person
) -> None:
    """S-47: sticky 40001 with a token fetched before: two token calls, two API calls, a typed error."""
    rank(client, known)
    fake.sticky_40001()
    fake.clear_journal()
    with pytest.raises(WeChatTokenError) as caught:
        rank(client, known)

    assert caught.value.errcode == 40001
    assert counts(fake) == (2, 2)


def test_sticky_40001_from_a_cold_start(client: WeChat, fake: WeChatFake, known: Person) -> None:
    """S-47: sticky 40001 from a cold cache: at most two token calls and two API calls, each time."""
    fake.sticky_40001()
    for _ in range(5):
        fake.clear_journal()
        with pytest.raises(WeChatTokenError):
            rank(client, known)
        tokens, calls = counts(fake)
        assert 1 <= calls <= 2
        assert tokens <= 2


def test_a_token_that_comes_back_refused_is_forced_once(
    client: WeChat, fake: WeChatFake, known: Person
) -> None:
    """S-50: the guarded path: the normal mode gives the refused token again, so one forced refresh."""
    rank(client, known)
    fake.poison_token()
    fake.clear_journal()

    assert rank(client, known) == 0
    assert counts(fake) == (2, 2)
    assert [entry.body["force_refresh"] for entry in fake.journal(TOKEN)] == [False, True]


def test_forcing_waits_thirty_seconds_across_processes(
    open_client: Open, fake: WeChatFake, known: Person, later: Later
) -> None:
    """S-50: at least 30 s apart, whichever process asks."""
    fake.visit(known)
    rank(open_client(), known)
    fake.poison_token()
    rank(open_client(), known)
    assert forced(fake) == 1
    fake.poison_token()
    later(29)
    with pytest.raises(WeChatTokenError):
        rank(open_client(), known)
    assert forced(fake) == 1
    later(1)
    assert rank(open_client(), known) == 0
    assert forced(fake) == 2


def test_forcing_ends_after_twenty_a_day(
    client: WeChat, fake: WeChatFake, known: Person, later: Later
) -> None:
    """S-50: at most 20 a day: a drill in which every token leaks at once."""
    later(float(24 * 60 * 60 - (now().timestamp() + 8 * 60 * 60) % (24 * 60 * 60)))
    fake.visit(known)
    rank(client, known)
    for _ in range(25):
        later(31)
        fake.poison_token()
        try:
            rank(client, known)
        except WeChatTokenError:
            continue
    assert forced(fake) == 20
    assert [entry.errcode for entry in fake.journal(TOKEN) if entry.errcode] == []

    later(24 * 60 * 60)
    fake.visit(known)
    rank(client, known)
    fake.poison_token()
    assert rank(client, known) == 0
    assert forced(fake) == 21


def test_only_the_guarded_path_forces() -> None:
    """S-50: static: force_refresh is named in one file, and asked for at one place of it."""
    files = [path for path in trees() if "force_refresh" in (ROOT / path).read_text(encoding="utf-8")]
    assert files == ["app/adapters/wechat/access_token.py"]
    source = (ROOT / files[0]).read_text(encoding="utf-8")
    assert source.count("force=True") == 1
    assert "self._fetch(until, force=True) if self._may_force() else None" in source


def test_busy_token_calls_are_repeated(client: WeChat, fake: WeChatFake, known: Person) -> None:
    fake.fault(TOKEN, "busy", times=2)

    assert rank(client, known) == 0
    assert counts(fake) == (3, 1)


def test_a_wrong_secret_is_told_as_such(open_client: Open, fake: WeChatFake, known: Person) -> None:
    with pytest.raises(WeChatConfigurationError) as caught:
        rank(open_client(secret="0" * 32), known)

    assert (caught.value.errcode, counts(fake)) == (40125, (1, 0))


def test_a_winner_that_fails_does_not_strand_the_others(
    open_client: Open, fake: WeChatFake, known: Person
) -> None:
    """S-48: whoever waited for a fetch that failed makes the next one."""
    clients = [open_client() for _ in range(4)]
    fake.fault(TOKEN, "html_502")
    together = threading.Barrier(4)

    def ask(client: WeChat) -> str:
        together.wait()
        try:
            return str(rank(client, known))
        except WeChatError as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(ask, clients)) == ["0", "0", "0", "WeChatAnswerError"]
    assert fake.calls(TOKEN) == 2


def test_without_wechat_and_without_a_token_the_error_is_typed(
    open_client: Open, fake: WeChatFake, known: Person
) -> None:
    with fake.refusing_url() as url, pytest.raises(WeChatUnreachableError):
        rank(open_client(url), known)
