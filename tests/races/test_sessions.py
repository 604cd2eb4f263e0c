"""Whoever takes the ground from under a session takes it from those, too, that open at the same moment."""

from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from app import identity
from app.actors import Actor
from app.clock import now
from app.config import Settings
from app.errors import DomainError
from app.ids import new_id
from app.models import RefreshToken, SecondFactor, SessionKind, SignIn, SignInTries, User
from tests.binding_world import write_newcomer
from tests.cast import HOME, Person
from tests.races.together import Step, one_inside_the_other
from tests.sealer import SEALER

PHONE, PASSWORD, BETTER = "13900008888", "Zweig&41 Moorhuhn tropft", "Kiesel 7 Fjordlampe"
KEY = b"tries"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def who(engine: Engine, settings: Settings) -> Iterator[Person]:
    """Give somebody with phone, password and second factor."""
    assert settings
    with Session(engine) as session:
        made, row_id = write_newcomer(session, PHONE), new_id()
        values = {
            "password_hash": identity.HASHER.hash(PASSWORD),
            "password_set_at": now(),
            "area_code": HOME,
        }
        session.execute(update(User).where(User.id == made.user_id).values(values))
        sealed = identity.sealed_secret(SEALER, row_id, SECRET)
        factor = SecondFactor(
            id=row_id, user_id=made.user_id, secret_sealed=sealed, created_at=now(), confirmed_at=now()
        )
        session.add(factor)
        session.commit()
    yield made
    with Session(engine) as session:
        for table in (RefreshToken, SignIn, SecondFactor):
            session.execute(delete(table).where(table.user_id == made.user_id))
        session.execute(delete(SignInTries))
        session.execute(delete(User).where(User.id == made.user_id))
        session.commit()


@pytest.fixture
def credentials() -> identity.Credentials:
    return identity.Credentials(phone=PHONE, password=PASSWORD, totp=pyotp.TOTP(SECRET).at(now()))


def as_himself(who: Person, session: Session) -> Actor:
    actor = identity.actor_of(session, who.token)
    assert actor is not None
    return actor


def still_open(engine: Engine, who: Person) -> int:
    """Count what the person could go on with."""
    with Session(engine) as session:
        sessions, tokens = (
            session.scalar(
                select(func.count())
                .select_from(table)
                .where(table.user_id == who.user_id, table.ended_at.is_(None))
            )
            for table in (SignIn, RefreshToken)
        )
    return int(sessions or 0) + int(tokens or 0)


def sign_in(settings: Settings, shown: identity.Credentials) -> Step:
    return lambda session: identity.sign_in(session, SEALER, settings.sessions, KEY, shown)


def refresh(settings: Settings, token: str) -> Step:
    return lambda session: identity.refresh(session, settings.sessions, KEY, token)


def change_password(who: Person, settings: Settings) -> Step:
    def step(session: Session) -> Any:
        profile, actor = settings.sessions.passwords, as_himself(who, session)
        return identity.change_password(session, actor, SEALER, KEY, profile, old=PASSWORD, new=BETTER)

    return step


def sign_out(who: Person) -> Step:
    return lambda session: identity.sign_out(session, as_himself(who, session))


def opened(engine: Engine, step: Step) -> identity.Opened:
    with Session(engine, expire_on_commit=False) as session:
        made = step(session)
        session.commit()
    assert isinstance(made, identity.Opened)
    return made


def test_a_thief_who_refreshes_meanwhile_is_out(
    engine: Engine, settings: Settings, who: Person, credentials: identity.Credentials
) -> None:
    """S-12: another password ends also the session and the token that a refresh is just opening."""
    token = opened(engine, sign_in(settings, credentials)).refresh_token
    assert token is not None

    one_inside_the_other(engine, refresh(settings, token), change_password(who, settings))

    assert still_open(engine, who) == 1, "his own session, from which he changed it"


def test_the_old_password_lets_nobody_in_who_showed_it_just_before(
    engine: Engine, settings: Settings, who: Person, credentials: identity.Credentials
) -> None:
    """S-12: a sign-in that saw the password before it was changed is refused after."""
    _, told = one_inside_the_other(engine, change_password(who, settings), sign_in(settings, credentials))

    assert isinstance(told, DomainError)
    assert told.code == "wrong_credentials"
    assert still_open(engine, who) == 1


def test_signing_out_ends_what_a_refresh_is_just_opening(
    engine: Engine, settings: Settings, who: Person, credentials: identity.Credentials
) -> None:
    """S-12: the whole family, of either side."""
    first = opened(engine, sign_in(settings, credentials))
    assert first.refresh_token is not None
    phone = Person(who.user_id, first.token)

    one_inside_the_other(engine, refresh(settings, first.refresh_token), sign_out(phone))

    assert still_open(engine, who) == 1, "the session he had before"


def test_no_step_up_goes_on_from_a_session_that_just_ended(
    engine: Engine, settings: Settings, who: Person
) -> None:
    """S-12, S-13: signed out, or disabled: no new token is given for the old one."""
    totp = pyotp.TOTP(SECRET).at(now())

    def step_up(session: Session) -> Any:
        actor = as_himself(who, session)
        return identity.step_up(session, actor, SEALER, settings.sessions, KEY, token=who.token, totp=totp)

    _, told = one_inside_the_other(engine, sign_out(who), step_up)

    assert isinstance(told, DomainError)
    assert told.code == "session_over"
    assert still_open(engine, who) == 0


def test_whoever_is_disabled_meanwhile_is_not_let_in(
    engine: Engine, settings: Settings, who: Person, credentials: identity.Credentials
) -> None:
    """S-12: so nothing is left that would work again once the account is enabled."""

    def disable(session: Session) -> None:
        session.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": who.user_id})
        session.execute(update(SignIn).where(SignIn.user_id == who.user_id).values(ended_at=now()))

    _, told = one_inside_the_other(engine, disable, sign_in(settings, credentials))

    assert isinstance(told, DomainError)
    assert still_open(engine, who) == 0


def test_at_the_console_too(
    engine: Engine, settings: Settings, who: Person, credentials: identity.Credentials
) -> None:
    """S-11, S-12: the order of locks is one: a change of the password and a console's sign-in both end."""
    shown = identity.Credentials(
        phone=PHONE, password=PASSWORD, totp=credentials.totp, kind=SessionKind.CONSOLE
    )

    made, _ = one_inside_the_other(engine, sign_in(settings, shown), change_password(who, settings))

    assert isinstance(made, identity.Opened)
    assert still_open(engine, who) == 1
