"""The matrix: checklists, inspections, hazards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.api.http.body_bounds import MOST_BYTES
from app.clock import business_day, now
from app.hazards.satisfaction import receipt_hash
from app.ids import new_id
from app.models import HazardLevel, HazardSource, HazardStatus
from tests.hazard_world import KEY, LATER, in_days
from tests.matrix.lines import ROLES, Call, Line, with_json, with_step
from tests.matrix.routes_checklists import CHECKLISTS
from tests.matrix.stage import Stage

FIELD_STAFF = ("lead", "worker", "admin")
OFFICES = ("county", "city")
_FIVE = {
    "measures": "拆除",
    "funds": "社区经费",
    "responsible": "张三",
    "deadline": (business_day() + timedelta(days=5)).isoformat(),
    "contingency": "夜间值守",
}


def _new_inspection(stage: Stage) -> Call:
    checklist_id, item_id = stage.checklist()
    body = {
        "place_id": str(stage.place_id),
        "checklist_id": str(checklist_id),
        "captured_at": now().isoformat(),
        "answers": [{"item_id": str(item_id), "result": "ok"}],
    }
    return Call(f"/v1/inspections/{new_id()}", with_json(body))


def _drafts(_: Stage) -> Call:
    """Send one that is refused before anybody asks who sends it: each leaves an entry of its own."""
    draft = {"kind": "hazard", "id": str(new_id()), "body": {"text": "长" * MOST_BYTES}}
    return Call("/v1/drafts", with_json({"drafts": [draft]}))


def _new_hazard(stage: Stage) -> Call:
    body = {
        "place_id": str(stage.place_id),
        "category": "fire",
        "text": "楼道堆放杂物",
        "captured_at": now().isoformat(),
    }
    return Call(f"/v1/hazards/{new_id()}", with_json(body))


def _notice_page(stage: Stage) -> Call:
    notice_id = new_id()
    stage.given_notice(notice_id)
    return Call(f"/n/{notice_id}", {"headers": {"Accept": "application/json"}})


def _hazard(stage: Stage) -> Call:
    return Call(f"/v1/hazards/{stage.hazard(HazardStatus.REPORTED)}")


def _step(verb: str, status: HazardStatus, body: dict[str, Any], **more: Any) -> Callable[[Stage], Call]:
    """Call a step on a hazard that is in the right state, worked on by ``worker``."""

    def call(stage: Stage) -> Call:
        values = dict(more)
        if status not in {HazardStatus.REPORTED, HazardStatus.ACCEPTED}:
            values["assignee_id"] = stage.user("worker")
            values["due_at"] = now()
        if status in {HazardStatus.RECTIFIED, HazardStatus.VERIFIED}:
            values["rectified_by"] = stage.user("worker")
        hazard_id = stage.hazard(status, **values)
        return Call(f"/v1/hazards/{hazard_id}/{verb}", with_step(body))

    return call


def _duplicate(stage: Stage) -> Call:
    other = stage.hazard(HazardStatus.ACCEPTED)
    hazard_id = stage.hazard(HazardStatus.REPORTED)
    return Call(f"/v1/hazards/{hazard_id}/duplicate", with_step({"duplicate_of_id": str(other)}))


def _assign(stage: Stage) -> Call:
    hazard_id = stage.hazard(HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    body = {"assignee_id": str(stage.user("worker")), "controls": "封闭"}
    return Call(f"/v1/hazards/{hazard_id}/assign", with_step(body))


def _notice(stage: Stage) -> Call:
    values = {"assignee_id": stage.user("worker"), "due_at": now() + timedelta(days=3)}
    hazard_id = stage.hazard(HazardStatus.ASSIGNED, level=HazardLevel.MAJOR, **values)
    body = {"addressee": "车间负责人", "contact": "社区办公室"}
    return Call(f"/v1/hazards/{hazard_id}/notice", with_step(body))


_S = HazardStatus
_READERS = dict.fromkeys((*FIELD_STAFF, *OFFICES), 200)
_ONLY_THE_ASSIGNEE = {"lead": 403, "worker": 200, "admin": 403}
_NOT_WHO_RECTIFIED = {"worker": 403, "admin": 200}

PATROL = [
    *CHECKLISTS,
    Line(
        "GET",
        "/v1/inspections",
        dict.fromkeys(("worker", "admin", *OFFICES), 200),
        lambda _: Call("/v1/inspections"),
        200,
    ),
    Line("PUT", "/v1/inspections/<uuid:inspection_id>", {"worker": 201, "admin": 201}, _new_inspection),
    Line(
        "GET",
        "/v1/inspections/<uuid:inspection_id>",
        dict.fromkeys(("worker", "admin", *OFFICES), 200),
        lambda stage: Call(f"/v1/inspections/{stage.inspection()}"),
    ),
    Line("POST", "/v1/drafts", dict.fromkeys(ROLES, 200), _drafts, 200),
    Line("GET", "/v1/hazards", {"resident": 200, **_READERS}, lambda _: Call("/v1/hazards"), 200),
    Line(
        "GET",
        "/v1/hazards/counts",
        {"resident": 200, **_READERS},
        lambda _: Call("/v1/hazards/counts"),
        200,
    ),
    Line("GET", "/v1/hazards/map", {"resident": 200, **_READERS}, lambda _: Call("/v1/hazards/map"), 200),
    Line(
        "GET",
        "/v1/hazards/<uuid:hazard_id>/timeline",
        {"resident": 200, **_READERS},
        lambda stage: Call(f"{_hazard(stage).path}/timeline"),
    ),
    Line(
        "PUT",
        "/v1/hazards/<uuid:hazard_id>",
        dict.fromkeys(("resident", "clerk", *FIELD_STAFF), 201),
        _new_hazard,
        foreign_resident=201,
    ),
    Line("GET", "/v1/hazards/<uuid:hazard_id>", {"resident": 200, **_READERS}, _hazard),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/accept",
        {"admin": 200, "county": 200},
        _step("accept", _S.REPORTED, {}),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/reject",
        {"admin": 403, "county": 200},
        _step("reject", _S.REPORTED, {"reason": "不是隐患"}, level=HazardLevel.MAJOR),
    ),
    Line("POST", "/v1/hazards/<uuid:hazard_id>/duplicate", {"admin": 200}, _duplicate),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/raise-level",
        {"admin": 200, "county": 200},
        _step("raise-level", _S.ASSIGNED, {"reason": "裂缝变大了"}),
    ),
    Line("POST", "/v1/hazards/<uuid:hazard_id>/assign", {"admin": 200, "county": 200}, _assign),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/start",
        _ONLY_THE_ASSIGNEE,
        _step("start", _S.ASSIGNED, {"five_fixed": _FIVE}, level=HazardLevel.MAJOR, controls="封闭"),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/rectify",
        _ONLY_THE_ASSIGNEE,
        _step("rectify", _S.RECTIFYING, {"note": "已清理"}),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/verify",
        _NOT_WHO_RECTIFIED,
        _step("verify", _S.RECTIFIED, {"passed": True}),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/close",
        {"county": 200},
        _step("close", _S.VERIFIED, {"passed": True}, level=HazardLevel.MAJOR),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/supervise",
        {"county": 200, "city": 200},
        _step("supervise", _S.ASSIGNED, {"note": "请抓紧"}),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/answer",
        {"lead": 403, "worker": 200, "admin": 200},
        _step("answer", _S.ASSIGNED, {"note": "正在办"}, supervised_at=now()),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/transfer",
        {"admin": 200, "county": 200},
        _step(
            "transfer",
            _S.ASSIGNED,
            {"department": "power", "note": "电线老化", "expected_on": in_days(20)},
            level=HazardLevel.MAJOR,
        ),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/department-answer",
        {"admin": 200, "county": 200},
        _step("department-answer", _S.TRANSFERRED, {"done": True, "note": "已换线"}, level=HazardLevel.MAJOR),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/report-controls",
        {"lead": 403, "worker": 200, "admin": 200},
        _step(
            "report-controls",
            _S.ASSIGNED,
            {"note": "已封闭", "photo_ids": [str(new_id())]},
            level=HazardLevel.MAJOR,
        ),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/check-controls",
        {"county": 200},
        _step(
            "check-controls",
            _S.ASSIGNED,
            {"passed": True},
            level=HazardLevel.MAJOR,
            controls_reported_at=now(),
        ),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/rate",
        {"resident": 200, **dict.fromkeys((*FIELD_STAFF, "clerk"), 404)},
        _step("rate", _S.CLOSED, {"faces": 3}),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/take-over",
        {"resident": 200, **dict.fromkeys((*FIELD_STAFF, "clerk"), 403)},
        _step(
            "take-over",
            _S.REPORTED,
            {"key": KEY},
            source=HazardSource.VISITOR,
            reported_by=None,
            receipt_hash=receipt_hash(KEY),
        ),
        foreign_resident=200,
    ),
    Line(
        "GET",
        "/v1/hazards/<uuid:hazard_id>/nearby",
        {"admin": 200, "county": 200},
        lambda stage: Call(f"/v1/hazards/{stage.hazard(HazardStatus.REPORTED)}/nearby"),
    ),
    Line(
        "GET",
        "/v1/hazards/<uuid:hazard_id>/candidates",
        {"admin": 200, "county": 403},
        lambda stage: Call(f"/v1/hazards/{stage.hazard(HazardStatus.ACCEPTED)}/candidates"),
    ),
    Line(
        "GET",
        "/v1/hazards/recurrences",
        {"resident": 200, **_READERS},
        lambda _: Call("/v1/hazards/recurrences"),
        200,
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/ask-extension",
        _ONLY_THE_ASSIGNEE,
        _step("ask-extension", _S.ASSIGNED, {"until": in_days(9), "reason": "等材料"}),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/grant-extension",
        {"admin": 200, "county": 403},
        _step("grant-extension", _S.ASSIGNED, {}, asked_due_at=LATER),
    ),
    Line(
        "POST",
        "/v1/hazards/<uuid:hazard_id>/refuse-extension",
        {"admin": 200, "county": 403},
        _step("refuse-extension", _S.ASSIGNED, {"reason": "材料已到"}, asked_due_at=LATER),
    ),
    Line("POST", "/v1/hazards/<uuid:hazard_id>/notice", {"admin": 200, "county": 200}, _notice),
    Line(
        "GET",
        "/v1/hazards/<uuid:hazard_id>/notice.pdf",
        _READERS,
        lambda stage: Call(f"/v1/hazards/{stage.given_notice()}/notice.pdf"),
    ),
    Line("GET", "/n/<uuid:notice_id>", _READERS | {"resident": 200}, _notice_page),
]
