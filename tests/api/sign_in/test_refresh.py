"""Refresh tokens: one successor each, none usable from the database, and a stolen one ends its family."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.identity import let_in
from app.models import Notice, RefreshToken, SignIn, User
from tests.api.sign_in.conftest import SignInAs, code, refused
from tests.cast import person
from tests.client import Answer, Client

WithToken = Callable[[str], Client]
OVER = (401, "refresh_over")


@pytest.fixture
def refresh(visitor: Client) -> Callable[[str], Answer]:
    """Go on with a refresh token."""
    return lambda token: visitor.post("/v1/sessions/refresh", json={"refresh_token": token})


def test_a_refresh_gives_the_next_session_and_token(
    user: User, sign_in: SignInAs, refresh: Callable[[str], Answer], with_token: WithToken
) -> None:
    """S-22: opaque, 256 bits, rotated at each use."""
    first, start = sign_in().json, clock.now()
    second = refresh(first["refresh_token"])

    assert refused(second) == (201, "")
    assert (
        len({first["token"], second.json["token"], first["refresh_token"], second.json["refresh_token"]}) == 4
    )
    assert len(second.json["refresh_token"]) == 43, "32 bytes"
    assert with_token(second.json["token"]).get("/v1/me").json["user_id"] == str(user.id)
    assert with_token(first["token"]).get("/v1/me").status_code == 200, "requests on their way go on"
    with clock.set_to(start + timedelta(seconds=15)):
        assert with_token(first["token"]).get("/v1/me").status_code == 401


@pytest.mark.usefixtures("user")
def test_a_family_lives_for_thirty_days(sign_in: SignInAs, refresh: Callable[[str], Answer]) -> None:
    """S-22: refreshed every ten days, and over to the second."""
    start = clock.now()
    with clock.set_to(start):
        token = sign_in().json["refresh_token"]
    for life in (timedelta(days=10), timedelta(days=20), timedelta(days=30, seconds=-1)):
        with clock.set_to(start + life):
            token = refresh(token).json["refresh_token"]
    with clock.set_to(start + timedelta(days=30)):
        assert refused(refresh(token)) == OVER


@pytest.mark.usefixtures("user")
def test_a_used_token_gives_the_same_pair_for_ten_seconds(
    sign_in: SignInAs, refresh: Callable[[str], Answer]
) -> None:
    """S-24: a phone whose reply was lost asks again; later it is somebody else who asks."""
    token, start = sign_in().json["refresh_token"], clock.now()
    pairs = []
    for seconds in (0, 10):
        with clock.set_to(start + timedelta(seconds=seconds)):
            pairs.append([refresh(token).json[name] for name in ("token", "refresh_token")])
    with clock.set_to(start + timedelta(seconds=11)):
        late = refresh(token)

    assert pairs[0] == pairs[1]
    assert refused(late) == OVER


@pytest.mark.usefixtures("user")
def test_the_database_holds_no_token(
    sign_in: SignInAs, refresh: Callable[[str], Answer], session: Session
) -> None:
    """S-22: a dump of both tables shows nothing that was given out."""
    first = sign_in().json
    second = refresh(first["refresh_token"]).json
    rows = [
        str(row)
        for table in ("refresh_tokens", "sign_ins")
        for row in session.execute(text(f"SELECT {table}::text FROM {table}"))  # noqa: S608
    ]

    given = [answer[name] for answer in (first, second) for name in ("token", "refresh_token")]
    assert len(rows) > 2
    for token in given:
        assert not [row for row in rows if token in row or token.encode().hex() in row]


def test_a_token_that_comes_back_ends_the_family_and_its_owner_is_told(
    user: User,
    sign_in: SignInAs,
    refresh: Callable[[str], Answer],
    with_token: WithToken,
    session: Session,
) -> None:
    """S-23: the old token gives 401 and the newest stops, too; another sign-in goes on."""
    other, first, start = sign_in().json, sign_in().json, clock.now()
    newest = refresh(first["refresh_token"]).json
    with clock.set_to(start + timedelta(seconds=30)):
        assert refused(refresh(first["refresh_token"])) == OVER
        assert refused(refresh(newest["refresh_token"])) == OVER
        assert with_token(newest["token"]).get("/v1/me").status_code == 401
        assert with_token(other["token"]).get("/v1/me").status_code == 200
    told = session.scalars(select(Notice).where(Notice.user_id == user.id)).one()
    assert (told.kind, told.data) == ("account_alert", {"what": "token_reused"})
    family = session.scalars(select(SignIn.end_reason).where(SignIn.end_reason == "token_reused")).all()
    assert len(family) == 2


def test_twenty_refreshes_side_by_side_have_one_successor(
    app: Flask, engine: Engine, settings: Settings
) -> None:
    """S-24: all of them get the same pair, it works, and nobody is logged out."""
    worker = person("worker").user_id
    with Session(engine, expire_on_commit=False) as session:
        opened = let_in(session, settings.sessions, session.get_one(User, worker))
        session.commit()

    def refresh(number: int) -> tuple[int, str, str]:
        answer = Client(app, None).post(
            "/v1/sessions/refresh",
            json={"refresh_token": opened.refresh_token},
            environ_overrides={"REMOTE_ADDR": f"10.77.0.{number}"},
        )
        return answer.status_code, answer.json.get("token"), answer.json.get("refresh_token")

    try:
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(refresh, range(20)))
        assert {status for status, _, _ in answers} == {201}
        assert len(set(answers)) == 1
        _, _, successor = answers[0]
        again = Client(app, None).post("/v1/sessions/refresh", json={"refresh_token": successor})
        assert again.status_code == 201
        with Session(engine) as session:
            family = select(RefreshToken).where(RefreshToken.family_id == opened.session.family_id)
            assert len(session.scalars(family).all()) == 3
    finally:
        with Session(engine) as session:
            session.execute(delete(RefreshToken).where(RefreshToken.user_id == worker))
            session.execute(delete(SignIn).where(SignIn.family_id == opened.session.family_id))
            session.execute(text("UPDATE users SET last_signed_in_at = NULL"))
            session.commit()


@pytest.mark.usefixtures("administrator")
def test_a_refreshed_session_has_neither_second_factor_nor_check(
    sign_in: SignInAs, refresh: Callable[[str], Answer], with_token: WithToken
) -> None:
    first = sign_in(totp=code()).json
    second = refresh(first["refresh_token"]).json

    assert (first["second_factor"], second["second_factor"]) == (True, False)
    assert refused(with_token(second["token"]).get("/v1/users")) == (403, "second_factor_needed")
    assert refused(with_token(second["token"]).post("/v1/me/totp")) == (403, "reauth_required")


@pytest.mark.usefixtures("user")
def test_signing_out_ends_refreshing_and_a_console_or_browser_has_none(
    sign_in: SignInAs, refresh: Callable[[str], Answer], with_token: WithToken
) -> None:
    first = sign_in().json

    assert with_token(first["token"]).delete("/v1/sessions/current").status_code == 204
    assert refused(refresh(first["refresh_token"])) == OVER
    assert sign_in(kind="console").json["refresh_token"] is None
    assert sign_in(query="?cookie=1").json["refresh_token"] is None


@pytest.mark.parametrize("token", ["x", "ключ", "x" * 100])
def test_what_is_no_refresh_token_is_refused(refresh: Callable[[str], Answer], token: str) -> None:
    assert refused(refresh(token)) == OVER
