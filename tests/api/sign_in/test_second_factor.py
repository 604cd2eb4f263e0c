"""The second factor: enrolled, confirmed, shown at sign-in or later, used once, reset by another."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.models import Notice, SecondFactor, SignIn, User
from tests.api.sign_in.conftest import PASSWORD, SignInAs, code, refused
from tests.cast import named, person
from tests.client import Client

Become = Callable[[str | None], Client]
WithToken = Callable[[str], Client]
WRONG_CODE = (401, "wrong_code")


@pytest.mark.usefixtures("administrator")
def test_password_only_reaches_nothing_of_an_administrator(sign_in: SignInAs, with_token: WithToken) -> None:
    """S-8: without the second factor an administrator's role waits, with it in the same call it counts."""
    without, having = sign_in().json, sign_in(totp=code()).json

    assert (without["second_factor"], having["second_factor"]) == (False, True)
    assert refused(with_token(without["token"]).get("/v1/users")) == (403, "second_factor_needed")
    assert with_token(without["token"]).get("/v1/me").json["waiting"][0]["role"] == "community_admin"
    assert refused(with_token(having["token"]).get("/v1/users")) == (200, "")


@pytest.mark.usefixtures("administrator")
def test_a_step_up_goes_on_under_another_token(
    sign_in: SignInAs, with_token: WithToken, session: Session
) -> None:
    """S-13: another session id and token after the second factor, the old one is dead, the end stays."""
    first = sign_in(kind="console").json
    answer = with_token(first["token"]).post("/v1/sessions/current/second-factor", json={"totp": code()})

    assert refused(answer) == (201, "")
    assert answer.json["expires_at"] == first["expires_at"]
    assert answer.json["token"] != first["token"]
    assert refused(with_token(first["token"]).get("/v1/me")) == (401, "sign_in_needed")
    assert refused(with_token(answer.json["token"]).get("/v1/users")) == (200, "")
    before, after = session.scalars(select(SignIn).where(SignIn.kind == "console").order_by(SignIn.id)).all()
    assert before.id != after.id
    assert (before.end_reason, after.family_id) == ("stepped_up", before.family_id)


@pytest.mark.usefixtures("administrator")
def test_a_code_works_once_and_beside_its_half_minute(sign_in: SignInAs) -> None:
    """S-9: a replay gives 401; one step of 30 seconds early or late is taken, two are not."""
    start = clock.now()
    with clock.set_to(start):
        assert refused(sign_in(totp=code(-2))) == refused(sign_in(totp=code(2))) == (401, "wrong_credentials")
        assert refused(sign_in(totp=code(-1))) == (201, "")
        assert refused(sign_in(totp=code(-1))) == (401, "wrong_credentials")
        assert refused(sign_in(totp=code(1))) == (201, "")
        assert refused(sign_in(totp=code())) == (401, "wrong_credentials"), "older than the last one used"


@pytest.mark.usefixtures("administrator")
def test_five_wrong_codes_close_the_second_factor(sign_in: SignInAs, with_token: WithToken) -> None:
    """S-9: the sixth guess is refused though it is right."""
    start = clock.now()
    with clock.set_to(start):
        client = with_token(sign_in().json["token"])

        def show(totp: str) -> tuple[int, str]:
            return refused(client.post("/v1/sessions/current/second-factor", json={"totp": totp}))

        wrong = f"{(int(code()) + 500_000) % 1_000_000:06d}"
        assert [show(wrong) for _ in range(5)] == [WRONG_CODE] * 5
        assert show(code()) == WRONG_CODE
    with clock.set_to(start + timedelta(minutes=29)):
        assert show(code()) == WRONG_CODE
        client = with_token(sign_in().json["token"])
    with clock.set_to(start + timedelta(minutes=31)):
        assert show(code()) == (201, "")


def test_enrolling_shows_the_secret_once_and_counts_when_confirmed(
    signed_in: Client, with_token: WithToken, session: Session
) -> None:
    old = signed_in.post("/v1/me/totp").json["otpauth_uri"]
    session.execute(update(SecondFactor).values(created_at=clock.now() - timedelta(hours=1)))
    uri, again = (signed_in.post("/v1/me/totp").json["otpauth_uri"] for _ in range(2))
    assert old != uri, "one that was not confirmed within the hour is replaced"
    assert again == uri, "a late copy replaces nothing that was scanned"
    totp = pyotp.parse_uri(uri)
    assert isinstance(totp, pyotp.TOTP)
    step = signed_in.post("/v1/sessions/current/second-factor", json={"totp": totp.at(clock.now())})
    assert refused(step) == WRONG_CODE, "not confirmed yet"

    answer = signed_in.post("/v1/me/totp/confirm", json={"totp": totp.at(clock.now())})

    assert refused(answer) == (201, "")
    assert answer.json["second_factor"] is True
    assert refused(signed_in.get("/v1/me")) == (401, "sign_in_needed")
    now_in = with_token(answer.json["token"])
    assert refused(now_in.post("/v1/me/totp")) == (409, "second_factor_held")
    kept = session.scalars(select(SecondFactor).where(SecondFactor.confirmed_at.is_not(None))).one()
    assert totp.secret.encode() not in kept.secret_sealed


@pytest.mark.usefixtures("administrator")
def test_a_check_is_renewed_by_password_or_code(
    sign_in: SignInAs, with_token: WithToken, session: Session
) -> None:
    """S-14, S-36: proving oneself again opens the sensitive steps for five minutes."""
    client = with_token(sign_in().json["token"])

    def check(**proof: str) -> tuple[int, str]:
        session.execute(update(SignIn).values(checked_at=None).where(SignIn.idle_s > 0))
        session.commit()
        return refused(client.post("/v1/sessions/current/check", json=proof))

    assert check(password="falsch") == (403, "wrong_password")
    assert refused(client.post("/v1/me/totp")) == (403, "reauth_required")
    assert check(password=PASSWORD) == (200, "")
    assert refused(client.post("/v1/me/totp")) == (409, "second_factor_held")
    assert check(totp=code()) == (200, "")
    assert check(totp=code()) == WRONG_CODE, "used"
    assert check() == check(password=PASSWORD, totp=code()) == (422, "invalid")
    assert [check(password="falsch") for _ in range(5)] == [(403, "wrong_password")] * 5
    assert check(password=PASSWORD) == (403, "wrong_password"), "closed"


def test_another_administrator_resets_a_lost_second_factor(
    be: Become, administrator: User, sign_in: SignInAs, with_token: WithToken, session: Session
) -> None:
    client = with_token(sign_in(totp=code()).json["token"])
    path = f"/v1/users/{administrator.id}/second-factor/reset"

    assert refused(be("system").step(path)) == (200, "")

    assert refused(client.get("/v1/me")) == (401, "sign_in_needed")
    assert session.scalars(select(SecondFactor)).all() == []
    told = session.scalars(select(Notice).where(Notice.user_id == administrator.id)).one()
    assert told.data == {"what": "second_factor_reset"}
    own = f"/v1/users/{person('system').user_id}/second-factor/reset"
    assert refused(be("system").step(own)) == (403, "own_account")
    session.execute(
        update(SignIn)
        .where(SignIn.id == named("sign-in system"))
        .values(checked_at=clock.now() - timedelta(minutes=6))
    )
    session.commit()
    assert refused(be("system").step(path)) == (403, "reauth_required")
