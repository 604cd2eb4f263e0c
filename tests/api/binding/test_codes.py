"""Households' codes: shown to their workers, replaced at once, never two alike."""

import secrets
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import BindingCode
from tests.binding_world import HOUSEHOLD, by_id_number, new_code, refused, write_unbound
from tests.cast import named
from tests.client import Client

PATH = f"/v1/households/{HOUSEHOLD}/binding-code"


def test_a_code_is_shown_again_until_a_new_one_is_made(
    worker: Client, admin: Client, newcomer: Client, session: Session
) -> None:
    write_unbound(session)
    assert refused(admin.get(PATH)) == (404, "not_found")
    first = new_code(worker)
    shown = admin.get(PATH).json["code"]
    second = new_code(admin)

    assert len(first) == 16
    assert (shown, worker.get(PATH).json["code"]) == (first, second)
    assert refused(by_id_number(newcomer, first)) == (409, "binding_refused")
    assert by_id_number(newcomer, second).status_code == 200
    assert session.scalar(select(func.count()).select_from(BindingCode)) == 1


def test_what_is_sent_again_gives_the_code_it_made_and_comes_too_late_for_a_newer(
    admin: Client, newcomer: Client, session: Session
) -> None:
    write_unbound(session)
    first, again = (admin.post(PATH, json={"version": 0}) for _ in range(2))
    second = new_code(admin)

    late = admin.post(PATH, json={"version": 0})

    assert again.json == first.json
    assert (refused(late), "第2版" in late.json["title"]) == ((409, "binding_code_version"), True)
    assert refused(admin.post(PATH, json={"version": 7})) == (409, "binding_code_version")
    assert by_id_number(newcomer, second).status_code == 200


def test_others_do_not_see_it(admin: Client, be: Callable[[str], Client]) -> None:
    new_code(admin)
    answers = [be(name).get(PATH) for name in ("far_admin", "far_worker", "resident")]

    assert [refused(answer) for answer in answers] == [(404, "not_found")] * 2 + [(403, "forbidden")]


@pytest.mark.usefixtures("connection")
def test_a_number_that_is_taken_is_drawn_anew(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: Iterator[int] = iter([11, 7, 22, 7, 33, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))

    first = new_code(admin)
    second = admin.post(f"/v1/households/{named('household neighbour')}/binding-code", json={"version": 0})

    assert first == "0000000700000011"
    assert (second.status_code, second.json["code"]) == (200, "0000000800000033")


@pytest.mark.usefixtures("connection")
def test_where_none_is_free_one_tries_again(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = cycle([11, 7])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))
    code = new_code(admin)

    answer = admin.post(f"/v1/households/{named('household neighbour')}/binding-code", json={"version": 0})

    assert refused(answer) == (429, "binding_codes_exhausted")
    assert admin.get(PATH).json["code"] == code
