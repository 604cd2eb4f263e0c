"""What WeChat answers, or does not: nothing goes out twice, nothing is lost in silence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.cli.commands import commands
from app.clock import now, set_to
from app.ids import new_id
from app.jobs.messages import forget_old_sends, send_messages
from app.jobs.work import Means
from app.messages.sending import INTERRUPTED_AFTER, WAITS
from app.models import (
    CreditEnding,
    Notice,
    NoticeKind,
    SendState,
)
from tests.fakes.wechat.control import Person, WeChatFake
from tests.jobs.messages.world import (
    OTHER,
    SEND,
    TEMPLATES,
    URGENT,
    credit,
    endings,
    link,
    notice,
    sends,
    states,
)

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.mark.parametrize("fault", ["lost", "html_502", "truncated", "reset", "empty"])
def test_what_may_have_gone_out_is_never_sent_again(
    session: Session, job: Means, fake: WeChatFake, wei: Person, fault: str
) -> None:
    """S-58: no whole answer: the state is unknown, the credit stays spent, and no second one goes out."""
    of = link(session, job, wei)
    for _ in range(2):
        credit(session, fake, wei, of)
    notice(session)
    fake.fault(SEND, fault)
    send_messages(job)
    with set_to(now() + timedelta(hours=1)):
        again = send_messages(job)

    assert (again, fake.calls(SEND)) == (0, 1)
    assert [state for state, _, _ in states(session)] == [SendState.UNKNOWN]
    assert endings(session) == [CreditEnding.SPENT, None]


def test_what_was_being_sent_when_its_sender_died_is_not_sent_again(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-58: "sending" and the spent credit are committed before WeChat is asked."""
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    notice(session)
    seen: list[tuple[SendState, CreditEnding | None]] = []

    class DiedError(BaseException):
        pass

    class Dying:
        template_ids, long_term = dict(TEMPLATES), frozenset[str]()

        def send_message(self, *_: Any) -> None:
            seen.append((sends(session)[0].state, endings(session)[0]))
            raise DiedError

    dying = Means(job.engine, job.photos, job.audit_keys, job.sealer)
    object.__setattr__(dying, "mini", Dying())
    with pytest.raises(DiedError):
        send_messages(dying)
    figures = [send_messages(job)]
    with set_to(now() + INTERRUPTED_AFTER + timedelta(minutes=1)):
        figures.append(send_messages(job))

    assert seen == [(SendState.SENDING, CreditEnding.SPENT)]
    assert (figures, fake.calls(SEND)) == ([0, 0], 0)
    assert states(session) == [(SendState.UNKNOWN, "interrupted", None)]


@pytest.mark.parametrize("errcode, fault", [(-1, "WeChatBusyError"), (45011, "WeChatQuotaError")])
def test_what_surely_did_not_go_out_is_tried_again_later(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    at: Callable[[timedelta], datetime],
    errcode: int,
    fault: str,
) -> None:
    """S-58: busy, or too many a minute: it waits a minute and goes out, for the same credit."""
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    notice(session)
    fake.fault(SEND, "errcode", errcode=errcode)
    at(timedelta())
    first = send_messages(job), states(session), send_messages(job)
    at(timedelta(minutes=1, seconds=1))
    second = send_messages(job)

    assert first == (0, [(SendState.WAITING, fault, errcode)], 0)
    assert (second, fake.calls(SEND)) == (1, 2)
    assert [state for state, _, _ in states(session)] == [SendState.SENT]
    assert endings(session) == [CreditEnding.SPENT]


def test_the_days_quota_ends_the_run_until_midnight_in_china(
    session: Session, job: Means, fake: WeChatFake, wei: Person, at: Callable[[timedelta], datetime]
) -> None:
    """S-58: 45009: nothing else is tried in this run, and this one not before the next day."""
    of = link(session, job, wei)
    for kind in (NoticeKind.VISIT_URGENT, OTHER):
        credit(session, fake, wei, of)
        notice(session, kind=kind)
    fake.fault(SEND, "errcode", errcode=45009)
    at(timedelta())
    send_messages(job)
    (row,) = sends(session)

    assert fake.calls(SEND) == 1
    assert (row.state, row.errcode) == (SendState.WAITING, 45009)
    assert row.next_try_at is not None
    midnight = (row.next_try_at + timedelta(hours=8)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert timedelta() <= (row.next_try_at + timedelta(hours=8)) - midnight < timedelta(minutes=2)


def test_wechat_away_keeps_notices_and_the_job_goes_on_later(
    session: Session, job: Means, sending: Callable[..., Means], fake: WeChatFake, wei: Person
) -> None:
    """S-52: no connection: the inbox has the notices, and they go out when WeChat is back."""
    of = link(session, job, wei)
    for kind in (NoticeKind.VISIT_URGENT, OTHER):
        credit(session, fake, wei, of)
        notice(session, kind=kind)
    with fake.refusing_url() as nowhere:
        away = send_messages(sending(base_url=nowhere))
    waiting = states(session)
    with set_to(now() + timedelta(minutes=2)):
        back = send_messages(job)

    assert (away, back) == (0, 2)
    assert waiting == [(SendState.WAITING, "WeChatUnreachableError", None)], "one try ended the run"
    assert [state for state, _, _ in states(session)] == [SendState.SENT] * 2
    assert len(session.scalars(select(Notice)).all()) == 2


def test_a_token_that_cannot_be_had_is_no_message_gone_astray(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-58: the timeout is the token's, before anything was sent: it is tried again."""
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    notice(session)
    fake.fault("/cgi-bin/stable_token", "html_502", times=3)

    assert send_messages(job) == 0
    assert fake.calls(SEND) == 0
    assert states(session) == [(SendState.WAITING, "WeChatAnswerError", None)]


def test_wechat_away_too_long_is_given_up_and_the_credit_returned(
    session: Session, job: Means, fake: WeChatFake, wei: Person, at: Callable[[timedelta], datetime]
) -> None:
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    notice(session)
    fake.chance(SEND, 1, "busy")
    passed = timedelta()
    with capture_logs() as said:
        for wait in (timedelta(), *WAITS):
            passed += wait + timedelta(seconds=1)
            at(passed)
            send_messages(job)

    assert states(session) == [(SendState.FAILED, "WeChatBusyError", -1)]
    assert sends(session)[0].tries == len(WAITS) + 1
    assert endings(session) == [None]
    errors = [one for one in said if one["log_level"] == "error"]
    assert [(one["event"], one["errcode"]) for one in errors] == [("message_failed", -1)]
    assert wei.openid not in str(said)


@pytest.mark.parametrize("errcode, calls", [(40037, 1), (43107, 1), (47003, 2), (45168, 2)])
def test_what_an_operator_must_see_to_is_listed_and_can_be_tried_anew(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    environ: dict[str, str],
    errcode: int,
    calls: int,
) -> None:
    """S-58: a template that is refused rests for the run; a single message's fault stops no other."""
    of = link(session, job, wei)
    for kind in (NoticeKind.VISIT_URGENT, OTHER):
        credit(session, fake, wei, of)
        notice(session, kind=kind)
    fake.fault(SEND, "errcode", errcode=errcode, times=calls)
    figure = send_messages(job)
    failed = [row for row in sends(session) if row.state is SendState.FAILED]
    listed = CliRunner().invoke(commands, ["wechat-messages"], env=environ)
    again = CliRunner().invoke(commands, ["wechat-messages", "--again", str(failed[0].id)], env=environ)
    unknown = CliRunner().invoke(commands, ["wechat-messages", "--again", str(new_id())], env=environ)

    assert (figure, fake.calls(SEND), len(failed)) == (0, calls, calls)
    assert {row.errcode for row in failed} == {errcode}
    assert endings(session) == [None] * 2, "what did not go out costs nothing"
    lines = listed.output.splitlines()
    assert (listed.exit_code, len(lines)) == (1, calls + 1)
    assert lines[-1] == f"{calls} messages failed for good."
    assert all(line.endswith(f"  1 tries  WeChatConfigurationError  {errcode}") for line in lines[:-1])
    assert wei.openid not in listed.output
    assert again.exit_code == (1 if calls > 1 else 0)
    assert (unknown.exit_code, "There is no message" in unknown.output) == (1, True)
    assert send_messages(job) == 3 - calls, "the one revived, and the one that rested"


def test_a_long_term_template_is_accepted_once_for_all(
    session: Session, sending: Callable[..., Means], fake: WeChatFake, wei: Person
) -> None:
    """S-58: one-time credits are spent one per message, long-term ones are not."""
    fake.template(URGENT, "thing1", "time2", long_term=True)
    job = sending(long_term=frozenset({URGENT}))
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    for kind in (NoticeKind.VISIT_URGENT, OTHER, NoticeKind.VISIT_URGENT):
        notice(session, kind=kind)

    assert send_messages(job) == 2
    assert endings(session) == [None]


def test_without_wechat_the_job_does_nothing(session: Session, means: Means) -> None:
    notice(session)

    assert send_messages(means) == 0
    assert sends(session) == []


def test_old_rows_go(session: Session, job: Means, fake: WeChatFake, wei: Person) -> None:
    """S-81: sendings and spent credits go after ninety days; what still counts stays."""
    of = link(session, job, wei)
    for _ in range(2):
        credit(session, fake, wei, of)
    notice(session)
    send_messages(job)
    figures = []
    for days in (89, 91):
        with set_to(now() + timedelta(days=days)):
            figures.append(forget_old_sends(job))

    assert figures == [0, 2]
    assert sends(session) == []
    assert endings(session) == [None]
