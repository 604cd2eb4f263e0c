"""Pages that people read: a whole settlement may sit behind one address, and whoever waits reads why."""

from typing import Any

import pytest

from tests.client import Client

PAGES = ["/q/x", "/q/x/reports/01a229cf-1845-7287-9665-4ffcc105051f", "/invite/x"]
TOLD = "操作太频繁，或者这会儿用的人太多，请稍后再试"


def ask(visitor: Client, path: str, at: str) -> Any:
    options: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": at}, "headers": {"Accept": "text/html"}}
    return visitor.get(path, **options)


@pytest.mark.parametrize("path", PAGES)
def test_six_hundred_of_one_address_read_a_page_in_a_minute(visitor: Client, path: str, address: str) -> None:
    """S-126: per IP: generous, and with an end that is told on a page, in words, and for how long."""
    assert {ask(visitor, path, address).status_code for _ in range(600)} <= {404, 410}

    answer = ask(visitor, path, address)

    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert TOLD in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 61


@pytest.mark.parametrize("path", PAGES)
def test_a_program_reads_a_code(visitor: Client, path: str, address: str) -> None:
    """S-126: the same for whoever asks for JSON."""
    for _ in range(600):
        ask(visitor, path, address)

    at: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": address}}
    answer = visitor.get(path, headers={"Accept": "application/json"}, **at)

    assert (answer.status_code, answer.json["code"], answer.json["title"]) == (429, "too_many_requests", TOLD)


def test_a_form_of_an_invitation_counts_what_is_refused(visitor: Client, address: str) -> None:
    """S-126: per IP: thirty wrong ones a minute, told on a page."""
    at: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": address}}
    answers = [visitor.post("/invite/x", data={"password": "x", "again": "y"}, **at) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [410] * 30 + [429]
    assert TOLD in answers[-1].text
