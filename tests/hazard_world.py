"""Checklists, codes and hazards for tests, and the bodies that file them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.api.http.parts import EXTENSION
from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    Checklist,
    ChecklistItem,
    Department,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    PlaceKind,
    Unit,
    UnitKind,
    UnitMember,
)
from app.places import issue
from tests.cast import GRID, HOME, LONG_AGO, named, person
from tests.client import Answer, Client

BLOCK = named("block")
HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 20, "datum": "wgs84"}
"""A position at the block."""
FIVE_FIXED = {
    "measures": "加固护坡",
    "funds": "村集体3000元",
    "responsible": "张三",
    "deadline": (business_day() + timedelta(days=5)).isoformat(),
    "contingency": "下雨先撤人",
}
ITEMS = [
    ("楼道通畅吗?", HazardCategory.FIRE, HazardLevel.GENERAL, None),
    ("墙体有没有裂缝?", HazardCategory.BUILDING, HazardLevel.MAJOR, None),
    ("路灯亮吗?", HazardCategory.FACILITY, HazardLevel.GENERAL, 3),
]
"""Text, category, level and working days of the items of every checklist here."""
LATER = now() + timedelta(days=12)
KEY = "a-key-of-a-receipt-1234"
CODES = ["exit_clear", "wall_crack", "street_lamp"]
"""Their codes, in the order of their positions but not of the alphabet."""


def in_days(days: int) -> str:
    """Give the business day that many days from now, as it is sent."""
    return (business_day() + timedelta(days=days)).isoformat()


def write_checklist(
    session: Session,
    *,
    area_code: str = "421224",
    kind: PlaceKind = PlaceKind.RESIDENTIAL,
    codes: Sequence[str] = CODES,
    second: Mapping[str, Any] | None = None,
    **more: Any,
) -> Checklist:
    """Write and commit a checklist with three items; it is a list of its own unless ``code`` names one.

    ``second`` is what the second item has otherwise.
    """
    mark = new_id().hex[-6:]
    values: dict[str, Any] = {
        "code": f"list_{mark}",
        "title": f"检查表{mark}",
        "version": 1,
        "published_at": LONG_AGO,
    }
    checklist = Checklist(id=new_id(), area_code=area_code, kind=kind, **values | more)
    checklist.items = [
        ChecklistItem(
            id=new_id(),
            position=position,
            code=code,
            section="公共部分",
            text=text,
            category=category,
            level=level,
            deadline_days=days,
            **(second or {} if position == 2 else {}),
        )
        for position, (code, (text, category, level, days)) in enumerate(zip(codes, ITEMS, strict=True), 1)
    ]
    session.add(checklist)
    session.commit()
    return checklist


def write_code(session: Session, app: Flask, place_id: UUID = BLOCK) -> str:
    """Issue and commit a place's code; give it as the sheet carries it."""
    everywhere = Actor(user_id=person("admin").user_id, scope=Scope(areas=("42",)))
    row = issue(session, everywhere, place_id)
    session.commit()
    return str(app.extensions[EXTENSION].signer.code(row.serial))


def tampered(code: str) -> str:
    """Give the code with its last sign changed, to one that it surely was not."""
    return code[:-1] + ("y" if code.endswith("x") else "x")


def write_hazard(session: Session, status: HazardStatus = HazardStatus.REPORTED, **more: Any) -> Hazard:
    """Write and commit a hazard in a state, worked on by ``worker``, at the block of HOME."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": GRID,
        "place_id": BLOCK,
        "content_hash": b"",
        "captured_at": now(),
        "received_at": now(),
        "source": HazardSource.RESIDENT,
        "category": HazardCategory.FIRE,
        "text": "楼道堆物",
        "status": status,
        "reported_by": person("resident").user_id,
    }
    if status is HazardStatus.DUPLICATE:
        values["duplicate_of_id"] = write_hazard(session).id
    if status in {HazardStatus.ASSIGNED, HazardStatus.RECTIFYING}:
        values["due_at"] = now() + timedelta(days=7)
        values["assignee_id"] = person("worker").user_id
    if status is HazardStatus.TRANSFERRED:
        values["department"] = Department.POWER
    if status in {HazardStatus.RECTIFIED, HazardStatus.VERIFIED}:
        values["assignee_id"] = values["rectified_by"] = person("worker").user_id
    hazard = Hazard(**(values | more))
    session.add(hazard)
    session.commit()
    return hazard


def of_item(checklist: Checklist, position: int) -> dict[str, Any]:
    """Give what a hazard keeps of the item it broke."""
    item = checklist.items[position - 1]
    return {"item_id": item.id, "item_key": checklist.key_of(item)}


def answers(checklist: Checklist, **odd: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer every item of a list with "fine", but those that ``odd`` names: ``_1={...}`` for the first."""
    return [
        {"item_id": str(item.id), "result": "ok", **odd.get(f"_{item.position}", {})}
        for item in checklist.items
    ]


def inspection_body(checklist: Checklist, **more: Any) -> dict[str, Any]:
    """Give the body that files an inspection of the block."""
    odd = {name: more.pop(name) for name in list(more) if name.startswith("_")}
    return {
        "place_id": str(BLOCK),
        "checklist_id": str(checklist.id),
        "captured_at": now().isoformat(),
        "answers": answers(checklist, **odd),
        **more,
    }


def report_body(**more: Any) -> dict[str, Any]:
    """Give the body that reports a hazard at the block."""
    return {
        "place_id": str(BLOCK),
        "category": "fire",
        "text": "楼道里有人充电",
        "captured_at": now().isoformat(),
        **more,
    }


def problem(note: str = "堆了纸箱", **more: Any) -> dict[str, Any]:
    """Give what makes an answer a problem."""
    return {"result": "problem", "note": note, **more}


def file(client: Client, body: dict[str, Any], inspection_id: UUID | None = None) -> Answer:
    """File an inspection, under a fresh id if none is given."""
    return client.put(f"/v1/inspections/{inspection_id or new_id()}", json=body)


def count(session: Session, table: type[Any]) -> int:
    """Count the rows of a table."""
    return session.scalar(select(func.count()).select_from(table)) or 0


class Take:
    """Takes steps as anybody of the cast: ``take("admin", hazard, "accept", note="...")``.

    Each is a new one unless ``step_id`` says otherwise.
    """

    def __init__(self, be: Callable[[str], Client]) -> None:
        """Be able to be anybody."""
        self._be = be

    def __call__(self, name: str, hazard: Hazard, verb: str, **sent: Any) -> Answer:
        """Send the step."""
        return self._be(name).step(f"/v1/hazards/{hazard.id}/{verb}", sent)


def done(answer: Answer) -> dict[str, Any]:
    """Give what a step that was taken shows."""
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def refused(answer: Answer) -> tuple[int, str]:
    """Give how a step was refused."""
    return answer.status_code, answer.json["code"]


def steps(shown: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Give the history of a hazard in short."""
    return [(event["number"], event["step"], event["status_after"]) for event in shown["events"]]


OPEN = frozenset(status.value for status in HazardStatus) - {"rejected", "duplicate", "closed"}
_IN_HAND = frozenset({"assigned", "rectifying"})
_DANGEROUS = _IN_HAND | {"accepted", "transferred"}
_REPORTED = frozenset({"reported"})
VERBS: dict[str, tuple[str, frozenset[str], str, dict[str, Any]]] = {
    "accept": ("admin", _REPORTED, "accepted", {}),
    "reject": ("county", _REPORTED, "rejected", {"reason": "不是隐患"}),
    "duplicate": ("admin", _REPORTED, "duplicate", {}),
    "assign": (
        "admin",
        frozenset({"accepted", "assigned", "rectifying"}),
        "assigned",
        {"assignee_id": str(person("colleague").user_id), "controls": "拉警戒线", "note": "请尽快"},
    ),
    "start": ("worker", frozenset({"assigned"}), "rectifying", {"five_fixed": FIVE_FIXED}),
    "rectify": ("worker", frozenset({"rectifying"}), "rectified", {"note": "清走了"}),
    "transfer": (
        "admin",
        frozenset({"accepted", "assigned", "rectifying"}),
        "transferred",
        {"department": "power", "note": "电线老化，已送照片", "expected_on": in_days(20)},
    ),
    "department-answer": (
        "admin",
        frozenset({"transferred"}),
        "rectified",
        {"done": True, "note": "已换新线"},
    ),
    "verify": ("colleague", frozenset({"rectified"}), "verified", {"passed": True}),
    "close": ("county", frozenset({"verified"}), "closed", {"passed": True}),
}
"""Who takes each verb, from where, to where, with what; all on a major hazard."""
SIDE_VERBS: dict[str, tuple[str, frozenset[str], dict[str, Any], dict[str, Any]]] = {
    "supervise": ("county", OPEN, {"note": "请抓紧"}, {}),
    "answer": ("admin", OPEN, {"note": "正在办"}, {"supervised_at": now()}),
    "ask-extension": ("worker", _IN_HAND, {"until": in_days(12), "reason": "等材料"}, {}),
    "raise-level": (
        "admin",
        _DANGEROUS | {"rectified"},
        {"reason": "裂缝变大了"},
        {"level": "general", "five_fixed": FIVE_FIXED},
    ),
    "report-controls": (
        "admin",
        _DANGEROUS,
        {"note": "已拉警戒线", "photo_ids": [str(named("photo of controls"))]},
        {},
    ),
    "check-controls": ("county", _DANGEROUS, {"passed": True}, {"controls_reported_at": now()}),
    "grant-extension": ("county", _IN_HAND, {}, {"asked_due_at": LATER}),
    "refuse-extension": ("county", _IN_HAND, {"reason": "材料已到"}, {"asked_due_at": LATER}),
}
"""Who takes a verb that leaves the state as it is, in which states, with what, on which major hazard."""
HAZARD_VERBS = (*VERBS, *SIDE_VERBS, "rate", "take-over")
WITH_WORKER = {"former_id": str(person("worker").user_id)}
"""What an assignment adds where ``worker`` has the hazard."""
STARTS = [(verb, start) for verb, (_, starts, _, _) in VERBS.items() for start in sorted(starts)]
"""Each verb with each state it starts from."""


def write_unit(session: Session, *members: UUID, **more: Any) -> Unit:
    """Write a unit of the community, of the worker and the colleague if nobody is named."""
    values = {"area_code": HOME, "name": "维修班", "kind": UnitKind.TEAM, "made_by": person("admin").user_id}
    row = Unit(id=new_id(), created_at=now(), content_hash=b"", **values | more)
    session.add(row)
    session.flush()
    session.add_all(
        UnitMember(id=new_id(), unit_id=row.id, user_id=one, since=now())
        for one in members or [person(name).user_id for name in ("worker", "colleague")]
    )
    session.commit()
    return row
