"""How often one phone may be tried in vain, from one address and from many."""

import secrets
from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis

from app.api.sign_in_tries import TooManyTriesError, counted_try
from app.config import Settings
from app.identity import WrongCredentialsError
from app.ids import new_id
from tests.cast import HOME
from tests.client import Answer, Client

PHONE, NEIGHBOURS, UNKNOWN = "13900003333", "13900004444", "13900005555"
PASSWORD = "十二个字以上的密码才行哦"
AppWith = Callable[..., Flask]
SignIn = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _people(be: Callable[[str | None], Client]) -> None:
    """Register two people with passwords."""
    for phone in (PHONE, NEIGHBOURS):
        body = {"area_code": HOME, "phone": phone, "name": "钱七", "password": PASSWORD}
        assert be("system").put(f"/v1/users/{new_id()}", json=body).status_code == 201


def signer(app: Flask) -> SignIn:
    """Sign in as the first of the two, by default from an address nobody used before."""

    def sign_in(phone: str = PHONE, password: str = PASSWORD, at: str = "") -> Answer:
        anywhere = f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        return Client(app, None).post(
            "/v1/sessions",
            json={"phone": phone, "password": password},
            environ_overrides={"REMOTE_ADDR": at or anywhere},
        )

    return sign_in


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    return signer(app)


def fail(sign_in: SignIn, times: int, **who: str) -> list[int]:
    return [sign_in(password="猜一个密码猜一个密码", **who).status_code for _ in range(times)]


def told(answer: Answer) -> dict[str, object]:
    return {key: value for key, value in answer.json.items() if key != "request_id"}


def test_failures_from_many_addresses_close_a_phone_known_or_not(sign_in: SignIn) -> None:
    assert fail(sign_in, 10) == fail(sign_in, 10, phone=UNKNOWN) == [401] * 10

    known, unknown = sign_in(), sign_in(UNKNOWN)

    assert told(known) == told(unknown)
    assert (known.status_code, known.json["code"]) == (429, "too_many_tries")
    assert known.json["title"] == "这个手机号试错的次数太多，请过15分钟再试"
    assert 14 * 60 < int(known.headers["Retry-After"]) <= 15 * 60


def test_one_persons_failures_do_not_hold_back_another_at_the_address(sign_in: SignIn, address: str) -> None:
    assert fail(sign_in, 11, at=address) == [401] * 10 + [429]

    assert sign_in(at=address).status_code == 429, "the right password is not even looked at"
    assert sign_in(NEIGHBOURS, at=address).status_code == 201
    assert fail(sign_in, 8, phone=UNKNOWN, at=address) == [401] * 7 + [429], "the address has its own limit"
    assert sign_in(NEIGHBOURS, at=address).json["code"] == "too_many_requests"


def test_good_sign_ins_are_not_counted(sign_in: SignIn) -> None:
    assert {sign_in().status_code for _ in range(12)} == {201}

    assert fail(sign_in, 11) == [401] * 10 + [429]


def test_the_right_password_starts_the_count_anew(sign_in: SignIn) -> None:
    assert fail(sign_in, 9) == [401] * 9
    assert sign_in().status_code == 201

    assert fail(sign_in, 11) == [401] * 10 + [429]


def test_a_form_filled_in_wrongly_is_no_try(sign_in: SignIn) -> None:
    assert {sign_in(password="").status_code for _ in range(12)} == {422}

    assert sign_in().status_code == 201


def test_a_fault_of_ours_is_no_failed_try(app: Flask) -> None:
    key = b"a key of the tests"
    for _ in range(11):
        with pytest.raises(RuntimeError), app.app_context(), counted_try(key, UNKNOWN):
            raise RuntimeError

    for _ in range(10):
        with pytest.raises(WrongCredentialsError), app.app_context(), counted_try(key, UNKNOWN):
            raise WrongCredentialsError
    with pytest.raises(TooManyTriesError), app.app_context(), counted_try(key, UNKNOWN):
        pytest.fail("the eleventh try was let in")


def test_processes_count_together(app_with: AppWith, sign_in: SignIn) -> None:
    assert fail(sign_in, 6) == [401] * 6

    assert fail(signer(app_with()), 5) == [401] * 4 + [429]


def test_without_redis_a_process_counts_for_itself(app_with: AppWith) -> None:
    sign_in = signer(app_with(redis_url="redis://127.0.0.1:1/0"))

    assert fail(sign_in, 11) == [401] * 10 + [429]


def test_redis_holds_no_phone(sign_in: SignIn, settings: Settings) -> None:
    assert fail(sign_in, 1) == [401]

    with Redis.from_url(settings.redis_url) as redis:
        keys = [key.decode() for key in redis.scan_iter("*")]

    assert sum("sign-in tries" in key for key in keys) == 2, "one of each limit"
    assert not [key for key in keys if PHONE in key]
