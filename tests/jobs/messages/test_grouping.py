"""Many notices, one message."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import SHANGHAI, now, set_to
from app.ids import new_id
from app.jobs.messages import send_messages
from app.jobs.work import Means
from app.models import CreditEnding, Hazard, HazardStatus, NoticeKind, SendState
from tests.cast import person
from tests.counting import statements
from tests.fakes.wechat.control import Person, WeChatFake
from tests.jobs.messages.world import (
    SEND,
    URGENT,
    credit,
    endings,
    link,
    notice,
    sends,
    states,
)
from tests.wechat.installation import TEMPLATE_ID

pytestmark = pytest.mark.xdist_group("jobs")


def test_many_of_a_kind_are_one_message_for_one_credit(
    session: Session, job: Means, fake: WeChatFake, wei: Person, assign: Callable[..., Hazard]
) -> None:
    """S-58: thirty hazards given out in a row ring once: how many, where, and the first deadline."""
    of = link(session, job, wei)
    for _ in range(2):
        credit(session, fake, wei, of, TEMPLATE_ID)
    for days in (5, 2, 9):
        assign(due_in_days=days)
    figures = [send_messages(job), send_messages(job)]

    (entry,) = fake.journal(SEND)
    first = (now() + timedelta(days=2)).astimezone(SHANGHAI)
    assert figures == [1, 0]
    assert entry.body["data"]["thing1"] == {"value": "3项隐患待整改"}
    assert entry.body["data"]["time3"]["value"].startswith(f"{first.year}年{first.month}月{first.day}日")
    assert [state for state, _, _ in states(session)] == [SendState.SENT, *[SendState.JOINED] * 2]
    assert {row.with_id for row in sends(session)[1:]} == {sends(session)[0].id}
    assert sorted(map(str, endings(session))) == ["None", "spent"]
    assert fake.flags() == []


def test_what_many_tell_of_is_read_at_once(
    session: Session, job: Means, fake: WeChatFake, wei: Person, assign: Callable[..., Hazard]
) -> None:
    of = link(session, job, wei)
    reads: list[int] = []
    for number in (2, 8):
        credit(session, fake, wei, of, TEMPLATE_ID)
        for _ in range(number):
            assign(due_in_days=5)
        with statements(job.engine) as sent:
            assert send_messages(job) == 1
        reads.append(len([one for one in sent if one.startswith("SELECT")]))

    assert reads[0] == reads[1]


def test_the_first_waits_for_others_and_takes_the_newest_along(
    session: Session, job: Means, fake: WeChatFake, wei: Person, assign: Callable[..., Hazard]
) -> None:
    """Nothing rings while somebody still gives out a row of them; then all go, the last one as well."""
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    assign(timedelta(minutes=9))
    before = send_messages(job)
    with set_to(now() + timedelta(minutes=2)):
        assign(timedelta(seconds=1))
        after = send_messages(job)

    assert (before, after) == (0, 1)
    assert fake.journal(SEND)[0].body["data"]["thing1"] == {"value": "2项隐患待整改"}


def test_what_is_read_or_settled_is_not_counted(
    session: Session, job: Means, fake: WeChatFake, wei: Person, assign: Callable[..., Hazard]
) -> None:
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    assign()
    other = assign()
    other.assignee_id = person("admin").user_id
    session.commit()
    notice(session, kind=NoticeKind.HAZARD_ASSIGNED, data={"hazard_id": str(new_id())}, read_at=now())

    assert send_messages(job) == 1
    assert fake.journal(SEND)[0].body["data"]["thing1"] == {"value": "有一项隐患待整改"}


def test_what_comes_while_a_message_waits_goes_with_it(
    session: Session, job: Means, fake: WeChatFake, wei: Person, at: Callable[[timedelta], datetime]
) -> None:
    """WeChat is busy, more comes, and it is still one message and one credit."""
    of = link(session, job, wei)
    for _ in range(2):
        credit(session, fake, wei, of)
    notice(session)
    fake.fault(SEND, "errcode", errcode=-1)
    at(timedelta())
    first = send_messages(job)
    with set_to(now() + timedelta(seconds=70)):
        notice(session)
        second = send_messages(job)

    assert (first, second, fake.calls(SEND)) == (0, 1, 2)
    assert fake.journal(SEND)[-1].body["data"]["thing1"] == {"value": "2项走访需要尽快处理"}
    assert sorted(map(str, endings(session))) == ["None", "spent"]


def test_when_the_first_is_settled_the_others_go_by_themselves(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    at: Callable[[timedelta], datetime],
) -> None:
    """The message that waited is dropped with its first notice; what was to go along is not lost."""
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    first, _ = assign(), assign()
    fake.fault(SEND, "errcode", errcode=-1)
    at(timedelta())
    send_messages(job)
    first.status = HazardStatus.CLOSED
    session.commit()
    at(timedelta(seconds=70))
    figures = [send_messages(job), send_messages(job)]

    assert sum(figures) == 1
    assert fake.journal(SEND)[-1].body["data"]["thing1"] == {"value": "有一项隐患待整改"}
    assert sorted(state for state, _, _ in states(session)) == [SendState.DROPPED, SendState.SENT]
    assert endings(session) == [CreditEnding.SPENT]


def test_two_senders_at_once_send_one_message(
    session: Session, sending: Callable[..., Means], fake: WeChatFake, wei: Person
) -> None:
    """S-58: two schedulers, without the job's own lock: each notice is told of once."""
    fake.template(URGENT, "thing1", "time2", long_term=True)
    jobs = [sending(long_term=frozenset({URGENT})) for _ in range(2)]
    of = link(session, jobs[0], wei)
    credit(session, fake, wei, of)
    for _ in range(6):
        notice(session)
    begun, figures, moment = threading.Barrier(2), list[int](), now()

    def run(job: Means) -> None:
        with set_to(moment):
            begun.wait()
            figures.append(send_messages(job))

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(figures) == [0, 1]
    assert [entry.body["data"]["thing1"]["value"] for entry in fake.journal(SEND)] == ["6项走访需要尽快处理"]
