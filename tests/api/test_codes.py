"""What a printed code opens, and the report of somebody without an account."""

import io
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from app import clock
from app.ids import new_id
from app.models import Hazard, HazardEvent, HazardSource, HazardStatus, Photo, PhotoLink
from tests.cast import GRID, named, person
from tests.client import Answer, Client
from tests.evidence.photos import file, scene
from tests.hazard_world import write_code, write_hazard

Send = Callable[..., Answer]
JSON = {"Accept": "application/json"}
PHOTOS = [file(scene(300 + number, 200)) for number in range(4)]


@pytest.fixture
def code(app: Flask, session: Session) -> str:
    """Give the code of the first block, as printed."""
    return write_code(session, app)


@pytest.fixture
def address() -> str:
    """Give a network address nobody used before, so that no limit of another test is near."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


@pytest.fixture
def send(visitor: Client, code: str, address: str) -> Send:
    """Send the report form as a browser does: photos as files, everything else as text."""

    def sent(*, photos: list[bytes] | None = None, **changes: Any) -> Answer:
        body = {"id": str(new_id()), "category": "fire", "text": "楼道停电动车", **changes}
        chosen = [FileStorage(io.BytesIO(photo), "照片.jpg") for photo in photos or []]
        chosen = chosen or [FileStorage(io.BytesIO(b""), "")]
        parts = MultiDict([*body.items(), *(("photo", one) for one in chosen)])
        stream, _, boundary = stream_encode_multipart(parts, use_tempfile=False)
        return visitor.post(
            f"/q/{code}/reports",
            input_stream=stream,
            content_type=f"multipart/form-data; boundary={boundary}",
            environ_overrides={"REMOTE_ADDR": address},
        )

    return sent


def rows(session: Session) -> tuple[int, int, int]:
    """Count hazards, their events, and photos."""
    hazards, events, photos = (
        session.scalar(select(func.count()).select_from(table)) or 0 for table in (Hazard, HazardEvent, Photo)
    )
    return hazards, events, photos


def hidden_id(page: Answer) -> UUID:
    found = re.search(r'name="id" value="([^"]+)"', page.text)
    assert found
    return UUID(found[1])


# The page


def test_the_app_reads_the_place_as_json(visitor: Client, code: str) -> None:
    answer = visitor.get(f"/q/{code}", headers=JSON)

    assert answer.status_code == 200
    assert answer.headers["Vary"] == "Accept"
    assert answer.json == {
        "place": {"id": str(named("block")), "name": "1号楼", "kind": "residential", "area_code": GRID},
        "version": 1,
        "status": "in_use",
    }


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
def test_anything_else_gets_a_page_about_the_place(visitor: Client, code: str, accept: str) -> None:
    answer = visitor.get(f"/q/{code}", headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "<h1>1号楼</h1>" in answer.text
    assert "家园社区" in answer.text
    assert answer.text.count('type="radio"') == 8
    assert answer.text.count('type="file"') == 3
    assert hidden_id(answer).version == 7


def test_the_page_needs_no_script_and_no_inline_style(visitor: Client, code: str) -> None:
    answer = visitor.get(f"/q/{code}")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", answer.text)


def test_the_style_is_kept_for_a_year_under_an_address_of_its_content(visitor: Client, code: str) -> None:
    found = re.search(r'href="(/static/[^"]+)"', visitor.get(f"/q/{code}").text)
    assert found

    answer = visitor.get(found[1])

    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get("/static/0123456789ab/pages.css").status_code == 404


def test_each_opened_form_has_an_id_of_its_own(visitor: Client, code: str) -> None:
    assert hidden_id(visitor.get(f"/q/{code}")) != hidden_id(visitor.get(f"/q/{code}"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_code_with_any_sign_changed_opens_nothing(visitor: Client, code: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(code) - 1))
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.é码 "
    sign = data.draw(st.sampled_from(signs).filter(lambda one: one != code[position]))

    answer = visitor.get(f"/q/{code[:position]}{sign}{code[position + 1 :]}", headers=JSON)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("position", range(32))
def test_no_position_of_a_code_may_change(visitor: Client, code: str, position: int) -> None:
    other = "B" if code[position] == "A" else "A"

    answer = visitor.get(f"/q/{code[:position]}{other}{code[position + 1 :]}", headers=JSON)

    assert len(code) == 32
    assert answer.status_code == 404


@pytest.mark.parametrize("wrong", ["x", "1" * 300, "%00", "..", "1AAAAAAAAA.AAAAAAAAAAAAAAAAAAAAA"])
def test_an_unknown_code_shows_a_page_that_says_so(visitor: Client, wrong: str) -> None:
    answer = visitor.get(f"/q/{wrong}")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "没有找到" in answer.text


def test_a_revoked_code_is_gone(visitor: Client, admin: Client, code: str) -> None:
    path = f"/v1/places/{named('block')}/codes/revoke"
    assert admin.post(path, json={"version": 1, "reason": "被撕掉"}).status_code == 200

    program, person_ = visitor.get(f"/q/{code}", headers=JSON), visitor.get(f"/q/{code}")

    assert (program.status_code, program.json["code"]) == (410, "code_revoked")
    assert (person_.status_code, person_.mimetype) == (410, "text/html")
    assert "这张码已经停用" in person_.text
    assert "被撕掉" not in program.text + person_.text


# Reporting


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


def test_a_report_sent_again_is_one_report(send: Send, session: Session) -> None:
    report_id = str(new_id())

    first, again = (send(id=report_id, photos=PHOTOS[:1]) for _ in range(2))

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert rows(session) == (1, 1, 1)


def test_a_report_changed_after_it_was_sent_is_told_so(send: Send, session: Session, code: str) -> None:
    report_id = str(new_id())
    send(id=report_id)

    answer = send(id=report_id, text="别的事")

    assert answer.status_code == 409
    assert f"/q/{code}/reports/{report_id}" in answer.text
    assert rows(session) == (1, 1, 0)
    assert session.scalar(select(Hazard.text)) == "楼道停电动车"


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


def test_the_eleventh_report_of_an_address_waits(send: Send, session: Session) -> None:
    assert send(text="").status_code == 422, "what is refused does not count"
    assert [send().status_code for _ in range(10)] == [303] * 10

    answer = send()

    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601
    assert rows(session)[0] == 10


# The receipt


def receipt(visitor: Client, code: str, report_id: UUID) -> str:
    answer = visitor.get(f"/q/{code}/reports/{report_id}")
    assert answer.status_code == 200
    return answer.text


def state(page: str) -> str:
    found = re.search(r'<p class="now">([^<]+)</p>', page)
    assert found
    return found[1]


def test_the_reporter_follows_each_step(
    send: Send, visitor: Client, admin: Client, worker: Client, colleague: Client, code: str
) -> None:
    report_id = new_id()
    send(id=str(report_id))
    path = f"/v1/hazards/{report_id}"
    steps: list[tuple[Client, str, dict[str, Any], str]] = [
        (admin, "accept", {"note": "内部说明"}, "已受理"),
        (admin, "assign", {"assignee_id": str(person("worker").user_id)}, "已受理"),
        (worker, "start", {}, "正在处理"),
        (worker, "rectify", {"note": "搬走了", "photo_ids": [str(new_id())]}, "正在处理"),
        (colleague, "verify", {"passed": True}, "已处理好"),
    ]
    seen = [state(receipt(visitor, code, report_id))]

    for who, verb, body, _ in steps:
        assert who.post(f"{path}/{verb}", json=body).status_code == 200, verb
        seen.append(state(receipt(visitor, code, report_id)))

    assert seen == ["已收到", *(words for *_, words in steps)]
    page = receipt(visitor, code, report_id)
    assert "内部说明" not in page, "what the staff notes for itself is not shown"
    assert "worker" not in page
    assert page.index("收到您的报告") < page.index("社区已受理") < page.index("处理好了")


def test_a_refusal_shows_its_reason(send: Send, visitor: Client, admin: Client, code: str) -> None:
    report_id = new_id()
    send(id=str(report_id))
    admin.post(f"/v1/hazards/{report_id}/reject", json={"reason": "这是施工围挡,<下周>拆"})

    page = receipt(visitor, code, report_id)

    assert state(page) == "未受理"
    assert "原因：这是施工围挡,&lt;下周&gt;拆" in page


def test_a_merged_report_shows_how_the_other_one_goes(
    send: Send, visitor: Client, admin: Client, session: Session, code: str
) -> None:
    report_id = new_id()
    send(id=str(report_id))
    other = write_hazard(session, HazardStatus.RECTIFYING)
    step = {"duplicate_of_id": str(other.id)}
    assert admin.post(f"/v1/hazards/{report_id}/duplicate", json=step).status_code == 200

    page = receipt(visitor, code, report_id)

    assert state(page) == "正在处理"
    assert "有人已经报过同一件事" in page
    assert str(other.id) not in page


def test_the_receipt_outlives_the_sheet(send: Send, visitor: Client, admin: Client, code: str) -> None:
    report_id = new_id()
    send(id=str(report_id))
    path = f"/v1/places/{named('block')}/codes/reprint"
    assert admin.post(path, json={"version": 1, "reason": "脏了"}).status_code == 200

    assert state(receipt(visitor, code, report_id)) == "已收到"


def test_a_receipt_shows_no_other_hazard(
    app: Flask, send: Send, visitor: Client, session: Session, code: str
) -> None:
    by_resident = write_hazard(session)
    elsewhere = write_code(session, app, named("workshop"))
    report_id = new_id()
    send(id=str(report_id))

    assert visitor.get(f"/q/{code}/reports/{by_resident.id}").status_code == 404
    assert visitor.get(f"/q/{code}/reports/{new_id()}").status_code == 404
    assert visitor.get(f"/q/{elsewhere}/reports/{report_id}").status_code == 404
    assert visitor.get(f"/q/{code[:-1]}./reports/{report_id}").status_code == 404


def test_moments_are_told_in_chinese_time(visitor: Client, send: Send, code: str) -> None:
    report_id = new_id()
    with clock.set_to(datetime(2026, 12, 31, 16, 5, tzinfo=UTC)):
        send(id=str(report_id))

    assert "1月1日 00:05" in receipt(visitor, code, report_id)


def test_pages_stand_outside_the_api_description(visitor: Client) -> None:
    described = visitor.get("/openapi.json").json["paths"]

    assert "/v1/places" in described
    assert not [path for path in described if path.startswith(("/q/", "/static/"))]
