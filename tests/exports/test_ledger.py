"""Files of the ledger of hazards: asked for, made, fetched, and read by another library than wrote them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import exports, hazards
from app.actors import Role
from app.clock import SHANGHAI, now
from app.exports import ExportState
from app.ids import new_id
from app.models import (
    Department,
    Grant,
    HarmCase,
    HazardCategory,
    HazardEvent,
    HazardExport,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    Notice,
    NoticeKind,
    Unit,
    UnitKind,
)
from tests.approval_world import approved
from tests.cast import FAR, GRID, HOME, LONG_AGO, named, person
from tests.client import Client
from tests.export_world import make, opened
from tests.exports.ledger_world import asked, fetch, put, refusal, taken, wish
from tests.hazard_world import done, report_body, write_hazard
from tests.own_data_world import photos_of
from tests.sealer import SEALER

Be = Callable[[str], Client]
SOME_DAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_a_hazards_whole_course_stands_in_one_line(app: Flask, session: Session, be: Be) -> None:
    """S-154: what staff read on the screen, under the headings that offices know."""
    admin, worker = be("admin"), be("worker")
    hazard_id = str(new_id())
    worker.put(f"/v1/hazards/{hazard_id}", json=report_body(text="楼道堆了纸箱"))

    def step(who: Client, verb: str, **sent: Any) -> None:
        done(who.step(f"/v1/hazards/{hazard_id}/{verb}", sent))

    due = now() + timedelta(days=3)
    step(admin, "accept")
    step(admin, "assign", assignee_id=str(person("worker").user_id), due_at=due.isoformat())
    step(worker, "start")
    step(worker, "rectify", note="清走了")
    step(be("colleague"), "verify", passed=False, note="还有一半")
    step(worker, "start")
    step(worker, "rectify", note="全清走了")
    step(be("colleague"), "verify", passed=True)

    [line] = taken(app, session, admin)

    assert (line["序号"], line["地点"], line["所在区域"]) == (1, "1号楼", "第一网格")
    assert (line["来源"], line["排查人"], line["隐患描述"]) == ("工作人员上报", "worker", "楼道堆了纸箱")
    assert (line["类别"], line["等级"], line["状态"]) == ("消防", "一般隐患", "已销号")
    assert (line["整改措施"], line["责任人"], line["是否逾期"]) == ("全清走了", "worker", "否")
    assert (line["复查人"], line["复查结果"]) == ("colleague", "通过，1次没通过")
    assert (line["整改前照片数"], line["整改后照片数"]) == (0, 0)
    for moment in ("排查时间", "整改时限", "整改完成时间", "销号时间"):
        assert isinstance(line[moment], datetime), moment
    assert abs(line["销号时间"].replace(tzinfo=SHANGHAI) - now()) < timedelta(minutes=5)
    assert line["编号"] == hazard_id


def test_who_reported_as_a_neighbour_is_not_in_it(app: Flask, session: Session, be: Be) -> None:
    """S-154: nor is he by what he is called in his account or on the roster."""
    be("resident").put(f"/v1/hazards/{new_id()}", json=report_body(text="有人飞线充电"))

    lines = taken(app, session, be("admin"))

    assert [(line["来源"], line["排查人"]) for line in lines] == [("居民上报", "")]
    assert "王桂兰" not in str(lines)
    assert "resident" not in str(lines)


def test_what_became_of_it_outside_stands_there_too(app: Flask, session: Session, admin: Client) -> None:
    """Whom it was handed over to, which office urged it, and what whoever reported it says."""
    handed = write_hazard(session, HazardStatus.TRANSFERRED, department=Department.POWER)
    write_hazard(session, HazardStatus.CLOSED, satisfaction=1)
    session.add(
        HazardEvent(
            id=new_id(),
            area_code=GRID,
            hazard_id=handed.id,
            number=1,
            step=HazardStep.SUPERVISE_COUNTY,
            status_after=handed.status,
            at=now(),
            content_hash=b"",
        )
    )
    session.commit()

    first, second = taken(app, session, admin)

    assert (first["责任人"], first["状态"], first["督办情况"]) == ("供电部门", "已移送", "县级督办，未答复")
    assert (first["满意度"], second["满意度"]) == ("", "不满意")


def test_the_unit_that_has_it_is_named_beside_whoever_of_it_started(
    app: Flask, session: Session, admin: Client
) -> None:
    kind, by = UnitKind.COMPANY, person("admin").user_id
    unit = Unit(id=new_id(), area_code=HOME, name="第一维修队", kind=kind, made_by=by)
    unit.created_at, unit.content_hash = now(), b""
    session.add(unit)
    session.flush()
    in_hand = {"due_at": now() + timedelta(days=3), "unit_id": unit.id}
    write_hazard(session, HazardStatus.ASSIGNED, assignee_id=None, **in_hand)
    write_hazard(session, HazardStatus.RECTIFYING, **in_hand)

    waiting, begun = taken(app, session, admin)

    assert (waiting["责任人"], begun["责任人"]) == (unit.name, f"{unit.name}，worker")


def test_words_that_tell_of_harm_to_a_minor_stay_inside(app: Flask, session: Session, admin: Client) -> None:
    told = dict.fromkeys(("measures", "funds", "responsible", "contingency"), "张三，他家老打孩子")
    hazard = write_hazard(session, text="有个孩子被打", five_fixed=told, controls="孩子已送医")
    case = HarmCase(
        id=new_id(),
        area_code=GRID,
        hazard_id=hazard.id,
        told_id=hazard.id,
        signals=["words"],
        opened_at=now(),
    )
    session.add(case)
    session.commit()

    [line] = taken(app, session, admin)

    assert (line["隐患描述"], line["整改措施"]) == ("涉及未成年人保护，不导出", "")
    assert "张三" not in str(line)
    assert "孩子" not in str(line)


def test_no_cell_is_a_formula(app: Flask, session: Session, admin: Client) -> None:
    """S-152: whatever somebody reports is text."""
    write_hazard(session, text='=HYPERLINK("http://example.com")')
    export_id = asked(admin)
    make(app, session, export_id, kind=hazards.LEDGER)

    sheet = opened(fetch(admin, export_id).data).worksheets[0]

    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n", "d"}


def test_the_mark_stands_in_it_seen_and_unseen(app: Flask, session: Session, admin: Client) -> None:
    """S-153: who, when, what for and which file."""
    write_hazard(session)
    export_id = asked(admin)
    make(app, session, export_id, kind=hazards.LEDGER)

    book = opened(fetch(admin, export_id).data)

    mark = str(book.worksheets[0]["A1"].value)
    assert all(part in mark for part in ("admin", "季度台账归档", str(export_id)))
    assert (book.properties.title, book.properties.creator) == ("隐患台账", "admin")
    assert str(export_id) in str(book.properties.description)


def test_only_what_was_asked_for_is_in_it(app: Flask, session: Session, be: Be) -> None:
    late = {"due_at": now() - timedelta(days=1)}
    wanted = write_hazard(
        session,
        HazardStatus.ASSIGNED,
        received_at=SOME_DAY,
        source=HazardSource.STAFF,
        category=HazardCategory.TRAFFIC,
        level=HazardLevel.MAJOR,
        **late,
    )
    write_hazard(session, HazardStatus.ASSIGNED, **late)
    write_hazard(session, area_code=FAR, place_id=named("far_block"))

    lines = taken(
        app,
        session,
        be("county"),
        area_code="421224",
        status=["assigned"],
        source=["staff", "inspection"],
        category=["traffic"],
        level="major",
        overdue=True,
        reported_since=SOME_DAY.isoformat(),
        reported_until=(SOME_DAY + timedelta(hours=1)).astimezone(SHANGHAI).isoformat(),
    )

    assert [line["编号"] for line in lines] == [str(wanted.id)]
    assert lines[0]["是否逾期"] == "是"


def test_more_than_a_days_share_needs_a_second_person(
    app: Flask, session: Session, be: Be, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-153: also where the files are small and many."""
    monkeypatch.setattr("app.hazards.ledger_exports.FREE_ROWS", 2)
    admin = be("admin")
    for _ in range(2):
        write_hazard(session)
    assert len(taken(app, session, admin)) == 2

    assert refusal(put(admin, wish())) == (409, "approval_needed")
    what = {"id": str(new_id()), **wish()}
    approval_id = approved(admin, be("county"), hazard_export=what)
    body = wish(approval_id=approval_id)
    assert refusal(put(admin, body | {"purpose": "别的用途"}, what["id"])) == (409, "approval_unfit")
    answer = put(admin, body, what["id"])
    assert (answer.status_code, answer.json["approved_by"]) == (201, str(person("county").user_id))
    assert put(admin, body, what["id"]).json == answer.json
    for export in session.query(HazardExport):
        export.asked_at -= timedelta(hours=25)
        export.ended_at = export.ready_at = export.ready_at or now()
        export.key_sealed = None
    session.commit()
    assert put(admin, wish()).status_code == 201, "a day later"


def test_nobody_of_the_askers_own_office_agrees(session: Session, be: Be) -> None:
    """S-40: a second county officer is no second role; the city decides."""
    session.get_one(Grant, named("grant city")).role = Role.COUNTY_OFFICER
    session.commit()
    county, other = be("county"), be("city")
    approval_id = str(new_id())
    body = {"reason": "归档", "hazard_export": {"id": str(new_id()), **wish()}}
    assert county.put(f"/v1/approvals/{approval_id}", json=body).status_code == 201
    path = f"/v1/approvals/{approval_id}/approve"

    assert refusal(other.post(path, json={})) == (403, "same_role")
    session.get_one(Grant, named("grant city")).role = Role.CITY_OFFICER
    session.commit()
    assert other.post(path, json={}).status_code == 200


def test_whoever_agrees_reads_what_is_taken_out(be: Be) -> None:
    what = {"id": str(new_id()), **wish(status=["closed"], category=["fire"], overdue=True)}
    what["closed_since"] = SOME_DAY.isoformat()
    approval_id = approved(be("admin"), be("county"), hazard_export=what)

    text = be("county").get(f"/v1/approvals/{approval_id}").json["text"]

    assert text == (
        "导出家园社区的隐患台账；内容：已销号、消防、已逾期、销号不早于2026年3月2日09:00；用途：季度台账归档"
    )


def test_what_grew_beyond_a_days_share_is_not_made(
    app: Flask, session: Session, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_hazard(session)
    export_id = asked(admin)
    monkeypatch.setattr("app.hazards.ledger_exports.FREE_ROWS", 1)
    write_hazard(session)

    state = exports.make_export(session, SEALER, photos_of(app), export_id, kind=hazards.LEDGER)
    session.commit()

    assert state is ExportState.FAILED
    failure = admin.get(f"/v1/hazard-exports/{export_id}").json["failure"]
    assert failure["code"] == "too_big"
    [notice] = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_EXPORT)
    assert notice.data == {"what": "failed", "hazard_export_id": str(export_id), "reason": "too_big"}


def test_nothing_larger_than_a_file_is_asked_for(
    session: Session, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-155: a file has its bounds, and a person one at a time."""
    monkeypatch.setattr("app.hazards.ledger_exports.LEDGER_ROWS_MOST", 1)
    write_hazard(session)
    asked(admin)
    assert refusal(put(admin, wish())) == (409, "export_open")

    write_hazard(session)
    assert refusal(put(admin, wish())) == (422, "ledger_too_big")


def test_the_file_is_fetched_once_by_who_asked_while_it_is_his_post(
    app: Flask, session: Session, be: Be
) -> None:
    """S-153: nobody else finds it, and it has an end."""
    admin = be("admin")
    export_id = asked(admin)
    assert refusal(fetch(admin, export_id)) == (409, "export_not_ready")
    make(app, session, export_id, kind=hazards.LEDGER)
    for other in ("county", "next_admin"):
        assert refusal(fetch(be(other), export_id)) == (404, "not_found")
    assert fetch(admin, export_id).status_code == 200
    assert refusal(fetch(admin, export_id)) == (410, "export_over")

    second = asked(admin)
    session.get_one(Grant, named("grant admin")).ended_at = LONG_AGO + timedelta(days=1)
    session.commit()
    state = exports.begin_export(session, second, kind=hazards.LEDGER)
    assert state is ExportState.MAKING
    made = exports.make_export(session, SEALER, photos_of(app), second, kind=hazards.LEDGER)
    assert made is ExportState.FAILED
