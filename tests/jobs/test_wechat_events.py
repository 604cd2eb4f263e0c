"""The job that does what WeChat told us: once each, again after a fault, and at last before people."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app import messages
from app.adapters.wechat import Event
from app.cli.commands import commands
from app.clock import now, set_to
from app.ids import new_id
from app.jobs.wechat import forget_old_events, handle_events
from app.jobs.work import Means
from app.messages.handling import WAITS
from app.models import User, WeChatApp, WeChatEvent, WeChatEventState, WeChatLink
from app.sealing import Cell
from tests.cast import person

pytestmark = pytest.mark.xdist_group("jobs")
OPENID = "o-somebody-of-the-jobs"


@pytest.fixture
def session(means: Means) -> Iterator[Session]:
    """Give a session on the jobs' database, and leave no event there."""
    with Session(means.engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
        made.execute(delete(WeChatEvent))
        made.execute(delete(WeChatLink))
        made.commit()


def keep(session: Session, means: Means, openid: str = OPENID, info: int = 8) -> UUID:
    """Keep a withdrawal; give the row's id."""
    assert means.sealer is not None
    seconds = int(now().timestamp())
    about = {"OpenID": openid, "RevokeInfo": str(info)}
    event = Event(
        {"Event": "user_authorization_revoke", "FromUserName": "wx", "CreateTime": seconds, **about}
    )
    content = messages.told(event)
    assert content is not None
    assert messages.keep(session, means.sealer, event, content)
    session.commit()
    return session.scalars(select(WeChatEvent.id).order_by(WeChatEvent.id.desc())).first() or UUID(int=0)


def link(session: Session, means: Means) -> User:
    """Let the resident of the cast have this WeChat, which vouches for his phone."""
    assert means.sealer is not None
    user, link_id = session.get_one(User, person("resident").user_id), new_id()
    user.phone_vouched_at = now()
    session.add(
        WeChatLink(
            id=link_id,
            app=WeChatApp.MINI,
            user_id=user.id,
            openid_sealed=means.sealer.seal(OPENID, Cell("wechat_identities", "openid_sealed", link_id)),
            openid_index=means.sealer.index("openid", "users", OPENID),
            created_at=now(),
        )
    )
    session.commit()
    return user


def break_content(session: Session, event_id: UUID) -> None:
    """Let an event fail at each try: what is kept of it opens no more."""
    row = session.get_one(WeChatEvent, event_id)
    assert row.content_sealed is not None
    row.content_sealed = row.content_sealed[:-1] + bytes([row.content_sealed[-1] ^ 1])
    session.commit()


def seen(session: Session, event_id: UUID) -> WeChatEvent:
    session.rollback()
    return session.get_one(WeChatEvent, event_id, populate_existing=True)


def test_a_withdrawal_is_done_within_a_minute_and_once(session: Session, means: Means) -> None:
    """S-61, S-63: the job runs every minute: the effect is there after one run, and the next has none."""
    user = link(session, means)
    event_id = keep(session, means)
    figures = [handle_events(means), handle_events(means)]
    session.refresh(user)

    assert figures == [1, 0]
    assert user.phone_vouched_at is None
    row = seen(session, event_id)
    assert (row.state, row.content_sealed, row.tries) == (WeChatEventState.DONE, None, 0)


def test_one_that_fails_holds_up_no_other_and_is_tried_again(session: Session, means: Means) -> None:
    """S-63: what fails waits longer each time, all within a day."""
    broken, whole = keep(session, means), keep(session, means, "o-somebody-else")
    break_content(session, broken)
    with capture_logs() as told:
        figures = [handle_events(means), handle_events(means)]

    assert figures == [1, 0], "before its time it is not tried again"
    assert seen(session, whole).state is WeChatEventState.DONE
    row = seen(session, broken)
    assert (row.state, row.tries, row.fault) == (WeChatEventState.WAITING, 1, "SealBrokenError")
    assert [one["event"] for one in told] == ["sealed_unreadable", "event_failed"]
    assert sum(WAITS, timedelta()) < timedelta(hours=24)


def test_what_fails_for_good_is_listed_and_can_be_tried_anew(
    session: Session, means: Means, environ: dict[str, str]
) -> None:
    """S-63: nothing is lost in silence: the last failure cries out, and a command lists the event."""
    event_id, at = keep(session, means), now()
    break_content(session, event_id)
    with capture_logs() as told:
        for wait in (timedelta(), *WAITS):
            at += wait + timedelta(seconds=1)
            with set_to(at):
                assert handle_events(means) == 0
    dead = seen(session, event_id)
    listed = CliRunner().invoke(commands, ["wechat-events"], env=environ)
    again = CliRunner().invoke(commands, ["wechat-events", "--again", str(event_id)], env=environ)
    unknown = CliRunner().invoke(commands, ["wechat-events", "--again", str(new_id())], env=environ)

    assert (dead.state, dead.tries) == (WeChatEventState.DEAD, len(WAITS) + 1)
    assert [one["event"] for one in told if one["log_level"] == "error"].count("event_dead") == 1
    assert listed.exit_code == 1
    assert listed.output.splitlines()[0].startswith(f"{event_id}  user_authorization_revoke  ")
    assert listed.output.splitlines()[0].endswith("  6 tries  SealBrokenError")
    assert OPENID not in listed.output
    assert (again.exit_code, again.output) == (0, "No event failed for good.\n")
    assert (unknown.exit_code, "There is no event" in unknown.output) == (1, True)
    row = seen(session, event_id)
    assert (row.state, row.tries) == (WeChatEventState.WAITING, 0)


def test_old_rows_go(session: Session, means: Means) -> None:
    done, dead, waiting = keep(session, means), keep(session, means, "o-2"), keep(session, means, "o-3")
    handle_events(means)
    for event_id in (dead, waiting):
        row = seen(session, event_id)
        row.content_sealed, row.done_at = b"sealed", None
        row.state = WeChatEventState.DEAD if event_id == dead else WeChatEventState.WAITING
        session.commit()
    figures = []
    for days in (6, 8, 89, 91):
        with set_to(now() + timedelta(days=days)):
            figures.append(forget_old_events(means))
    session.rollback()

    assert figures == [0, 1, 0, 1]
    assert set(session.scalars(select(WeChatEvent.id))) == {waiting}
    assert done not in session.scalars(select(WeChatEvent.id)).all()
