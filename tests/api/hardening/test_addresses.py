"""Under which address somebody counts: one subscriber is one, whatever address of his own he takes."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.api.http.addresses import counted_as
from app.clock import now, set_to
from app.config import RateSettings
from tests.client import Client

AppWith = Callable[..., Flask]
WIDE = 1_000_000
WRONG = {"phone": "13900005555", "password": "猜一个密码猜一个密码"}


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    """Let no minute end on the way."""
    with set_to(now().replace(second=15)):
        yield


@pytest.fixture
def network() -> str:
    """Give the beginning of a /64 that nobody used before."""
    return f"2001:db8:{secrets.randbelow(0xFFFF):x}:{secrets.randbelow(0xFFFF):x}"


@pytest.mark.parametrize(
    "address, counted",
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:0:0:1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::FFFF:cb00:7109", "203.0.113.9"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("10.256.0.1", "10.256.0.1"),
        ("2001:db8::1::2", "2001:db8::1::2"),
        ("[2001:db8::1]:443", "[2001:db8::1]:443"),
    ],
)
def test_an_address_counts_as_its_subscriber(address: str, counted: str) -> None:
    """S-126: per IP: a /64 of IPv6 is one subscriber, and IPv4 written as IPv6 is IPv4."""
    assert counted_as(address) == counted


def ask(app: Flask, at: str) -> int:
    return Client(app, None).get("/v1/me", environ_overrides={"REMOTE_ADDR": at}).status_code


def test_addresses_of_one_subscriber_are_counted_together(app_with: AppWith, network: str) -> None:
    """S-126: per IP: he has 2^64 of them, and each would start anew."""
    app = app_with(rates=RateSettings(WIDE, WIDE, 4))

    assert [ask(app, f"{network}::{n}") for n in range(5)] == [401] * 4 + [429]
    assert ask(app, f"{network}1::1") == 401, "a neighbour is not held back"


def test_both_spellings_of_an_ipv4_address_are_counted_together(app_with: AppWith, address: str) -> None:
    """S-126: per IP: a socket of both versions writes IPv4 as IPv6."""
    app = app_with(rates=RateSettings(WIDE, WIDE, 2))

    assert [ask(app, at) for at in (address, f"::ffff:{address}", address)] == [401, 401, 429]


def test_limits_of_single_routes_go_by_subscriber(visitor: Client, network: str) -> None:
    """S-5, S-126: tries of a sign-in from any address of one /64 are of one address."""

    def sign_in(n: int) -> int:
        at = {"REMOTE_ADDR": f"{network}::{n}"}
        return visitor.post("/v1/sessions", json={"phone": "1"}, environ_overrides=at).status_code

    assert [sign_in(n) for n in range(21)] == [422] * 20 + [429]


def test_failed_sign_ins_go_by_subscriber(visitor: Client, session: Session, network: str) -> None:
    """S-5: a hundred phones tried from a hundred addresses of one /64 are one that tries many."""
    assert session is not None
    answers = []
    for n in range(35):
        at = {"REMOTE_ADDR": f"{network}:{n:x}::1"}
        sent = WRONG | {"phone": f"139{n:08d}"}
        answers.append(visitor.post("/v1/sessions", json=sent, environ_overrides=at).json["code"])

    assert answers.count("wrong_credentials") <= 30
    assert set(answers[30:]) <= {"too_many_tries", "too_many_requests"}
