"""One file of the roster, wanted twice at the same moment."""

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.models import Approval, ApprovalState, Notice, NoticeKind, RosterExport
from tests.approval_world import approved
from tests.cast import person
from tests.client import Client
from tests.export_world import fetch, put, roster, write_ready_export
from tests.races.together import at_once


@pytest.fixture
def _cleared(app: Flask, engine: Engine) -> Iterator[None]:
    assert app
    yield
    with Session(engine) as session:
        session.execute(delete(RosterExport))
        session.execute(delete(Approval))
        kinds = [NoticeKind.APPROVAL, NoticeKind.ROSTER_EXPORT]
        session.execute(delete(Notice).where(Notice.kind.in_(kinds)))
        session.commit()


@pytest.mark.usefixtures("_cleared")
def test_of_twelve_fetches_at_once_one_gets_the_file(app: Flask, engine: Engine) -> None:
    """S-153: fetched once means once."""
    with Session(engine) as session:
        export_id = write_ready_export(app, session)

    answers = at_once([partial(fetch, Client(app, person("admin")), export_id) for _ in range(12)])

    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 11
    assert [answer.data[:2] for answer in answers if answer.status_code == 200] == [b"PK"]


@pytest.mark.usefixtures("_cleared")
def test_twelve_copies_of_a_wish_are_one(app: Flask, engine: Engine) -> None:
    """S-40: the approval is used up once, and every copy is answered alike."""
    what = roster()
    approval_id = approved(Client(app, person("admin")), Client(app, person("county")), roster_export=what)

    answers = at_once([partial(put, Client(app, person("admin")), what, approval_id) for _ in range(12)])

    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]
    assert all(answer.json == answers[0].json for answer in answers)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(RosterExport)) == 1


@pytest.mark.usefixtures("_cleared")
def test_of_six_wishes_at_once_one_is_taken(app: Flask, engine: Engine) -> None:
    """S-155: one file at a time for each person, and the approvals of the others stay good."""
    admin, county = Client(app, person("admin")), Client(app, person("county"))
    wishes = [roster() for _ in range(6)]
    given = [(what, approved(admin, county, roster_export=what)) for what in wishes]

    answers = at_once([partial(put, Client(app, person("admin")), *one) for one in given])

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"export_open"}
    with Session(engine) as session:
        used = select(func.count()).where(Approval.state == ApprovalState.USED)
        assert session.scalar(used) == 1
