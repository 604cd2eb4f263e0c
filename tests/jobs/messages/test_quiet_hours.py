"""When the phone rings: at night only for what is urgent, for progress a few times a day, as one chooses."""

from collections.abc import Callable
from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.jobs.messages import send_messages
from app.jobs.work import Means
from app.models import Hazard, HazardStatus, NoticeKind, SendState
from tests.fakes.wechat.control import Person, WeChatFake
from tests.jobs.messages.world import (
    LATELY,
    SEND,
    URGENT,
    at_hour,
    credit,
    endings,
    link,
    notice,
    states,
)
from tests.matrix.stage import Stage
from tests.wechat.installation import TEMPLATE_ID

pytestmark = pytest.mark.xdist_group("jobs")
ALARMS = "template-of-alarms-of-hazards"
"""Its fields are those of assignments."""


def test_at_night_only_what_is_urgent_rings_and_the_rest_is_one_message_in_the_morning(
    session: Session, job: Means, fake: WeChatFake, wei: Person, assign: Callable[..., Hazard]
) -> None:
    """From half past nine in the evening to half past seven."""
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    credit(session, fake, wei, of)
    figures = []
    with at_hour(21, 29):
        assign()
    with at_hour(21, 30):
        assign(timedelta(seconds=1))
        figures.append(send_messages(job))
        notice(session)
        figures.append(send_messages(job))
    for hour, minute in ((0, 10), (7, 29), (7, 30)):
        with at_hour(hour, minute, days=1):
            figures.append(send_messages(job))

    assert figures == [0, 1, 0, 0, 1]
    rung = [entry.body["data"]["thing1"]["value"] for entry in fake.journal(SEND)]
    assert rung == ["有一项走访需要尽快处理", "2项隐患待整改"]


def test_a_message_that_waits_for_wechat_waits_for_the_morning_too(
    session: Session, job: Means, fake: WeChatFake, wei: Person, assign: Callable[..., Hazard]
) -> None:
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    fake.fault(SEND, "errcode", errcode=-1)
    figures = []
    with at_hour(21, 29):
        assign()
        figures.append(send_messages(job))
    with at_hour(21, 35):
        figures.append(send_messages(job))
    with at_hour(7, 30, days=1):
        figures.append(send_messages(job))

    assert (figures, fake.calls(SEND)) == ([0, 0, 1], 2)


@pytest.mark.parametrize("level, rings", [("general", 0), ("major", 1)])
def test_the_alarm_of_a_major_hazard_rings_at_night(
    session: Session,
    sending: Callable[..., Means],
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    level: str,
    rings: int,
) -> None:
    fake.template(ALARMS, "thing1", "thing2", "time3")
    job = sending(templates=(("hazard_alarm", ALARMS),))
    of = link(session, job, wei)
    credit(session, fake, wei, of, ALARMS)
    with at_hour(23):
        about = {"hazard_id": str(assign().id), "step": "remind", "level": level}
        notice(session, kind=NoticeKind.HAZARD_ALARM, data=about, created_at=now() - LATELY)

        assert send_messages(job) == rings


@pytest.mark.parametrize("level, rings", [("general", 0), ("major", 1)])
def test_who_switched_alarms_off_still_hears_that_of_a_major_hazard(
    session: Session,
    sending: Callable[..., Means],
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    chosen: Callable[..., None],
    level: str,
    rings: int,
) -> None:
    fake.template(ALARMS, "thing1", "thing2", "time3")
    job = sending(templates=(("hazard_alarm", ALARMS),))
    of = link(session, job, wei)
    credit(session, fake, wei, of, ALARMS)
    chosen(off=["hazard_alarm"])
    about = {"hazard_id": str(assign().id), "step": "remind", "level": level}
    notice(session, kind=NoticeKind.HAZARD_ALARM, data=about, created_at=now() - LATELY)

    assert send_messages(job) == rings
    outcome = (SendState.SENT, None) if rings else (SendState.DROPPED, "switched_off")
    assert [(state, fault) for state, fault, _ in states(session)] == [outcome]


def test_who_switched_alarms_off_is_told_of_no_general_hazard_beside_a_major_one(
    session: Session,
    sending: Callable[..., Means],
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    chosen: Callable[..., None],
) -> None:
    fake.template(ALARMS, "thing1", "thing2", "time3")
    job = sending(templates=(("hazard_alarm", ALARMS),))
    of = link(session, job, wei)
    for _ in range(2):
        credit(session, fake, wei, of, ALARMS)
    chosen(off=["hazard_alarm"])
    for level in ("major", "general", "general"):
        about = {"hazard_id": str(assign().id), "step": "remind", "level": level}
        notice(session, kind=NoticeKind.HAZARD_ALARM, data=about, created_at=now() - LATELY)
    send_messages(job)
    send_messages(job)

    assert fake.calls(SEND) == 1
    assert fake.journal(SEND)[0].body["data"]["thing1"] == {"value": "有一项隐患快到期，请抓紧"}
    assert sorted(map(str, endings(session))) == ["None", "spent"]


def test_progress_comes_as_a_digest(
    session: Session, sending: Callable[..., Means], fake: WeChatFake, wei: Person
) -> None:
    """What asks nothing of anybody: at eight, half past twelve and six, all of it at once."""
    fake.template("template-of-steps-of-hazards", "thing1", "thing2", "time3")
    job = sending(templates=(("hazard_step", "template-of-steps-of-hazards"),))
    of = link(session, job, wei)
    credit(session, fake, wei, of, "template-of-steps-of-hazards")
    hazards = [Stage(session).hazard(HazardStatus.REPORTED) for _ in range(2)]

    def tell(hazard_id: UUID, step: str) -> None:
        about = {"hazard_id": str(hazard_id), "step": step}
        notice(session, kind=NoticeKind.HAZARD_STEP, data=about, created_at=now())

    figures = []
    with at_hour(12, 31):
        tell(hazards[0], "accept")
    with at_hour(15):
        tell(hazards[0], "assign")
        tell(hazards[1], "accept")
        figures.append(send_messages(job))
    with at_hour(17, 59):
        figures.append(send_messages(job))
    with at_hour(18):
        figures.append(send_messages(job))

    assert figures == [0, 0, 1]
    assert fake.journal(SEND)[0].body["data"]["thing1"] == {"value": "2条隐患进展"}


def test_own_quiet_hours_and_kinds_switched_off_are_kept(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    chosen: Callable[..., None],
) -> None:
    """Whoever works at night sleeps by day; what he does not want rings never, what is urgent always."""
    of = link(session, job, wei)
    credit(session, fake, wei, of, TEMPLATE_ID)
    credit(session, fake, wei, of)
    chosen(off=["hazard_assigned", "visit_urgent"])
    assign()
    notice(session)

    assert send_messages(job) == 1
    outcomes = [(SendState.SENT, None), (SendState.DROPPED, "switched_off")]
    assert [(state, fault) for state, fault, _ in states(session)] == outcomes
    assert fake.journal(SEND)[0].body["template_id"] == URGENT


@pytest.mark.parametrize(
    "quiet, hour, rings",
    [
        ((time(8), time(18)), 15, 0),
        ((time(8), time(18)), 23, 1),
        ((None, None), 3, 1),
        ((time(22), time(6)), 7, 1),
        ((time(9), time(9)), 9, 1),
    ],
)
def test_quiet_hours_may_lie_in_one_day_or_be_none(
    session: Session,
    job: Means,
    fake: WeChatFake,
    wei: Person,
    assign: Callable[..., Hazard],
    chosen: Callable[..., None],
    *,
    quiet: tuple[time | None, time | None],
    hour: int,
    rings: int,
) -> None:
    of = link(session, job, wei)
    chosen(quiet_from=quiet[0], quiet_until=quiet[1])
    with at_hour(hour):
        credit(session, fake, wei, of, TEMPLATE_ID)
        assign()

        assert send_messages(job) == rings
