"""How many reports an address may send in an hour, and what a repeat is among them."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.api.codes import refused_forms
from app.api.http.parts import EXTENSION
from app.ids import new_id
from tests.api.codes.page import Send, hidden_id, kept, rows
from tests.client import Client
from tests.evidence.photos import file, scene
from tests.hazard_world import KEY

PHOTOS = [file(scene(300 + number, 200)) for number in range(2)]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_too_many_forms_of_an_address_are_refused_whatever_is_in_them(send: Send, kind: str) -> None:
    """Neither a body that is no form nor one without fields is a fault."""
    for _ in range(60):
        send(text="")

    answers = [send(text=""), send(body=b"--x\r\nno form", content_type=kind)]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert all('<textarea id="text"' in answer.text for answer in answers)


def test_of_far_too_many_forms_of_an_address_none_is_read(send: Send, address: str) -> None:
    """A form has up to 36 MB of photos, and a refusal costs whoever sends it nothing."""
    assert [send().status_code for _ in range(10)] == [303] * 10
    refused_forms(address).add(239)
    last, unread = send(text="还停着"), send(text="还停着")

    assert [answer.status_code for answer in (last, unread)] == [429, 429]
    assert ("还停着" in last.text, "还停着" in unread.text) == (True, False)
    assert "从您这个网络来的报告太多" in unread.text


def test_the_eleventh_report_of_an_address_waits(send: Send, session: Session) -> None:
    assert send(text="").status_code == 422, "what is refused does not count"
    assert [send().status_code for _ in range(10)] == [303] * 10

    report_id = new_id()
    answer = send(id=str(report_id), text="<四楼>\r\n停了车", category="traffic", photos=PHOTOS[:1])

    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert kept(answer, "&lt;四楼&gt;\n停了车", "traffic"), "nothing that he wrote is lost"
    assert (hidden_id(answer), "照片要重新选" in answer.text) == (report_id, True)
    assert "急的不要等，请马上打电话给网格员或社区" in answer.text, (
        "he may have sent nothing, and danger waits not"
    )
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601
    assert rows(session)[0] == 10


def test_a_repeat_after_a_lost_reply_leads_to_the_receipt_also_where_no_more_are_taken(
    send: Send, session: Session
) -> None:
    """Photos and key too; what was changed since, or is new, is one too many as ever."""
    sent = {"id": str(new_id()), "photos": PHOTOS[:2], "key": KEY}
    first = send(**sent)
    assert [send().status_code for _ in range(9)] == [303] * 9

    again, changed, fresh = send(**sent), send(**sent | {"text": "别的事"}), send()
    keyless = send(**sent | {"key": ""})

    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert [answer.status_code for answer in (changed, fresh, keyless)] == [429, 429, 429]
    assert rows(session) == (10, 10, 2)


def test_a_repeat_is_not_counted_among_the_ten(send: Send) -> None:
    report_id = str(new_id())
    assert [send(id=report_id).status_code for _ in range(5)] == [303] * 5

    assert [send().status_code for _ in range(10)] == [303] * 9 + [429]


def test_a_repeat_is_known_behind_an_address_that_sends_far_too_many_forms(send: Send) -> None:
    report_id, refused_id = str(new_id()), str(new_id())
    assert send(id=report_id).status_code == 303
    for _ in range(60):
        send(text="")

    assert [send(id=refused_id).status_code for _ in range(2)] == [429, 429]
    assert send(id=report_id).status_code == 303


def test_one_too_many_is_told_so_also_while_the_database_is_away(
    app_with: Callable[..., Flask], address: str
) -> None:
    app = app_with(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    code = app.extensions[EXTENSION].signer.code("A" * 9)
    form = {"id": str(new_id()), "text": "楼道停电动车", "category": "fire"}
    send = partial(
        Client(app, None).post,
        f"/q/{code}/reports",
        data=form,
        environ_overrides={"REMOTE_ADDR": address},
    )

    answers = [send() for _ in range(61)]

    assert [answer.status_code for answer in answers] == [503] * 60 + [429]
    assert kept(answers[-1], "楼道停电动车", "fire")
