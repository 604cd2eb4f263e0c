"""A WeChat with our templates, the job that sends by it, and somebody who has WeChat."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.adapters import connect, wechat
from app.clock import SHANGHAI, now, set_to
from app.ids import new_id
from app.jobs.work import Means
from app.models import (
    Hazard,
    HazardStatus,
    MessageCredit,
    MessageSend,
    Notice,
    NoticeKind,
    NoticeSettings,
    WeChatLink,
)
from tests.cast import person
from tests.fakes.wechat.control import Person, WeChatFake
from tests.jobs.messages.world import (
    LATELY,
    TEMPLATES,
    URGENT,
    notice,
)
from tests.matrix.stage import Stage
from tests.wechat.installation import HOSTS, TEMPLATE_ID, settings_for


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    """Live at an hour at which phones may ring, whenever the tests run."""
    with set_to(now().astimezone(SHANGHAI).replace(hour=15, minute=0)):
        yield


@pytest.fixture
def session(means: Means) -> Iterator[Session]:
    """Give a session on the jobs' database, and leave nothing of messages there."""
    with Session(means.engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
        for table in (MessageSend, MessageCredit, Notice, NoticeSettings, WeChatLink, Hazard):
            made.execute(delete(table))
        made.commit()


@pytest.fixture
def fake(wechat: WeChatFake) -> WeChatFake:
    """Give the fake with our templates."""
    wechat.template(TEMPLATE_ID, "thing1", "thing2", "time3")
    wechat.template(URGENT, "thing1", "time2")
    return wechat


@pytest.fixture
def wei(fake: WeChatFake) -> Person:
    """Be the worker of the cast, with WeChat."""
    return fake.user("wei")


@pytest.fixture
def sending(means: Means, fake: WeChatFake) -> Callable[..., Means]:
    """Make what the job works with, as another process would: its client remembers nothing."""

    def made(**changes: Any) -> Means:
        settings = settings_for(fake.url, **{"templates": TEMPLATES} | changes)
        client = connect("redis://127.0.0.1:1/0")  # nobody is there: no token of other tests is kept
        opened = wechat.open_wechat(settings, client, secret_key="k" * 32, hosts=HOSTS)
        assert opened is not None
        return Means(means.engine, means.photos, means.audit_keys, means.sealer, mini=opened.mini)

    return made


@pytest.fixture
def job(sending: Callable[..., Means]) -> Means:
    return sending()


@pytest.fixture
def at(session: Session) -> Iterator[Callable[[timedelta], datetime]]:
    """Let time pass for us."""
    assert session is not None
    began = now()
    with ExitStack() as moments:

        def moved(passed: timedelta) -> datetime:
            moments.enter_context(set_to(began + passed))
            return began + passed

        yield moved


@pytest.fixture
def assign(session: Session) -> Callable[..., Hazard]:
    """Give the worker a hazard, some minutes ago."""

    def given(ago: timedelta = LATELY, *, due_in_days: int = 3) -> Hazard:
        his = {"assignee_id": person("worker").user_id, "due_at": now() + timedelta(days=due_in_days)}
        hazard = session.get_one(Hazard, Stage(session).hazard(HazardStatus.ASSIGNED, **his))
        about = {"hazard_id": str(hazard.id)}
        notice(session, kind=NoticeKind.HAZARD_ASSIGNED, data=about, created_at=now() - ago)
        return hazard

    return given


@pytest.fixture
def chosen(session: Session) -> Callable[..., None]:
    """Let the worker choose his settings."""

    def choose(**changes: Any) -> None:
        values: dict[str, Any] = {"quiet_from": None, "quiet_until": None, "off": []}
        row = NoticeSettings(
            id=new_id(), user_id=person("worker").user_id, revision=1, changed_at=now(), **values | changes
        )
        session.add(row)
        session.commit()

    return choose
