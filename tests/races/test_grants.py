"""Grants at the same moment: to one person, and of offices that only the first may be given alone."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.config import Settings
from app.errors import DomainError
from app.identity import NewGrant, grant, officers
from app.ids import new_id
from app.models import Approval, Grant, Notice, NoticeKind
from tests.approval_world import adjustment, admin_grant, approved, batch, granted
from tests.cast import person, sign_in_again
from tests.client import Answer, Client
from tests.races.beside import staff
from tests.races.together import Step, at_once, one_inside_the_other

WHO = "neighbour"
CITY, COUNTY = "4212", "421224"


@pytest.fixture
def _cleared(app: Flask, engine: Engine) -> Iterator[None]:
    assert app
    yield
    with Session(engine) as session:
        session.execute(delete(Grant).where(Grant.user_id == person(WHO).user_id))
        session.execute(delete(Approval))
        session.execute(
            delete(Notice).where(Notice.kind.in_((NoticeKind.APPROVAL, NoticeKind.ACCOUNT_ALERT)))
        )
        sign_in_again(session, WHO)


@pytest.mark.usefixtures("_cleared")
def test_of_three_roles_at_once_one_is_given(app: Flask, engine: Engine) -> None:
    """S-39: nobody comes to two of the three by two grants at the same moment, nor to one of them twice."""
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
    assert len(held) == 1
    given = [answer.json.get("code", answer.status_code) for answer in answers]
    assert sorted(given, key=str) == [201] + ["grant_open"] * 3 + ["roles_exclude"] * 8


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


@pytest.fixture
def _no_officer(engine: Engine, settings: Settings) -> Iterator[None]:
    """Let there be no officer anywhere; afterwards those of the cast are back, and new ones are gone."""
    assert settings
    with Session(engine) as session:
        cast = session.scalars(select(Grant.id).where(Grant.role.in_(officers.OFFICERS))).all()
        long_ago = now() - 2 * officers.STILL_COUNTS
        session.execute(update(Grant).where(Grant.id.in_(cast)).values(ended_at=long_ago))
        session.commit()
    yield
    with Session(engine) as session:
        session.execute(update(Grant).where(Grant.id.in_(cast)).values(ended_at=None))
        session.execute(delete(Grant).where(Grant.role.in_(officers.OFFICERS), Grant.id.not_in(cast)))
        session.execute(
            delete(Notice).where(Notice.kind.in_((NoticeKind.APPROVAL, NoticeKind.ACCOUNT_ALERT)))
        )
        for name in (WHO, "worker"):
            sign_in_again(session, name)


def made_officer(who: str, role: Role, area_code: str, *, by: str) -> Step:
    """Let an administrator of the city give an office without a second person; give what stops him."""

    def step(session: Session) -> Any:
        actor = staff(by, CITY)
        try:
            grant(session, actor, new_id(), NewGrant(person(who).user_id, role, area_code))
        except DomainError as refusal:
            return refusal.code
        return None

    return step


@pytest.mark.usefixtures("_no_officer")
@pytest.mark.parametrize(
    "first, second",
    [
        ((Role.COUNTY_OFFICER, COUNTY), (Role.COUNTY_OFFICER, COUNTY)),
        ((Role.CITY_OFFICER, CITY), (Role.COUNTY_OFFICER, COUNTY)),
    ],
)
def test_of_two_first_officers_at_once_one_is_made(
    engine: Engine, first: tuple[Role, str], second: tuple[Role, str]
) -> None:
    """S-40: else each would see none, and two would be made to whom nobody else agreed."""
    told = one_inside_the_other(
        engine, made_officer(WHO, *first, by="security"), made_officer("worker", *second, by="system")
    )

    assert told == (None, "approval_needed")
    with Session(engine) as session:
        made = (Grant.role.in_(officers.OFFICERS), Grant.ended_at.is_(None))
        assert session.scalars(select(Grant.user_id).where(*made)).all() == [person(WHO).user_id]
