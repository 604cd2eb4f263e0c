"""Drafts of checklists for tests, as an editor writes them."""

from typing import Any
from uuid import UUID

from app.adapters import XLSX
from app.ids import new_id
from app.models import Checklist
from tests.cast import HOME
from tests.client import Answer, Client


def new_item(text: str = "灭火器在吗?", **more: Any) -> dict[str, Any]:
    """Give an item as an editor writes it."""
    return {"text": text, "level": "general", "category": "fire", **more}


def draft_body(revision: int = 0, **more: Any) -> dict[str, Any]:
    """Give the body that writes a draft of a new list of HOME."""
    body = {
        "revision": revision,
        "area_code": HOME,
        "code": "own_list",
        "kind": "residential",
        "title": "我们的表",
        "items": [new_item()],
    }
    return body | more


def next_version(base: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give the body that begins the next version of a list that was shown."""
    return _begun(base, **{"area_code": base["area_code"], "base_id": base["id"], **more})


def copy_of(above: Checklist, **more: Any) -> dict[str, Any]:
    """Give the body that begins a copy of a list above for HOME."""
    shown = {name: getattr(above, name) for name in ("code", "kind", "title", "source")}
    return _begun(shown, **{"area_code": HOME, "copied_from_id": str(above.id), **more})


def _begun(shown: dict[str, Any], **more: Any) -> dict[str, Any]:
    same = {name: shown[name] for name in ("code", "kind", "title", "source")}
    return {"revision": 0, **same, **more}


def put_draft(client: Client, body: dict[str, Any], draft_id: UUID | str | None = None) -> Answer:
    """Write a draft, under a fresh id if none is given."""
    return client.put(f"/v1/checklist-drafts/{draft_id or new_id()}", json=body)


def publish(client: Client, draft: dict[str, Any]) -> dict[str, Any]:
    """Publish a draft that was shown; give the list."""
    answer = client.post(f"/v1/checklist-drafts/{draft['id']}/publish", json={"revision": draft["revision"]})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = client.get(f"/v1/checklists/{answer.json['checklist_id']}").json
    return shown


def published(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """Write a draft and publish it; give the list."""
    draft = put_draft(client, body)
    assert draft.status_code == 201, draft.text
    return publish(client, draft.json)


def items_of(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the items of a list or draft as an editor sends them back."""
    return [
        {name: value for name, value in item.items() if name not in {"id", "position"}}
        for item in shown["items"]
    ]


def given(client: Client, made: dict[str, Any]) -> bytes:
    """Give the workbook of a list."""
    answer = client.get(f"/v1/checklists/{made['id']}/workbook")
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    return bytes(answer.data)


def draft_of(client: Client, **more: Any) -> dict[str, Any]:
    """Begin a draft of another list, for a workbook to be read into."""
    answer = put_draft(client, draft_body(code="read_list", **more))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def sent(client: Client, draft: dict[str, Any], data: bytes, revision: int | None = None) -> Answer:
    """Send a workbook for a draft."""
    path = f"/v1/checklist-drafts/{draft['id']}/workbook?revision={revision or draft['revision']}"
    return client.put(path, data=data, content_type=XLSX)


def refused(answer: Answer) -> tuple[int, str]:
    """Give how something was refused."""
    return answer.status_code, answer.json["code"]
