"""Two administrators grant to one person at the same moment."""

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Approval, Grant, Notice, NoticeKind
from tests.approval_world import adjustment, admin_grant, approved, batch, granted
from tests.cast import person, sign_in_again
from tests.client import Answer, Client
from tests.races.together import at_once

WHO = "neighbour"


@pytest.fixture
def _cleared(app: Flask, engine: Engine) -> Iterator[None]:
    assert app
    yield
    with Session(engine) as session:
        session.execute(delete(Grant).where(Grant.user_id == person(WHO).user_id))
        session.execute(delete(Approval))
        session.execute(delete(Notice).where(Notice.kind == NoticeKind.APPROVAL))
        sign_in_again(session, WHO)


@pytest.mark.usefixtures("_cleared")
def test_of_three_roles_at_once_one_is_given(app: Flask, engine: Engine) -> None:
    """S-39: nobody comes to two of the three administrators' roles by two grants at the same moment."""
    security, county = Client(app, person("security")), Client(app, person("county"))
    wanted = [
        admin_grant(WHO, role=role)
        for role in ("system_admin", "security_admin", "auditor")
        for _ in range(4)
    ]
    approvals = [approved(security, county, admin_grant=one) for one in wanted]

    answers: list[Answer] = at_once(
        [
            partial(granted, Client(app, person("security")), one, approval_id)
            for one, approval_id in zip(wanted, approvals, strict=True)
        ]
    )

    with Session(engine) as session:
        held = list(session.scalars(select(Grant.role).where(Grant.user_id == person(WHO).user_id)))
    assert len(set(held)) == 1
    given = [answer.status_code for answer in answers]
    assert sorted(given) == [201] * 4 + [409] * 8
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"roles_exclude"}
    assert len(held) == 4


@pytest.mark.usefixtures("_cleared")
def test_twenty_decisions_are_one(app: Flask, engine: Engine) -> None:
    """S-40: of a yes and a no at the same moment the first stands."""
    approval_id = new_id()
    body = {"points_bulk": batch(adjustment()), "reason": "核对"}
    asked = Client(app, person("admin")).put(f"/v1/approvals/{approval_id}", json=body)
    assert asked.status_code == 201

    answers = at_once(
        [
            partial(
                Client(app, person("county")).post,
                f"/v1/approvals/{approval_id}/{verb}",
                json={"note": "看过"},
            )
            for verb in ["approve", "refuse"] * 10
        ]
    )

    with Session(engine) as session:
        state = session.get_one(Approval, approval_id).state.value
    verbs = ["approved", "refused"] * 10
    for answer, verb in zip(answers, verbs, strict=True):
        assert answer.status_code == (200 if verb == state else 409)
