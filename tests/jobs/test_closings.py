"""Accounts closed by the job: shut, emptied a minute later, and gone on with where it broke off."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import own_data
from app.clock import now, set_to
from app.ids import new_id
from app.jobs.closing import carry_out_closings
from app.jobs.scheduler import EVERY_MINUTE, run
from app.jobs.work import Means
from app.models import AuditEntry, Closing, Notice, NoticeKind, SignIn, User
from tests.binding_world import write_newcomer

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.fixture
def due(means: Means) -> Iterator[list[UUID]]:
    """Let two newcomers with much told them want their accounts closed, committed; all goes afterwards."""
    made, people = [], []
    with Session(means.engine) as session:
        for _ in range(2):
            people.append(write_newcomer(session).user_id)
            kind = {"kind": NoticeKind.OWN_DATA, "area_code": "421224100001", "data": {}}
            session.add_all(
                Notice(id=new_id(), user_id=people[-1], created_at=now(), **kind) for _ in range(450)
            )
            row = Closing(
                id=new_id(),
                asked_by=people[-1],
                user_id=people[-1],
                asked_at=now() - timedelta(days=7),
                carry_out_at=now() - timedelta(seconds=1),
                due_at=now() + timedelta(days=9),
                content_hash=b"",
            )
            session.add(row)
            made.append(row.id)
        session.commit()
    yield made
    with Session(means.engine) as session:
        for table in (Notice, SignIn, Closing):
            session.execute(delete(table).where(table.user_id.in_(people)))
        session.execute(delete(User).where(User.id.in_(people)))
        session.commit()


def states(means: Means, due: list[UUID]) -> list[str]:
    with Session(means.engine) as session:
        return [session.get_one(Closing, one).state.value for one in due]


def test_it_shuts_then_empties_and_leaves_entries(means: Means, due: list[UUID]) -> None:
    """S-78: shut at once, emptied a minute later in batches, and done; each batch leaves an entry."""
    assert carry_out_closings in EVERY_MINUTE
    first = run(carry_out_closings, means), states(means, due)
    again = run(carry_out_closings, means), states(means, due)
    with set_to(now() + timedelta(minutes=1)):
        second = run(carry_out_closings, means), states(means, due)
        third = run(carry_out_closings, means)
    with Session(means.engine) as session:
        left = session.scalars(select(Notice.id).join(Closing, Closing.user_id == Notice.user_id)).all()
        facts = session.scalars(
            select(AuditEntry.facts).where(AuditEntry.action == "job:carry_out_closings")
        ).all()
    steps = [one["step"] for one in facts if one.get("closing_id") == str(due[0])]

    assert first == (2, ["carrying", "carrying"])
    assert again == (0, ["carrying", "carrying"])
    assert second[1] == ["done", "done"]
    assert (third, left) == (0, [])
    assert (steps.count("begin"), steps.count("end")) == (1, 1)
    assert steps.count("erase") >= 3, "450 notices and a session in batches of 200"


def test_one_that_fails_holds_up_no_other_and_is_done_later(
    means: Means, due: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-78: killed after a batch, it goes on at the next run."""
    assert run(carry_out_closings, means) == 2
    real, calls = own_data.erase_some, []

    def breaks(session: Session, photos: object, closing_id: UUID, *, limit: int) -> int:
        calls.append(closing_id)
        if closing_id == due[0] and calls.count(closing_id) == 2:
            raise RuntimeError
        return real(session, photos, closing_id, limit=limit)  # type: ignore[arg-type]

    monkeypatch.setattr(own_data, "erase_some", breaks)
    with set_to(now() + timedelta(minutes=1)):
        run(carry_out_closings, means)
        broken = states(means, due)
        monkeypatch.undo()
        run(carry_out_closings, means)

    assert broken == ["carrying", "done"]
    assert states(means, due) == ["done", "done"]


def test_one_that_gives_way_is_no_fault_and_is_done_later(
    means: Means, due: list[UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    """S-78: somebody has the account at this moment; the job does not wait for him."""
    with Session(means.engine) as session:
        user_id = session.get_one(Closing, due[0]).user_id
        session.get_one(User, user_id, with_for_update=True)
        assert run(carry_out_closings, means) == 1
    told = capsys.readouterr().out

    assert states(means, due) == ["open", "carrying"]
    assert ("closing_gave_way" in told, "closing_failed" in told) == (True, False)
    assert "closing_stuck" not in told
    assert run(carry_out_closings, means) == 1
    assert states(means, due) == ["carrying", "carrying"]


def test_one_that_has_given_way_for_an_hour_is_cried_out(
    means: Means, due: list[UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-78: what holds its row for so long must be looked at, before it is shut and after."""
    told = []
    with Session(means.engine) as session:
        user_id = session.get_one(Closing, due[0]).user_id
        session.get_one(User, user_id, with_for_update=True)
        for minutes in (59, 61):
            with set_to(now() + timedelta(minutes=minutes)):
                run(carry_out_closings, means)
            told.append(stuck(capsys))
    with set_to(now() + timedelta(minutes=120)):
        run(carry_out_closings, means)
    told.append(stuck(capsys))
    monkeypatch.setattr(own_data, "erase_some", breaks)
    with set_to(now() + timedelta(minutes=190)):
        run(carry_out_closings, means)
    told.append(stuck(capsys))

    assert told == [[], [(due[0], "open")], [], [(due[0], "carrying")]]


def breaks(_session: Session, _photos: object, _closing_id: UUID, *, limit: int) -> int:
    raise RuntimeError(limit)


def stuck(capsys: pytest.CaptureFixture[str]) -> list[tuple[UUID, str]]:
    """Give of which closings an error was logged, and how far they had come."""
    told = plain(capsys.readouterr().out)
    found = re.findall(r"error .*closing_stuck .*closing_id=(\S+) .*state=(\w+)", told)
    return [(UUID(one), state) for one, state in found]


def plain(text: str) -> str:
    """Give what stands on a terminal, without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
