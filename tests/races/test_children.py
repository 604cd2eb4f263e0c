"""A child comes in at the moment at which its guardian's consent ends: nothing is left open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app import people
from app.config import Settings
from app.errors import DomainError
from app.identity import children, hand_out, refresh, sign_in_by_code
from app.identity.sessions import take_turn
from app.ids import new_id
from app.models import (
    Binding,
    Consent,
    Guardianship,
    Notice,
    RefreshToken,
    Resident,
    SignIn,
    SignInCode,
    User,
)
from tests.cast import acting
from tests.child_world import write_child, write_consent, write_guardian
from tests.races.beside import staff
from tests.races.together import Step, one_inside_the_other
from tests.roster_world import forget_changes

KEY = b"tries"


@dataclass(frozen=True)
class Child:
    """A child signed in by a code on paper, with another one at hand."""

    resident_id: UUID
    user_id: UUID
    guardianship_id: UUID
    consent_id: UUID
    code: str
    refresh_token: str


@pytest.fixture
def child(engine: Engine, settings: Settings) -> Iterator[Child]:
    """Give a child whose guardian agrees; all of it goes afterwards."""
    with Session(engine, expire_on_commit=False) as session:
        resident_id = write_child(session)
        guardianship_id = write_guardian(session, resident_id)
        consent_id = write_consent(session, resident_id)
        opened = sign_in_by_code(session, settings.sessions, KEY, new_code(session, resident_id))
        assert not isinstance(opened, DomainError)
        assert opened.refresh_token is not None
        code, user_id = new_code(session, resident_id), opened.session.user_id
        session.commit()
    yield Child(resident_id, user_id, guardianship_id, consent_id, code, opened.refresh_token)
    with Session(engine) as session:
        forget_changes(session)
        for table in (RefreshToken, SignIn, SignInCode, Notice, Binding):
            session.execute(delete(table).where(table.user_id == user_id))
        session.execute(delete(Consent).where(Consent.resident_id == resident_id))
        session.execute(delete(Guardianship).where(Guardianship.child_id == resident_id))
        session.execute(delete(User).where(User.id == user_id))
        session.execute(delete(Resident).where(Resident.id == resident_id))
        session.commit()


def new_code(session: Session, resident_id: UUID) -> str:
    return hand_out(session, staff("worker"), KEY, new_id(), resident_id)[1]


def by_refresh(child: Child, settings: Settings) -> Step:
    return lambda session: refresh(session, settings.sessions, KEY, child.refresh_token)


def by_code(child: Child, settings: Settings) -> Step:
    return lambda session: sign_in_by_code(session, settings.sessions, KEY, child.code)


def by_new_code(child: Child, settings: Settings) -> Step:
    assert settings
    return lambda session: new_code(session, child.resident_id)


def taken_back(child: Child) -> Step:
    def step(session: Session) -> bool:
        people.withdraw(session, acting("resident"), child.consent_id)
        return children.shut_out_child(session, child.resident_id)

    return step


def guardian_no_more(child: Child) -> Step:
    def step(session: Session) -> bool:
        people.end_guardianship(session, staff("admin"), child.guardianship_id)
        return children.shut_out_child(session, child.resident_id)

    return step


def refused(step: Step) -> Step:
    """Take a step that may be refused by what it raises, too."""

    def taken(session: Session) -> Any:
        try:
            return step(session)
        except DomainError as refusal:
            return refusal

    return taken


def still_open(engine: Engine, child: Child) -> int:
    """Count what the child could go on with."""
    with Session(engine) as session:
        return sum(
            session.scalar(
                select(func.count())
                .select_from(table)
                .where(table.user_id == child.user_id, table.ended_at.is_(None))
            )
            or 0
            for table in (SignIn, RefreshToken, SignInCode)
        )


@pytest.mark.parametrize("end", [taken_back, guardian_no_more])
@pytest.mark.parametrize("come_in", [by_refresh, by_code, by_new_code])
def test_what_a_child_is_just_opening_ends_with_the_consent(
    engine: Engine, settings: Settings, child: Child, come_in: Any, end: Any
) -> None:
    """S-91: who shuts it out waits for whoever lets it in, or hands out a code, and sees what was opened."""
    opened, shut = one_inside_the_other(engine, come_in(child, settings), end(child))

    assert not isinstance(opened, DomainError)
    assert shut is True
    assert still_open(engine, child) == 0


@pytest.mark.parametrize("end", [taken_back, guardian_no_more])
@pytest.mark.parametrize("come_in", [by_refresh, by_code, by_new_code])
def test_a_child_is_not_let_in_while_the_consent_is_ending(
    engine: Engine, settings: Settings, child: Child, come_in: Any, end: Any
) -> None:
    """S-91: who lets it in waits for whoever shuts it out, and looks for the consent only then."""
    shut, told = one_inside_the_other(engine, end(child), refused(come_in(child, settings)))

    assert shut is True
    assert isinstance(told, DomainError)
    assert still_open(engine, child) == 0


def test_a_code_on_paper_and_the_end_of_the_consent_do_not_wait_for_each_other(
    engine: Engine, settings: Settings, child: Child
) -> None:
    """S-91: both lock the account first; else the database would break off one of them, perhaps the end."""

    def begin(session: Session) -> None:
        take_turn(session, child.user_id)

    shut, told = one_inside_the_other(
        engine, begin, refused(by_code(child, settings)), then=taken_back(child)
    )

    assert shut is True
    assert isinstance(told, DomainError)
    assert still_open(engine, child) == 0
