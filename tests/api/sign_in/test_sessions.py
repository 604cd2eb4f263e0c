"""Signing in and out, and what a session is worth afterwards."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import SignIn, User
from tests.api.sign_in.conftest import PASSWORD, SignInAs, grant
from tests.cast import GRID, Person, named, person
from tests.client import Answer, Client
from tests.cpu import least_cpu_s


def refusal(answer: Answer) -> tuple[int, dict[str, Any]]:
    return answer.status_code, {key: value for key, value in answer.json.items() if key != "request_id"}


# Signing in


@pytest.mark.usefixtures("user")
def test_the_right_password_opens_a_session_of_twelve_hours(sign_in: SignInAs, session: Session) -> None:
    before = clock.now()

    answer = sign_in()

    assert answer.status_code == 201
    assert set(answer.json) == {"token", "refresh_token", "expires_at", "idle_s", "second_factor"}
    assert (answer.json["idle_s"], answer.json["second_factor"]) == (1800, False)
    opened = session.scalars(
        select(SignIn).where(SignIn.token_hash == hashlib.sha256(answer.json["token"].encode()).digest())
    ).one()
    assert timedelta(0) <= opened.expires_at - before - timedelta(hours=12) < timedelta(seconds=30)
    assert len(answer.json["token"]) == 43, "32 random bytes"


def test_who_signed_in_is_himself(signed_in: Client, user: User) -> None:
    assert signed_in.get("/v1/me").json == {
        "user_id": str(user.id),
        "name": "赵六",
        "resident_id": None,
        "household_id": None,
        "held": [],
        "waiting": [],
    }


def test_staff_and_residents_see_what_they_are(worker: Client, resident: Client) -> None:
    assert worker.get("/v1/me").json["held"] == [{"role": "grid_worker", "area_code": GRID}]
    me = resident.get("/v1/me").json
    assert (me["resident_id"], me["household_id"]) == (str(named("resident")), str(named("household home")))


@pytest.mark.usefixtures("user")
def test_each_sign_in_gives_another_token(sign_in: SignInAs) -> None:
    assert sign_in().json["token"] != sign_in().json["token"]


def test_wrong_unknown_and_disabled_read_the_same(sign_in: SignInAs, user: User, session: Session) -> None:
    wrong, unknown = sign_in(password="另一个密码另一个密码"), sign_in(phone="13900002222")
    without_password = sign_in(phone="10000000000")
    user.disabled_at = clock.now()
    session.commit()
    disabled = sign_in()

    answers = [refusal(answer) for answer in (wrong, unknown, without_password, disabled)]

    assert answers == [answers[0]] * 4
    assert (answers[0][0], answers[0][1]["code"]) == (401, "wrong_credentials")
    assert answers[0][1]["title"] == "手机号、密码或动态验证码不对，请核对后再试；连错5次，要过30分钟才能再试"


@pytest.mark.usefixtures("user")
def test_an_unknown_phone_takes_as_much_work_as_a_wrong_password(sign_in: SignInAs) -> None:
    def refused(**changes: str) -> None:
        assert sign_in(**changes).status_code == 401

    wrong = least_cpu_s(lambda: refused(password="另一个密码另一个密码"))
    unknown = least_cpu_s(lambda: refused(phone="13900002222"))

    assert 0.5 < unknown / wrong < 2


def test_a_weaker_hash_is_replaced_at_the_next_sign_in(
    sign_in: SignInAs, user: User, session: Session
) -> None:
    """S-4: the parameters were raised since: whoever signs in is hashed anew."""
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    session.commit()

    assert sign_in().status_code == 201

    session.refresh(user)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in().status_code == 201


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"phone": "1390000111"}, "phone"),
        ({"phone": 13900001111}, "phone"),
        ({"phone": None}, "phone"),
        ({"password": ""}, "password"),
        ({"password": "a" * 201}, "password"),
        ({"password": ["a"]}, "password"),
        ({"remember": True}, "remember"),
        ({"totp": "12345"}, "totp"),
        ({"kind": "admin"}, "kind"),
        ({"new_password": ""}, "new_password"),
    ],
)
def test_a_form_filled_in_wrongly_names_the_field(
    sign_in: SignInAs, changes: dict[str, Any], field: str
) -> None:
    answer = sign_in(**changes)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert list(answer.json["errors"]) == [field]


def test_the_twenty_first_try_in_a_minute_waits(sign_in: SignInAs, visitor: Client) -> None:
    assert {sign_in(phone="1").status_code for _ in range(20)} == {422}

    answer = sign_in()

    assert (answer.status_code, answer.json["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    elsewhere = visitor.post("/v1/sessions", json={}, environ_overrides={"REMOTE_ADDR": "10.256.0.1"})
    assert elsewhere.status_code == 422, "another address is not held back"


# What a session is worth afterwards


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dG9rZW4tb2Ytd29ya2Vy",
        "Bearer x",
        "token-of-worker",
        "Bearer " + "x" * 9000,
    ],
)
def test_what_is_no_token_is_nobody(visitor: Client, header: str) -> None:
    answer = visitor.get("/v1/me", headers={"Authorization": header})

    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_with_foreign_signs_is_nobody(visitor: Client) -> None:
    answer = visitor.get("/v1/me", headers={"Authorization": "Bearer t\xf6ken"})

    assert answer.status_code == 401


def test_the_word_bearer_may_be_written_in_any_case(visitor: Client) -> None:
    headers = {"Authorization": f"bearer {person('worker').token}"}

    assert visitor.get("/v1/me", headers=headers).status_code == 200


def test_signing_out_kills_this_token_and_no_other(
    app: Flask, signed_in: Client, user: User, sign_in: SignInAs
) -> None:
    other = Client(app, Person(user.id, sign_in().json["token"]))

    answer = signed_in.delete("/v1/sessions/current")

    assert (answer.status_code, answer.data) == (204, b"")
    assert signed_in.get("/v1/me").status_code == 401
    assert signed_in.delete("/v1/sessions/current").status_code == 401
    assert other.get("/v1/me").status_code == 200


def test_a_disabled_user_is_out_at_the_next_request(signed_in: Client, user: User, session: Session) -> None:
    assert signed_in.get("/v1/me").status_code == 200
    user.disabled_at = clock.now()
    session.commit()

    assert signed_in.get("/v1/me").status_code == 401


def test_a_changed_grant_works_at_the_next_request(signed_in: Client, user: User, session: Session) -> None:
    def read() -> int:
        return signed_in.get("/v1/places").status_code

    assert read() == 403
    given = grant(session, user.id)
    assert read() == 200
    given.ended_at = clock.now()
    session.commit()
    assert read() == 403


@pytest.mark.parametrize(
    "days_from, days_until, status",
    [
        (-2, None, 200),
        (-2, 1, 200),
        (-2, -1, 403),
        (1, None, 403),
        (1, 2, 403),
        (0, None, 200),
        (-2, 0, 403),
    ],
)
def test_a_grant_holds_for_its_time_only(
    signed_in: Client, user: User, session: Session, days_from: int, days_until: int | None, status: int
) -> None:
    at = clock.now()
    until = None if days_until is None else at + timedelta(days=days_until)
    grant(session, user.id, valid_from=at + timedelta(days=days_from), valid_until=until)

    with clock.set_to(at):
        assert signed_in.get("/v1/places").status_code == status
