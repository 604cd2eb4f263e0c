"""Notices that go out by WeChat: each once, for a message that was asked for, to whom it concerns."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.jobs.messages import send_messages
from app.jobs.work import Means
from app.models import (
    CreditEnding,
    Grant,
    Hazard,
    HazardStatus,
    NoticeKind,
    Place,
    SendState,
    User,
)
from tests.cast import named, person
from tests.fakes.wechat.control import Person, WeChatFake
from tests.jobs.messages.world import (
    LATELY,
    OTHER,
    SEND,
    URGENT,
    credit,
    endings,
    link,
    notice,
    sends,
    states,
    told,
)
from tests.matrix.stage import Stage
from tests.wechat.installation import TEMPLATE_ID

pytestmark = pytest.mark.xdist_group("jobs")


def test_a_notice_goes_out_once_and_costs_one_credit(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-57, S-58: one message a notice and a credit, and no person's name in it; again sends nothing."""
    of = link(session, job, wei)
    for _ in range(2):
        credit(session, fake, wei, of)
    notice(session)
    figures = [send_messages(job), send_messages(job)]

    (entry,) = fake.journal(SEND)
    assert figures == [1, 0]
    assert entry.body["data"]["thing1"] == {"value": "有一项走访需要尽快处理"}
    assert fake.flags() == []
    assert states(session) == [(SendState.SENT, None, None)]
    assert sends(session)[0].msgid is not None
    assert endings(session) == [CreditEnding.SPENT, None]
    assert fake.left(wei, URGENT) == 1


def test_a_hazard_names_place_and_deadline_and_cuts_what_is_too_long(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-57, S-59: a long place ends in …; one whose name tells of a person gives way to the community."""
    of = link(session, job, wei)
    place = session.get_one(Place, named("block"))
    name = place.name
    due_at = datetime.fromisoformat("2026-12-01T10:00:00+00:00")
    his = {"assignee_id": person("worker").user_id, "due_at": due_at}
    hazard = session.get_one(Hazard, Stage(session).hazard(HazardStatus.ASSIGNED, **his))
    for called in ("三期安置点" * 5, "留守儿童之家"):
        place.name = called
        session.commit()
        credit(session, fake, wei, of, TEMPLATE_ID)
        about = {"hazard_id": str(hazard.id)}
        notice(session, kind=NoticeKind.HAZARD_ASSIGNED, data=about, created_at=now() - LATELY)
        assert send_messages(job) == 1
    place.name = name
    session.commit()

    first, second = (entry.body["data"] for entry in fake.journal(SEND))
    assert first["thing2"] == {"value": "三期安置点" * 3 + "三期安置…"}
    assert second["thing2"] == {"value": "家园社区"}
    assert first["time3"] == {"value": "2026年12月1日 18:00"}


def test_without_a_credit_that_was_there_before_nothing_is_sent(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-58: no consent, no message; what is accepted later is for what comes later."""
    of = link(session, job, wei)
    notice(session, created_at=now() - timedelta(minutes=2))
    before = send_messages(job)
    credit(session, fake, wei, of).since = now()
    session.commit()

    assert (before, send_messages(job)) == (0, 0)
    assert (sends(session), fake.calls(SEND), endings(session)) == ([], 0, [None])


def test_what_was_read_or_is_old_is_not_sent(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    of = link(session, job, wei)
    made = credit(session, fake, wei, of)
    made.since = now() - timedelta(days=3)
    notice(session, read_at=now())
    notice(session, created_at=now() - timedelta(days=1, minutes=1))

    assert send_messages(job) == 0
    assert (sends(session), fake.calls(SEND)) == ([], 0)


@pytest.mark.parametrize("status", [HazardStatus.RECTIFIED, HazardStatus.ACCEPTED, HazardStatus.RECTIFYING])
def test_what_is_settled_is_not_sent_and_costs_nothing(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    status: HazardStatus,
) -> None:
    """He finished, or has it no more; what he is at waits for him still."""
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    assign().status = status
    session.commit()
    figure, waits = send_messages(job), status is HazardStatus.RECTIFYING

    assert (figure, fake.calls(SEND)) == (int(waits), int(waits))
    assert states(session) == [
        (SendState.SENT, None, None) if waits else (SendState.DROPPED, "settled", None)
    ]
    assert endings(session) == [CreditEnding.SPENT if waits else None]


def close_account(session: Session) -> None:
    session.get_one(User, person("worker").user_id).disabled_at = now()


def end_grants(session: Session) -> None:
    for grant in session.scalars(select(Grant).where(Grant.user_id == person("worker").user_id)):
        grant.ended_at = now()


@pytest.mark.parametrize("change, why", [(close_account, "account_closed"), (end_grants, "moved_away")])
def test_who_has_left_gets_nothing_and_keeps_his_credit(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    change: Callable[[Session], None],
    why: str,
) -> None:
    """S-58: account closed, role ended: not sent, whatever he accepted once."""
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    notice(session)
    change(session)
    session.commit()
    try:
        figure = send_messages(job)
    finally:
        session.get_one(User, person("worker").user_id).disabled_at = None
        for grant in session.scalars(select(Grant).where(Grant.user_id == person("worker").user_id)):
            grant.ended_at = None
        session.commit()

    assert (figure, fake.calls(SEND)) == (0, 0)
    assert states(session) == [(SendState.DROPPED, why, None)]
    assert endings(session) == [None]


def test_a_resident_gets_what_concerns_his_community_until_his_binding_ends(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-58: the binding is looked at when a message is sent, not when it was written."""
    of = link(session, job, wei, "resident")
    user = session.get_one(User, person("resident").user_id)
    for _ in range(2):
        credit(session, fake, wei, of)
    notice(session, "resident")
    bound = send_messages(job)
    notice(session, "resident")
    resident_id, user.resident_id = user.resident_id, None
    session.commit()
    left = send_messages(job)
    user.resident_id = resident_id
    session.commit()

    assert (bound, left, fake.calls(SEND)) == (1, 0, 1)
    assert [state for state, _, _ in states(session)] == [SendState.SENT, SendState.DROPPED]


def test_another_wechat_does_not_inherit_what_was_accepted(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    of = link(session, job, wei)
    credit(session, fake, wei, of)
    of.ended_at, of.openid_sealed, of.openid_index = now(), None, None
    session.commit()
    link(session, job, fake.user("new phone"))
    notice(session)

    assert send_messages(job) == 0
    assert fake.calls(SEND) == 0


def test_43101_takes_the_credits_away_and_never_loops(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    """S-58: WeChat knows of none: all that were told before are void, and nobody asks again."""
    of = link(session, job, wei)
    for template in (URGENT, URGENT, TEMPLATE_ID):
        told(session, of, template)
    notice(session)
    notice(session, kind=OTHER)
    figures = [send_messages(job), send_messages(job)]

    assert (figures, fake.calls(SEND)) == ([0, 0], 1)
    assert states(session) == [(SendState.REFUSED, "NotSubscribedError", 43101)]
    assert sorted(str(ending) for ending in endings(session)) == ["None", "refused", "refused"]


def test_a_person_whom_wechat_does_not_know_any_more_is_left_alone(
    session: Session, job: Means, fake: WeChatFake, wei: Person
) -> None:
    of = link(session, job, wei)
    for template in (URGENT, TEMPLATE_ID):
        credit(session, fake, wei, of, template)
    notice(session)
    fake.close_account(wei)

    assert send_messages(job) == 0
    assert states(session) == [(SendState.GONE, "WeChatUserError", 40003)]
    assert endings(session) == [CreditEnding.REFUSED] * 2
