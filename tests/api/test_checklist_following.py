"""A copy takes over what the county's list has by now, and keeps what is its own."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.checklists import following
from app.models import Checklist
from tests.checklist_world import (
    copy_of,
    items_of,
    new_item,
    next_version,
    publish,
    published,
    put_draft,
    refused,
)
from tests.client import Answer, Client
from tests.hazard_world import write_checklist


def follow(client: Client, draft: dict[str, Any], revision: int | None = None) -> Answer:
    body = {"revision": revision or draft["revision"]}
    return client.post(f"/v1/checklist-drafts/{draft['id']}/follow", json=body)


@pytest.fixture
def above(session: Session) -> Checklist:
    return write_checklist(session, code="followed", title="县里的表")


@pytest.fixture
def copy(admin: Client, above: Checklist) -> dict[str, Any]:
    """Give a copy that changed the second item, left out the third, and has one of its own."""
    draft = put_draft(admin, copy_of(above)).json
    first, second, _ = draft["items"]
    items = [first, second | {"advice": "找物业"}, new_item("社区自己的?")]
    draft = put_draft(admin, copy_of(above, revision=1, items=items), draft["id"]).json
    return publish(admin, draft)


@pytest.fixture
def newer(be: Callable[[str], Client], above: Checklist) -> dict[str, Any]:
    """Give the county's next version: all three items changed, one added, another title."""
    county = be("county")
    shown = county.get(f"/v1/checklists/{above.id}").json
    items = [
        item | {"text": f"{item['text']}（新）", "advice": "报县里", "source": "新规"}
        for item in items_of(shown)
    ]
    items.insert(1, new_item("县里的新条?"))
    return published(county, next_version(shown, title="县里的新表", items=items))


def test_what_the_county_added_and_changed_is_taken_over_and_ones_own_stays(
    admin: Client, copy: dict[str, Any], newer: dict[str, Any]
) -> None:
    draft = put_draft(admin, next_version(copy)).json

    taken = follow(admin, draft)

    assert taken.status_code == 200, taken.text
    first, added, second, own = taken.json["items"]
    assert [first, added] == items_of(newer)[:2]
    assert (second["text"], second["source"], second["advice"]) == (
        newer["items"][2]["text"],
        "新规",
        "找物业",
    )
    assert own["text"] == "社区自己的?"
    assert (taken.json["title"], taken.json["copied_from_id"]) == ("县里的新表", newer["id"])
    assert taken.json["revision"] == draft["revision"] + 1
    assert publish(admin, taken.json)["newer_id"] is None


def test_the_same_again_and_what_has_nothing_newer_above_stay_as_they_are(
    admin: Client, copy: dict[str, Any], newer: dict[str, Any]
) -> None:
    draft = put_draft(admin, next_version(copy)).json
    taken = follow(admin, draft).json
    own = put_draft(
        admin, {**next_version(copy), "code": "own_list", "base_id": None, "items": [new_item()]}
    ).json

    assert newer["id"] == taken["copied_from_id"]
    assert follow(admin, draft).json == taken
    assert follow(admin, own).json == own


def test_a_draft_that_somebody_wrote_or_ended_is_not_changed(
    admin: Client, copy: dict[str, Any], newer: dict[str, Any]
) -> None:
    draft = put_draft(admin, next_version(copy)).json
    other = put_draft(admin, next_version(copy, revision=1, title="别的名"), draft["id"]).json
    assert newer["version"] == 2

    assert refused(follow(admin, draft)) == (409, "draft_changed")
    admin.post(f"/v1/checklist-drafts/{draft['id']}/discard", json={"revision": other["revision"]})
    assert refused(follow(admin, other)) == (409, "draft_ended")


def test_what_would_be_too_long_is_refused_and_says_what_to_do(
    admin: Client, copy: dict[str, Any], newer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_ITEMS", len(copy["items"]))
    draft = put_draft(admin, next_version(copy)).json

    answer = follow(admin, draft)

    assert refused(answer) == (409, "draft_too_long")
    assert admin.get(f"/v1/checklist-drafts/{draft['id']}").json == draft
    assert newer["id"] != draft["copied_from_id"]


def test_what_the_county_has_otherwise_than_a_copy_is_seen_before(
    admin: Client, copy: dict[str, Any], newer: dict[str, Any]
) -> None:
    """As changes of the county's version since the copy."""
    seen = admin.get(f"/v1/checklists/{newer['id']}/changes?since_id={copy['id']}").json

    assert [item["text"] for item in seen["added"]] == [newer["items"][1]["text"], newer["items"][3]["text"]]
    assert [item["text"] for item in seen["removed"]] == ["社区自己的?"]
    assert {change["position"] for change in seen["changed"]} == {1, 3}


def test_what_the_county_removed_goes_unless_the_copy_had_changed_it(
    be: Callable[[str], Client], admin: Client, copy: dict[str, Any], above: Checklist
) -> None:
    county = be("county")
    shown = county.get(f"/v1/checklists/{above.id}").json
    published(county, next_version(shown, items=[new_item("只剩这一条?")]))
    draft = put_draft(admin, next_version(copy)).json

    taken = follow(admin, draft).json

    texts = [item["text"] for item in taken["items"]]
    assert texts == ["只剩这一条?", copy["items"][1]["text"], "社区自己的?"]
    assert taken["items"][1]["advice"] == "找物业"
