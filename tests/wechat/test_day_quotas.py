"""A day's quota that is used up (45009) is asked for once, not once by everybody until midnight in China."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import redis

from app.adapters import connect
from app.adapters.wechat import RiskScene, WeChat, WeChatConfigurationError, WeChatQuotaError
from app.clock import now, set_to
from tests.fakes.wechat.control import H5_APPID, MINI_APPID, Person, WeChatFake
from tests.wechat.conftest import Open

LOGIN = "/sns/jscode2session"
RISK = "/wxa/getuserriskrank"
TOKEN = "/cgi-bin/stable_token"
CLEAR = "/cgi-bin/clear_quota/v2"
TEN_AT_NIGHT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
"""In China; two hours before the day ends there."""
Move = Callable[[timedelta], None]


@pytest.fixture
def passed(fake: WeChatFake) -> Iterator[Move]:
    """Stand at ten at night in China, WeChat and we, and move on from there."""
    with ExitStack() as moments:

        def move(by: timedelta) -> None:
            fake.set_clock((TEN_AT_NIGHT + by).timestamp())
            moments.enter_context(set_to(TEN_AT_NIGHT + by))

        move(timedelta())
        yield move


def rank(client: WeChat, person: Person) -> int:
    return client.mini.risk_rank(person.openid, RiskScene.BONUS, client_ip="203.0.113.7")


def refused(client: WeChat, person: Person) -> WeChatQuotaError:
    with pytest.raises(WeChatQuotaError) as caught:
        rank(client, person)
    assert (caught.value.call, caught.value.errcode) == (RISK, 45009)
    assert caught.value.retry_after_s is not None
    return caught.value


def test_what_is_used_up_is_asked_once_by_all_processes(
    open_client: Open, fake: WeChatFake, lan: Person, passed: Move
) -> None:
    """S-46, S-52: the first 45009 holds for every process, until midnight in China and no longer."""
    one, other = open_client(), open_client()
    fake.visit(lan)
    fake.quota(RISK, per_day=1)
    assert rank(one, lan) == 0
    first = refused(one, lan)
    later = [refused(client, lan) for client in (one, other, open_client())]

    assert fake.calls(RISK) == 2, "one that went through, and one that was refused"
    assert {error.retry_after_s for error in (first, *later)} == {7201}
    passed(timedelta(hours=1, minutes=59, seconds=50))
    assert refused(other, lan).retry_after_s in range(10, 13)
    assert fake.calls(RISK) == 2
    passed(timedelta(hours=2, seconds=3))
    fake.visit(lan)
    assert rank(other, lan) == 0


@pytest.mark.usefixtures("passed")
def test_other_calls_and_other_apps_go_on(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-52: WeChat counts by call and by app, and so do we."""
    fake.visit(lan)
    fake.fault(RISK, "errcode", errcode=45009)
    refused(client, lan)
    assert client.mini.code2session(fake.login_code(lan)).openid == lan.openid

    fake.fault(TOKEN, "errcode", errcode=45009)
    assert client.web is not None
    with pytest.raises(WeChatQuotaError):
        client.web.sign_page("https://gongdi.example.cn/")
    refused(client, lan)
    assert [set(line.used_up()) for line in client.lines] == [{RISK}, {TOKEN}]


def test_a_quota_of_the_minute_closes_nothing(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-46: 45011 may be one person's own, and is over in a minute: the next one asks."""
    fake.fault(LOGIN, "errcode", errcode=45011)
    with pytest.raises(WeChatQuotaError):
        client.mini.code2session(fake.login_code(lan))

    assert client.mini.code2session(fake.login_code(lan)).openid == lan.openid


def test_just_after_midnight_it_is_not_believed_for_the_whole_day(
    client: WeChat, fake: WeChatFake, lan: Person, passed: Move
) -> None:
    """WeChat's day may end a moment after ours: what it says then may be about yesterday."""
    passed(timedelta(hours=2, seconds=1))
    fake.visit(lan)
    fake.fault(RISK, "errcode", errcode=45009)
    assert refused(client, lan).retry_after_s in range(295, 301)
    passed(timedelta(hours=2, minutes=5, seconds=3))

    assert rank(client, lan) == 0


@pytest.mark.usefixtures("passed")
def test_twenty_forced_tokens_do_not_end_the_ordinary_ones(
    open_client: Open, fake: WeChatFake, lan: Person, store: redis.Redis
) -> None:
    """S-50: the forced mode has a limit of its own, which somebody else with our appid may use up."""
    client = open_client()
    fake.visit(lan)
    rank(client, lan)
    fake.poison_token()
    fake.faults(TOKEN, [None, {"kind": "errcode", "errcode": 45009}])
    with pytest.raises(WeChatQuotaError):
        rank(client, lan)
    assert list(client.lines[0].used_up()) == [f"{TOKEN} forced"]
    fake.supersede_token()
    store.delete(f"wechat:{MINI_APPID}:token")

    assert rank(open_client(), lan) == 0


def test_a_token_that_cannot_be_renewed_for_want_of_quota_is_used_to_its_end(
    client: WeChat, fake: WeChatFake, lan: Person, passed: Move
) -> None:
    """S-49: the old token is good for another five minutes."""
    fake.visit(lan)
    rank(client, lan)
    passed(timedelta(seconds=7200 - 200))
    fake.visit(lan)
    fake.fault(TOKEN, "errcode", errcode=45009)

    assert rank(client, lan) == 0
    assert [entry.errcode for entry in fake.journal(TOKEN)] == [None, 45009]


@pytest.mark.usefixtures("passed")
def test_without_redis_each_process_learns_for_itself(
    open_client: Open, fake: WeChatFake, lan: Person
) -> None:
    """S-52: Redis holds nothing that is needed."""
    nowhere = connect("redis://127.0.0.1:1/0")
    one, other = open_client(client=nowhere), open_client(client=nowhere)
    fake.visit(lan)
    fake.chance(RISK, 1, "errcode", errcode=45009)
    for client in (one, one, one, other, other):
        refused(client, lan)

    assert fake.calls(RISK) == 2


@pytest.mark.usefixtures("passed")
def test_quotas_can_be_begun_anew_and_every_process_asks_again(
    open_client: Open, fake: WeChatFake, lan: Person
) -> None:
    """F8: ten times a month WeChat lets an app begin anew, by its AppSecret alone."""
    one, other = open_client(), open_client()
    fake.visit(lan)
    fake.quota(RISK, per_day=1)
    rank(one, lan)
    refused(one, lan)
    other.lines[0].begin_anew()

    assert rank(one, lan) == 0
    assert fake.journal(CLEAR)[0].body["appid"] == MINI_APPID
    assert fake.flags() == []
    for _ in range(9):
        other.lines[0].begin_anew()
    rank(one, lan)
    refused(one, lan)
    with pytest.raises(WeChatConfigurationError) as caught:
        other.lines[0].begin_anew()
    assert caught.value.errcode == 48006
    assert list(one.lines[0].used_up()) == [RISK], "what WeChat did not clear stays closed"
    assert other.lines[1].appid == H5_APPID
    assert other.lines[1].used_up() == {}


def test_nothing_lasts_longer_than_the_day(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """The note goes from Redis by itself."""
    fake.visit(lan)
    fake.fault(RISK, "errcode", errcode=45009)
    with pytest.raises(WeChatQuotaError) as caught:
        rank(client, lan)
    (until,) = client.lines[0].used_up().values()

    assert caught.value.retry_after_s is not None
    assert timedelta(0) < until - now() <= timedelta(seconds=caught.value.retry_after_s + 2)
