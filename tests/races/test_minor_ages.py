"""A minor's age at the same moment: of two answers one stands, and one yes changes it once."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.models import Approval, Consent, Correction, Grant, Guardianship, Notice, NoticeKind, Resident
from tests.approval_world import approved, asked
from tests.cast import person, sign_in_again
from tests.child_world import TEN_YEARS_OLD, write_child, write_consent, write_guardian
from tests.client import Answer, Client
from tests.minor_age_world import born, give_admin, grant, question, wish
from tests.races.together import at_once
from tests.roster_world import forget_changes

GROWN = "2000-06-01"


@pytest.fixture
def child(app: Flask, engine: Engine) -> Iterator[UUID]:
    """Give a child with a guardian, and the community a second admin; all of it goes afterwards."""
    assert app
    with Session(engine) as session:
        made = write_child(session)
        write_guardian(session, made)
        write_consent(session, made)
        give_admin(session)
    yield made
    with Session(engine) as session:
        forget_changes(session)
        session.execute(delete(Approval))
        session.execute(delete(Notice).where(Notice.kind.in_((NoticeKind.APPROVAL, NoticeKind.OWN_DATA))))
        for table in (Correction, Consent):
            session.execute(delete(table).where(table.resident_id == made))
        session.execute(delete(Guardianship).where(Guardianship.child_id == made))
        session.execute(delete(Resident).where(Resident.id == made))
        extra = (Grant.user_id == person("colleague").user_id) & (Grant.role == "community_admin")
        session.execute(delete(Grant).where(extra))
        sign_in_again(session, "colleague")


def test_of_two_answers_at_once_the_first_stands(app: Flask, engine: Engine, child: UUID) -> None:
    """S-40: another admin and the county's office; whoever comes later is told that it is decided."""
    admin, guardian = Client(app, person("admin")), Client(app, person("resident"))
    correction = wish(guardian, child, GROWN)
    approval_id = asked(admin, minor_age=question(child, correction))
    path = f"/v1/approvals/{approval_id}"
    answers: list[Answer] = at_once(
        [
            partial(Client(app, person(name)).post, f"{path}/{verb}", json={"note": "看过"})
            for name, verb in [("colleague", "approve"), ("county", "refuse")] * 5
        ]
    )

    with Session(engine) as session:
        stands = session.get_one(Approval, UUID(approval_id)).state.value
        assert born(session, child) == TEN_YEARS_OLD
    given = {"approved": [200, 409] * 5, "refused": [409, 200] * 5}
    assert [answer.status_code for answer in answers] == given[stands]
    done = grant(admin, correction, approval_id)
    assert done.status_code == (200 if stands == "approved" else 409), done.text


def test_a_yes_is_used_once(app: Flask, engine: Engine, child: UUID) -> None:
    """S-40: sent ten times at once it is one change, of which everybody is told once."""
    admin, guardian = Client(app, person("admin")), Client(app, person("resident"))
    correction = wish(guardian, child, GROWN)
    second = Client(app, person("colleague"))
    approval_id = approved(admin, second, minor_age=question(child, correction))
    answers = at_once([partial(grant, Client(app, person("admin")), correction, approval_id)] * 10)

    assert [answer.status_code for answer in answers] == [200] * 10
    with Session(engine) as session:
        assert born(session, child).isoformat() == GROWN
        of_guardian = Notice.user_id == person("resident").user_id
        told = session.scalars(select(Notice.data).where(of_guardian, Notice.kind == NoticeKind.OWN_DATA))
        assert sorted(one["what"] for one in told) == ["correction_done", "minor_age"]
