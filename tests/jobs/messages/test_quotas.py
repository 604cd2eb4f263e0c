"""The day's quota of messages: heard once, listed, and begun anew by a command."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.adapters import connect
from app.cli.commands import commands
from app.clock import now, set_to
from app.jobs.messages import send_messages
from app.jobs.work import Means
from app.models import SendState
from tests.fakes.wechat.control import H5_APPID, H5_SECRET, MINI_APPID, MINI_SECRET, Person, WeChatFake
from tests.jobs.messages.world import SEND, credit, link, notice, states


@pytest.fixture
def with_wechat(environ: dict[str, str], fake: WeChatFake) -> Iterator[dict[str, str]]:
    """Give the settings of an installation with a mini-program and a service account."""
    yield environ | {
        "GONGDI_WECHAT_APPID": MINI_APPID,
        "GONGDI_WECHAT_SECRET": MINI_SECRET,
        "GONGDI_WECHAT_WEB_APPID": H5_APPID,
        "GONGDI_WECHAT_WEB_SECRET": H5_SECRET,
        "GONGDI_WECHAT_BASE_URL": fake.url,
    }
    with connect(environ["REDIS_URL"]) as client:
        client.delete(f"wechat:{MINI_APPID}:used_up", f"wechat:{H5_APPID}:used_up")


def test_the_quota_costs_one_call_however_often_the_job_runs(
    session: Session, job: Means, fake: WeChatFake, wei: Person, at: Callable[[timedelta], object]
) -> None:
    """S-58: 45009 is heard once; each later notice waits for the same midnight, unasked."""
    of = link(session, job, wei)
    fake.chance(SEND, 1, "errcode", errcode=45009)
    at(timedelta())
    for minute in range(3):
        with set_to(now() + timedelta(minutes=minute)):
            credit(session, fake, wei, of)
            notice(session)
            assert send_messages(job) == 0

    assert fake.calls(SEND) == 1
    assert {state for state, _, _ in states(session)} == {SendState.WAITING}


def run(environ: dict[str, str], *options: str) -> tuple[int, str]:
    found = CliRunner().invoke(commands, ["wechat-quotas", *options], env=environ)
    return found.exit_code, found.output


def test_used_up_quotas_are_listed_and_can_be_begun_anew(
    with_wechat: dict[str, str], fake: WeChatFake
) -> None:
    """F8: `wechat-quotas --clear` begins both apps' quotas anew, ten times a month."""
    assert run(with_wechat) == (0, "No call has used up its day.\n")
    until = now() + timedelta(hours=1)
    with connect(with_wechat["REDIS_URL"]) as client:
        client.hset(f"wechat:{MINI_APPID}:used_up", SEND, str(int(until.timestamp())))
    listed, cleared, again = run(with_wechat), run(with_wechat, "--clear"), run(with_wechat)
    for _ in range(9):
        run(with_wechat, "--clear")
    too_often = run(with_wechat, "--clear")

    assert listed[0] == 1
    assert listed[1].startswith(f"{MINI_APPID}  {SEND}  until 20")
    assert listed[1].endswith("+08:00\n1 calls wait for a new day.\n")
    assert (cleared[0], again[0]) == (0, 0)
    assert too_often[0] == 1
    assert f"WeChat did not begin the quotas of {MINI_APPID} anew" in too_often[1]
    assert "48006" in too_often[1]
    assert [secret for secret in (MINI_SECRET, H5_SECRET) if secret in too_often[1]] == []
    assert fake.flags() == []


def test_without_wechat_or_redis_the_command_says_so(
    environ: dict[str, str], with_wechat: dict[str, str]
) -> None:
    assert "does without WeChat" in run(environ)[1]
    assert "Redis, which knows of the quotas" in run(with_wechat | {"REDIS_URL": "redis://127.0.0.1:1/0"})[1]
