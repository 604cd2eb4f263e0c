"""The matrix: checklists and their drafts."""

from collections.abc import Callable
from typing import Any

from app.adapters import XLSX
from app.checklists import as_workbook
from app.ids import new_id
from tests.matrix.lines import Call, Line, with_json
from tests.matrix.patrol_rows import plain_item
from tests.matrix.stage import Stage

OFFICES = ("county", "city")
_READERS = dict.fromkeys(("lead", "worker", "admin", *OFFICES), 200)
_EDITORS = dict.fromkeys(("admin", *OFFICES), 200)


def _checklist(stage: Stage) -> Call:
    return Call(f"/v1/checklists/{stage.checklist()[0]}")


def _draft(verb: str = "", body: dict[str, Any] | None = None) -> Callable[[Stage], Call]:
    """Call something of a draft of the community."""
    options = {} if body is None else with_json(body)
    return lambda stage: Call(f"/v1/checklist-drafts/{stage.checklist_draft()}{verb}", options)


def _draft_workbook(stage: Stage) -> Call:
    sent = {"data": as_workbook("新的表", [plain_item(text="改过了吗?")]), "content_type": XLSX}
    return Call(f"/v1/checklist-drafts/{stage.checklist_draft()}/workbook?revision=1", sent)


def _new_draft(stage: Stage) -> Call:
    item = {"text": "通道是否畅通?", "level": "general", "category": "fire"}
    body = {
        "revision": 0,
        "area_code": stage.community,
        "code": "own_list",
        "kind": "residential",
        "title": "自己的表",
        "items": [item],
    }
    return Call(f"/v1/checklist-drafts/{new_id()}", with_json(body))


CHECKLISTS = [
    Line("GET", "/v1/checklists", _READERS, lambda _: Call("/v1/checklists"), 200),
    Line("GET", "/v1/checklists/<uuid:checklist_id>", _READERS, _checklist),
    Line(
        "GET",
        "/v1/checklists/<uuid:checklist_id>/changes",
        _READERS,
        lambda stage: Call(f"/v1/checklists/{stage.checklist()[0]}/changes"),
    ),
    Line(
        "POST",
        "/v1/checklists/<uuid:checklist_id>/retire",
        _EDITORS,
        lambda stage: Call(f"/v1/checklists/{stage.own_checklist()}/retire"),
    ),
    Line(
        "GET",
        "/v1/checklists/<uuid:checklist_id>/workbook",
        _READERS,
        lambda stage: Call(f"/v1/checklists/{stage.checklist()[0]}/workbook"),
    ),
    Line("PUT", "/v1/checklist-drafts/<uuid:draft_id>/workbook", _EDITORS, _draft_workbook),
    Line("GET", "/v1/checklist-drafts", _EDITORS, lambda _: Call("/v1/checklist-drafts"), 200),
    Line(
        "PUT",
        "/v1/checklist-drafts/<uuid:draft_id>",
        dict.fromkeys(("admin", *OFFICES), 201),
        _new_draft,
    ),
    Line("GET", "/v1/checklist-drafts/<uuid:draft_id>", _EDITORS, _draft()),
    Line("GET", "/v1/checklist-drafts/<uuid:draft_id>/changes", _EDITORS, _draft("/changes")),
    Line("POST", "/v1/checklist-drafts/<uuid:draft_id>/follow", _EDITORS, _draft("/follow", {"revision": 1})),
    Line(
        "POST", "/v1/checklist-drafts/<uuid:draft_id>/publish", _EDITORS, _draft("/publish", {"revision": 1})
    ),
    Line(
        "POST", "/v1/checklist-drafts/<uuid:draft_id>/discard", _EDITORS, _draft("/discard", {"revision": 1})
    ),
]
