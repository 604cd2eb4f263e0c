"""Limits of what signed-in people do: each has his own, wherever he sits."""

from collections.abc import Callable
from typing import Any

from app.ids import new_id
from tests.client import Client

Become = Callable[[str | None], Client]
FORM = {"old_password": "x", "new_password": ""}


def change(who: Client, address: str) -> int:
    at: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": address}}
    return who.post("/v1/me/password", json=FORM, **at).status_code


def test_an_office_behind_one_address_does_not_lock_itself_out(be: Become, address: str) -> None:
    """S-126: per user: what one does at the same address takes nothing from the others."""
    assert [change(be("worker"), address) for _ in range(21)] == [422] * 20 + [429]

    assert change(be("colleague"), address) == change(be("admin"), address) == 422


def test_whoever_goes_to_another_address_is_still_himself(be: Become) -> None:
    """S-126: per user: the twenty-first try is his, from wherever it comes."""
    worker = be("worker")

    assert [change(worker, f"10.1.2.{n}") for n in range(21)] == [422] * 20 + [429]


def test_who_may_not_call_it_uses_up_nothing(be: Become, address: str) -> None:
    """S-126: who is refused for what he is hears that, and not that he waits."""
    body = {"json": {"id": str(new_id())}, "environ_overrides": {"REMOTE_ADDR": address}}
    path = f"/v1/residents/{new_id()}/sign-in-codes"

    assert {be("resident").post(path, **body).status_code for _ in range(70)} == {403}
    assert be("admin").post(path, **body).status_code in {403, 404}


def test_a_person_who_waits_reads_it_and_hears_how_long(be: Become, address: str) -> None:
    """S-126: with 429 and Retry-After, and in words."""
    resident = be("resident")
    for _ in range(20):
        change(resident, address)

    answer = resident.post("/v1/me/password", json=FORM)

    assert (answer.status_code, answer.json["code"]) == (429, "too_many_requests")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601
