"""What a reporter without an account may follow."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import HazardStatus
from tests.api.codes.page import Send, receipt, state
from tests.cast import named, person
from tests.client import Client
from tests.hazard_world import write_code, write_hazard
from tests.own_data.closing import close


def test_the_reporter_follows_each_step(
    send: Send, visitor: Client, admin: Client, worker: Client, colleague: Client, code: str
) -> None:
    report_id = new_id()
    send(id=str(report_id))
    path = f"/v1/hazards/{report_id}"
    steps: list[tuple[Client, str, dict[str, Any], str]] = [
        (admin, "accept", {"note": "内部说明"}, "已受理"),
        (admin, "assign", {"assignee_id": str(person("worker").user_id)}, "已派人处理"),
        (worker, "start", {}, "正在整改"),
        (worker, "rectify", {"note": "搬走了", "photo_ids": [str(new_id())]}, "已整改，等复查"),
        (colleague, "verify", {"passed": True}, "已处理好"),
    ]
    seen = [state(receipt(visitor, code, report_id))]

    for who, verb, body, _ in steps:
        assert who.step(f"{path}/{verb}", body).status_code == 200, verb
        seen.append(state(receipt(visitor, code, report_id)))

    assert seen == ["已收到", *(words for *_, words in steps)]
    page = receipt(visitor, code, report_id)
    assert "内部说明" not in page, "what the staff notes for itself is not shown"
    assert "worker" not in page
    assert page.index("</time> 上报") < page.index("</time> 受理") < page.index("</time> 处理好了")


def test_a_refusal_shows_its_reason(send: Send, visitor: Client, admin: Client, code: str) -> None:
    report_id = new_id()
    send(id=str(report_id))
    admin.step(f"/v1/hazards/{report_id}/reject", {"reason": "这是施工围挡,<下周>拆"})

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
    assert admin.step(f"/v1/hazards/{report_id}/duplicate", step).status_code == 200

    page = receipt(visitor, code, report_id)

    assert state(page) == "正在整改"
    assert "有人已经报过同一件事" in page
    assert str(other.id) not in page


def test_a_report_merged_into_one_that_is_frozen_keeps_its_receipt(
    app: Flask, send: Send, visitor: Client, admin: Client, resident: Client, session: Session, code: str
) -> None:
    """S-79: what somebody reported who left is out of sight, and the visitor's own report is not."""
    report_id = new_id()
    send(id=str(report_id))
    other = write_hazard(session, HazardStatus.ACCEPTED, reported_by=person("resident").user_id)
    step = {"duplicate_of_id": str(other.id)}
    assert admin.step(f"/v1/hazards/{report_id}/duplicate", step).status_code == 200
    other.status = HazardStatus.CLOSED
    session.commit()
    close(app, session, resident)
    assert admin.get(f"/v1/hazards/{other.id}").status_code == 404

    page = receipt(visitor, code, report_id)

    assert state(page) == "和别人报的是同一件事"
    assert "有人已经报过同一件事" in page


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
