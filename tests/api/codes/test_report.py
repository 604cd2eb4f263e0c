"""The report of somebody without an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.api.http.parts import EXTENSION
from app.ids import new_id
from app.models import HarmCase, Hazard, HazardSource, Photo, PhotoLink
from tests.api.codes.page import Send, hidden_id, kept, rows
from tests.cast import named
from tests.client import Client
from tests.evidence.photos import file, scene
from tests.hazard_world import KEY

PHOTOS = [file(scene(300 + number, 200)) for number in range(4)]


def test_a_visitor_reports_with_photos(send: Send, session: Session, visitor: Client, code: str) -> None:
    opened = visitor.get(f"/q/{code}")
    report_id = hidden_id(opened)

    answer = send(id=str(report_id), photos=PHOTOS[:2], text="  2单元3楼\r\n停了电动车 ")

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/q/{code}/reports/{report_id}"
    hazard = session.get_one(Hazard, report_id)
    assert (hazard.source, hazard.reported_by, hazard.place_id) == (
        HazardSource.VISITOR,
        None,
        named("block"),
    )
    assert (hazard.text, hazard.category, hazard.status) == ("2单元3楼\n停了电动车", "fire", "reported")
    assert hazard.presence_reasons[:2] == ["code_scanned", "position_missing"]
    assert abs(hazard.captured_at - clock.now()) < timedelta(seconds=30)
    photos = session.scalars(
        select(Photo)
        .join(PhotoLink, PhotoLink.photo_id == Photo.id)
        .where(PhotoLink.record_id == report_id)
        .order_by(PhotoLink.position)
    ).all()
    assert [(photo.width, photo.uploaded_by) for photo in photos] == [(300, None), (301, None)]


def test_the_community_finds_the_report_with_its_photos(send: Send, admin: Client) -> None:
    report_id = new_id()
    send(id=str(report_id), photos=PHOTOS[:1])

    shown = admin.get(f"/v1/hazards/{report_id}").json

    assert (shown["source"], shown["text"]) == ("visitor", "楼道停电动车")
    assert [photo["arrived"] for photo in shown["photos"]] == [True]
    assert admin.get(f"/v1/photos/{shown['photos'][0]['id']}").status_code == 200


def test_a_visitor_is_not_told_that_his_words_opened_a_case(
    send: Send, session: Session, visitor: Client, admin: Client
) -> None:
    """S-98: the answer and the page that follows are those of any other report."""
    quiet, told = (send(text=text) for text in ("楼道停电动车", "三单元有人打娃，用皮带抽"))
    differs = r"[0-9a-f-]{36}|\d{4}-\d\d-\d\dT[^\"]+|楼道停电动车|三单元有人打娃，用皮带抽"
    pages = [re.sub(differs, "", visitor.get(one.headers["Location"]).text) for one in (quiet, told)]

    (case,) = session.scalars(select(HarmCase))
    assert (case.opened_by, case.resident_id, str(case.hazard_id)) == (
        None,
        None,
        told.headers["Location"][-36:],
    )
    assert admin.get("/v1/harm-cases").json["items"][0]["opened_by"] is None
    assert (quiet.status_code, told.status_code) == (303, 303)
    assert pages[0] == pages[1]


def test_a_report_sent_again_is_one_report(send: Send, session: Session) -> None:
    report_id = str(new_id())

    first, again = (send(id=report_id, photos=PHOTOS[:1]) for _ in range(2))

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert rows(session) == (1, 1, 1)


def test_a_report_sent_again_after_its_sheet_was_revoked_is_the_same(
    send: Send, session: Session, admin: Client, visitor: Client
) -> None:
    report_id = str(new_id())
    first = send(id=report_id, photos=PHOTOS[:1])
    revoked = {"version": 1, "reason": "丢了"}
    assert admin.post(f"/v1/places/{named('block')}/codes/revoke", json=revoked).status_code == 200

    again = send(id=report_id, photos=PHOTOS[:1])
    other, fresh, wrong = send(id=report_id, text="别的事"), send(photos=PHOTOS[1:2]), send(text="")

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert visitor.get(again.headers["Location"]).status_code == 200
    assert [answer.status_code for answer in (other, fresh, wrong)] == [410, 410, 410]
    assert " readonly>别的事</textarea>" in other.text, "it can be copied into the form of the new sheet"
    assert "<textarea" not in wrong.text
    assert rows(session) == (1, 1, 1)


def test_a_report_changed_after_it_was_sent_is_told_so(send: Send, session: Session, code: str) -> None:
    report_id = str(new_id())
    send(id=report_id, key=KEY)

    answer = send(id=report_id, text="别的事", category="traffic", photos=PHOTOS[:1], key=KEY)

    assert answer.status_code == 409
    assert f"/q/{code}/reports/{report_id}?key={KEY}" in answer.text, "he can still say how it went"
    assert rows(session) == (1, 1, 0)
    assert session.scalar(select(Hazard.text)) == "楼道停电动车"
    assert kept(answer, "别的事", "traffic")
    assert "照片要重新选" in answer.text


def test_what_was_changed_afterwards_can_be_sent_as_a_report_of_its_own(send: Send, session: Session) -> None:
    report_id = str(new_id())
    send(id=report_id)
    refused = send(id=report_id, text="别的事")
    other = hidden_id(refused)

    again = send(id=str(other), text="别的事")

    assert (again.status_code, str(other) != report_id) == (303, True)
    assert set(session.scalars(select(Hazard.text))) == {"楼道停电动车", "别的事"}


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"category": ""}, "请选一项"),
        ({"category": "weather"}, "请选一项"),
        ({"text": " \r\n "}, "请写一下哪里不安全"),
        ({"text": "啊" * 501}, "请写一下哪里不安全"),
        ({"id": ""}, "页面太旧了"),
        ({"id": "1"}, "页面太旧了"),
        ({"id": str(uuid4())}, "页面太旧了"),
        ({"id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}, "页面太旧了"),
        ({"photos": PHOTOS}, "最多3张照片"),
        ({"photos": [PHOTOS[0], b"<svg/>"]}, "这不是照片"),
        ({"photos": [PHOTOS[0][:3000]]}, "照片没有传完整"),
        ({"photos": [bytes(12 * 1024 * 1024 + 1)]}, "超过12MB"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    send: Send, session: Session, changes: dict[str, Any], message: str
) -> None:
    sent = {"text": "写好的<内容>", "category": "traffic"} | changes

    answer = send(**sent)

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert message in answer.text
    assert rows(session) == (0, 0, 0)
    if "text" not in changes:
        assert "写好的&lt;内容&gt;</textarea>" in answer.text
    if "category" not in changes:
        assert re.search(r'value="traffic" required checked', answer.text)


def test_a_refused_form_keeps_its_id_and_can_be_sent_again(send: Send, session: Session) -> None:
    report_id = new_id()
    refused = send(id=str(report_id), text="")

    assert hidden_id(refused) == report_id
    assert send(id=str(report_id)).status_code == 303
    assert rows(session) == (1, 1, 0)


def test_the_address_of_a_refused_form_leads_back_to_the_form(visitor: Client, code: str) -> None:
    answer = visitor.get(f"/q/{code}/reports")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/q/{code}")


def test_nobody_reports_by_a_code_that_is_not_ours(visitor: Client, session: Session, address: str) -> None:
    answer = visitor.post(
        "/q/1AAAAAAAAA.AAAAAAAAAAAAAAAAAAAAA/reports",
        data={"id": str(new_id()), "category": "fire", "text": "火"},
        environ_overrides={"REMOTE_ADDR": address},
    )

    assert answer.status_code == 404
    assert rows(session) == (0, 0, 0)


def test_more_bytes_than_three_photos_are_refused_unread(visitor: Client, code: str, address: str) -> None:
    answer = visitor.post(
        f"/q/{code}/reports",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(40 * 1024 * 1024), "REMOTE_ADDR": address},
    )

    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "照片最多3张，每张不超过12MB。请回到报告页，少选几张或换小一点的" in answer.text
    assert f'href="/q/{code}"' in answer.text
    assert "每张不超过12MB" in visitor.get(f"/q/{code}").text


@pytest.mark.parametrize("bad", [b"\xff", b"\xe6\xa5", "楼道".encode("gbk"), "楼道�".encode()])
@pytest.mark.parametrize("kind", ["multipart", "escaped", "bare"])
def test_a_text_that_did_not_arrive_whole_is_not_taken(
    visitor: Client, session: Session, code: str, address: str, kind: str, bad: bytes
) -> None:
    """Not as signs of replacement, and not as what a browser would have escaped."""
    fields = {b"id": str(new_id()).encode(), b"category": b"fire", b"text": b"3" + bad}
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % one for one in fields.items()
    )
    body, content_type = {
        "multipart": (b"".join(parts) + b"--x--\r\n", "multipart/form-data; boundary=x"),
        "escaped": (urlencode(fields).encode(), "application/x-www-form-urlencoded"),
        "bare": (b"&".join(map(b"=".join, fields.items())), "application/x-www-form-urlencoded"),
    }[kind]

    answer = visitor.post(
        f"/q/{code}/reports",
        data=body,
        content_type=content_type,
        environ_overrides={"REMOTE_ADDR": address},
    )

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert answer.text.count("有些字没有传对，变成了“�”，请改好再提交") == 2, "at the top and at the field"
    assert rows(session) == (0, 0, 0)


def test_what_was_written_stays_in_the_form_while_the_database_is_away(
    app_with: Callable[..., Flask],
) -> None:
    app = app_with(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    code = app.extensions[EXTENSION].signer.code("A" * 9)

    answer = Client(app, None).post(f"/q/{code}/reports", data={"text": "楼道停电动车", "category": "fire"})

    assert answer.status_code == 503
    assert kept(answer, "楼道停电动车", "fire")
