"""Writing, publishing and comparing versions of checklists over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Checklist, ChecklistDraft, ChecklistItem
from tests.cast import FAR, HOME, NEXT
from tests.checklist_world import (
    draft_body,
    items_of,
    new_item,
    next_version,
    publish,
    published,
    put_draft,
)
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import BLOCK, count, file, inspection_body, write_checklist

_OPTIONS = [{"text": "好"}, {"text": "坏", "problem": True}]


@pytest.fixture
def admin(be: Callable[[str], Client]) -> Client:
    return be("admin")


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def step(client: Client, draft: dict[str, Any], verb: str, revision: int | None = None) -> Answer:
    sent = {"revision": draft["revision"] if revision is None else revision}
    return client.post(f"/v1/checklist-drafts/{draft['id']}/{verb}", json=sent)


def test_a_draft_becomes_the_first_version_with_all_that_an_item_has(admin: Client, worker: Client) -> None:
    items: list[dict[str, Any]] = [
        new_item(section="楼道", advice="搬走", source="消防法", deadline_days=2),
        new_item("墙怎么样?", kind="single", options=_OPTIONS, required=False),
        new_item("缝多宽?", kind="number", unit="毫米", decimals=1, least=0, most=2.5),
        new_item("照两张", kind="photo", photos=2, level="major"),
    ]

    draft = put_draft(admin, draft_body(items=items)).json
    made = publish(admin, draft)

    assert (made["version"], made["retired_at"], made["copied_from_id"]) == (1, None, None)
    assert items_of(made) == draft["items"]
    assert [item["position"] for item in made["items"]] == [1, 2, 3, 4]
    kept = [{name: item[name] for name in sent} for item, sent in zip(draft["items"], items, strict=True)]
    chosen = [(option["text"], option["problem"]) for option in kept[1].pop("options")]
    assert chosen == [("好", False), ("坏", True)]
    assert items[1].pop("options") == _OPTIONS
    assert kept == items
    assert made["id"] in [one["id"] for one in worker.get(f"/v1/checklists?place_id={BLOCK}").json["items"]]


def test_the_next_version_retires_the_one_before_and_keeps_the_codes(
    session: Session, admin: Client, worker: Client
) -> None:
    first = published(admin, draft_body())
    draft = put_draft(admin, next_version(first)).json

    assert draft["items"] == items_of(first)
    changed = [{**draft["items"][0], "text": "灭火器还在吗?"}, new_item("新的问题?")]
    rewritten = put_draft(admin, next_version(first, revision=1, items=changed), draft["id"])
    second = publish(admin, rewritten.json)

    assert (rewritten.status_code, rewritten.json["revision"]) == (200, 2)
    assert (second["version"], second["items"][0]["code"]) == (2, first["items"][0]["code"])
    former = admin.get(f"/v1/checklists/{first['id']}").json
    assert former["retired_at"] == second["published_at"]
    assert items_of(former) == items_of(first)
    answers = [{"item_id": item["id"], "result": "ok"} for item in former["items"]]
    body = inspection_body(write_checklist(session)) | {"checklist_id": first["id"], "answers": answers}
    assert file(worker, body).status_code == 201, "a phone that was offline still files the version it has"


def test_nobody_writes_over_what_another_wrote(admin: Client, be: Callable[[str], Client]) -> None:
    draft = put_draft(admin, draft_body()).json
    county = be("county")
    theirs = put_draft(county, draft_body(1, title="县里改的"), draft["id"])

    mine = put_draft(admin, draft_body(1, title="社区改的"), draft["id"])

    assert theirs.status_code == 200
    assert refused(mine) == (409, "draft_changed")
    assert "2" in mine.json["title"]
    assert admin.get(f"/v1/checklist-drafts/{draft['id']}").json == theirs.json


def test_a_list_has_one_open_draft(admin: Client) -> None:
    first = put_draft(admin, draft_body()).json

    assert refused(put_draft(admin, draft_body())) == (409, "draft_open")
    assert step(admin, first, "discard").status_code == 200
    assert put_draft(admin, draft_body()).status_code == 201
    listed = admin.get("/v1/checklist-drafts").json["items"]
    assert len(listed) == 1
    assert first["id"] not in [one["id"] for one in listed]


def test_items_get_codes_that_follow_from_the_words(admin: Client) -> None:
    draft_id = new_id()
    first = put_draft(admin, draft_body(items=[new_item(), new_item("另一个?")]), draft_id).json
    second = put_draft(admin, draft_body(1, items=[new_item("另一个?"), new_item()]), draft_id).json

    codes = [item["code"] for item in first["items"]]
    assert [item["code"] for item in second["items"]] == codes[::-1]
    twice = put_draft(admin, draft_body(2, items=[new_item(), new_item()]), draft_id)
    assert refused(twice) == (422, "item_codes_twice")
    assert "第1、2项" in twice.json["errors"]["items"][0]


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"kind": "single"}, "options"),
        ({"kind": "single", "options": [{"text": "好"}]}, "options"),
        ({"kind": "multiple", "options": [{"text": "好"}, {"text": "好"}]}, "options"),
        ({"options": _OPTIONS}, "options"),
        ({"kind": "number", "least": 3, "most": 2}, "most"),
        ({"kind": "number", "least": "3"}, "least"),
        ({"kind": "number", "most": 10**10}, "most"),
        ({"kind": "number", "decimals": 4}, "decimals"),
        ({"unit": "米"}, "unit"),
        ({"kind": "text", "most": 3}, "most"),
        ({"kind": "photo"}, "photos"),
        ({"kind": "photo", "photos": 10}, "photos"),
        ({"photos": 1}, "photos"),
        ({"code": "Big"}, "code"),
        ({"level": "small"}, "level"),
        ({"deadline_days": 0}, "deadline_days"),
        ({"colour": "red"}, "colour"),
        ({"text": ""}, "text"),
    ],
)
def test_what_an_item_cannot_have_is_refused_by_field(
    session: Session, admin: Client, wrong: dict[str, Any], field: str
) -> None:
    answer = put_draft(admin, draft_body(items=[new_item(), new_item("第二个?") | wrong]))

    assert answer.status_code == 422
    assert list(answer.json["errors"]["items"]["1"]) == [field]
    assert count(session, ChecklistDraft) == 0


def test_what_changes_nothing_is_not_published(admin: Client) -> None:
    first = published(admin, draft_body())
    draft = put_draft(admin, next_version(first)).json

    assert refused(step(admin, draft, "publish")) == (409, "draft_unchanged")
    draft = put_draft(admin, next_version(first, revision=1, title="新名字"), draft["id"]).json
    assert publish(admin, draft)["version"] == 2


def test_a_draft_without_a_question_is_not_published(admin: Client) -> None:
    draft = put_draft(admin, draft_body(items=[])).json

    assert refused(step(admin, draft, "publish")) == (422, "draft_empty")


def test_only_what_was_seen_is_published_or_discarded(admin: Client) -> None:
    draft = put_draft(admin, draft_body()).json
    put_draft(admin, draft_body(1, title="又改了"), draft["id"])

    assert refused(step(admin, draft, "publish", 1)) == (409, "draft_changed")
    assert refused(step(admin, draft, "discard", 1)) == (409, "draft_changed")


def test_what_ended_stays_as_it_was(admin: Client) -> None:
    draft = put_draft(admin, draft_body()).json
    made = publish(admin, draft)
    gone = put_draft(admin, next_version(made)).json
    step(admin, gone, "discard")

    assert refused(step(admin, draft, "discard")) == (409, "draft_ended")
    assert refused(step(admin, gone, "publish")) == (409, "draft_ended")
    assert refused(put_draft(admin, draft_body(1), draft["id"])) == (409, "draft_ended")
    assert refused(put_draft(admin, next_version(made, revision=1), gone["id"])) == (409, "draft_ended")


def test_a_draft_begins_with_the_newest_version(admin: Client) -> None:
    first = published(admin, draft_body())
    second = published(admin, next_version(first, title="第二版"))

    assert refused(put_draft(admin, next_version(first))) == (409, "draft_outdated")
    assert refused(put_draft(admin, draft_body())) == (409, "draft_outdated")
    assert put_draft(admin, next_version(second)).status_code == 201


@pytest.mark.parametrize("other", [{"code": "other"}, {"kind": "workshop"}, {"area_code": HOME + "001"}])
def test_area_code_and_kind_of_a_draft_stay(admin: Client, other: dict[str, Any]) -> None:
    draft = put_draft(admin, draft_body()).json

    assert refused(put_draft(admin, draft_body(1, **other), draft["id"])) == (422, "draft_fixed")


@pytest.mark.parametrize("area_code", [NEXT, FAR, "421224", "4212"])
def test_an_admin_writes_for_his_community_alone(admin: Client, area_code: str) -> None:
    assert refused(put_draft(admin, draft_body(area_code=area_code))) == (404, "not_found")


def test_an_admin_does_not_retire_the_countys_list(session: Session, admin: Client) -> None:
    above = write_checklist(session)

    assert refused(admin.post(f"/v1/checklists/{above.id}/retire")) == (404, "not_found")
    session.refresh(above)
    assert above.retired_at is None


def test_a_retired_list_serves_nobody_and_has_a_next_version(admin: Client, worker: Client) -> None:
    made = published(admin, draft_body())

    retired = admin.post(f"/v1/checklists/{made['id']}/retire")

    assert retired.status_code == 200
    assert worker.get(f"/v1/checklists?place_id={BLOCK}").json["items"] == []
    assert admin.post(f"/v1/checklists/{made['id']}/retire").json == retired.json
    assert published(admin, next_version(made, title="又用了"))["version"] == 2


def test_changes_are_told_field_by_field(admin: Client) -> None:
    texts = ["一?", "二?", "三?", "四?", "五?"]
    first = published(admin, draft_body(items=[new_item(one, code=f"i{n}") for n, one in enumerate(texts)]))
    one, two, three, four, five = items_of(first)
    now = [new_item("新?", code="n"), one, four, two, {**three, "level": "major", "deadline_days": 1}]
    draft = put_draft(admin, next_version(first, items=now, title="新表")).json

    found = admin.get(f"/v1/checklist-drafts/{draft['id']}/changes").json

    assert found["head"] == [{"field": "title", "before": "我们的表", "after": "新表"}]
    assert [(item["code"], item["position"]) for item in found["added"]] == [("n", 1)]
    assert [(item["code"], item["position"], item["text"]) for item in found["removed"]] == [("i4", 5, "五?")]
    assert found["changed"] == [
        {
            "code": "i2",
            "position": 5,
            "text": "三?",
            "fields": [
                {"field": "level", "before": "general", "after": "major"},
                {"field": "deadline_days", "before": None, "after": 1},
            ],
        }
    ]
    assert found["moved"] == [{"code": "i3", "text": "四?", "before": 4, "after": 3}]
    second = publish(admin, draft)
    assert admin.get(f"/v1/checklists/{second['id']}/changes").json == found
    named = admin.get(f"/v1/checklists/{second['id']}/changes?since_id={first['id']}")
    assert named.json == found
    none = admin.get(f"/v1/checklists/{second['id']}/changes?since_id={second['id']}").json
    assert not any(none.values())
    assert five["code"] not in [item["code"] for item in items_of(second)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE checklists SET title = 'x'",
        "DELETE FROM checklists",
        "UPDATE checklist_items SET text = 'x'",
        "DELETE FROM checklist_items",
        "TRUNCATE checklists CASCADE",
    ],
)
def test_the_database_keeps_what_was_published(session: Session, change: str) -> None:
    write_checklist(session)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(change))
    with session.begin_nested():
        session.execute(update(Checklist).values(retired_at=text("now()")))
    assert count(session, ChecklistItem) == 3


def test_the_list_of_drafts_costs_the_same_for_one_and_for_many(
    connection: Connection, admin: Client
) -> None:
    put_draft(admin, draft_body())
    with statements(connection) as one:
        admin.get("/v1/checklist-drafts")
    for number in range(4):
        put_draft(admin, draft_body(code=f"list_{number}"))
    with statements(connection) as many:
        assert len(admin.get("/v1/checklist-drafts").json["items"]) == 5

    assert len(many) == len(one)
