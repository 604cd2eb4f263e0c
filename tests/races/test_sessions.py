"""Whoever takes the ground from under a session takes it from those, too, that open at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from app import identity
from app.actors import Actor
from app.api.http.allow import COOKIE
from app.clock import now
from app.config import Settings
from app.errors import DomainError
from app.identity.sessions import hashed
from app.ids import new_id
from app.models import RefreshToken, SecondFactor, SessionKind, SignIn, SignInTries, User
from tests.binding_world import write_newcomer
from tests.cast import HOME, Person
from tests.races.together import Step, one_inside_the_other
from tests.sealer import SEALER

PHONE, OTHER_PHONE = "13900008888", "13900008889"
PASSWORD, BETTER = "Zweig&41 Moorhuhn tropft", "Kiesel 7 Fjordlampe"
KEY = b"tries"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def who(engine: Engine, settings: Settings) -> Iterator[Person]:
    """Give somebody with phone, password and second factor."""
    assert settings
    yield from _somebody(engine, PHONE)


def _somebody(engine: Engine, phone: str) -> Iterator[Person]:
    with Session(engine) as session:
        made, row_id = write_newcomer(session, phone), new_id()
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


@pytest.fixture
def other(engine: Engine, settings: Settings) -> Iterator[Person]:
    """Give somebody else with phone and password."""
    assert settings
    yield from _somebody(engine, OTHER_PHONE)


def with_console(engine: Engine, who: Person) -> str:
    """Let somebody have been signed in at a console; give the token that the browser has."""
    token = f"token-of-{new_id()}"
    with Session(engine) as session:
        before = {"token_hash": hashed(token), "kind": SessionKind.CONSOLE, "ended_at": None}
        session.execute(update(SignIn).where(SignIn.user_id == who.user_id).values(before))
        session.commit()
    return token


def _waiting(engine: Engine) -> Any:
    """Count who waits for a row, as another connection sees it."""
    with engine.connect() as beside:
        return beside.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


def test_two_who_sign_in_in_each_other_s_browsers_do_not_wait_for_each_other(
    app: Flask, engine: Engine, settings: Settings, who: Person, other: Person
) -> None:
    """S-11: each ends his own earlier session, and the one that the browser had, which is the other's.

    Both are held until both wait, so that each has one of the two rows when he asks for the other.
    """
    assert settings.sessions.console_most == 1
    tokens = {PHONE: with_console(engine, other), OTHER_PHONE: with_console(engine, who)}

    def at_console(phone: str) -> int:
        shown = {"phone": phone, "password": PASSWORD, "kind": "console"}
        headers = {"Cookie": f"{COOKIE}={tokens[phone]}", "Sec-Fetch-Site": "same-origin"}
        browser = app.test_client(use_cookies=False)  # else the header is not sent
        return browser.post("/v1/sessions?cookie=1", json=shown, headers=headers).status_code

    with Session(engine) as session, ThreadPoolExecutor(2) as pool:
        open_ones = SignIn.user_id.in_([who.user_id, other.user_id])
        session.execute(select(SignIn.id).where(open_ones).with_for_update())
        answers = [pool.submit(at_console, phone) for phone in tokens]
        until = monotonic() + 20
        while _waiting(engine) != len(tokens):
            assert monotonic() < until, "somebody waits for no row"
            sleep(0.05)
        session.commit()
        assert [one.result(20) for one in answers] == [201, 201]

    assert (still_open(engine, who), still_open(engine, other)) == (1, 1)
