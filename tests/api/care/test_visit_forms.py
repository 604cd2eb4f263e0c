from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.clock import now
from app.models import CareCategory
from tests.care_world import QUESTIONS, write_form
from tests.client import Client


def test_forms_are_listed_by_category_and_newest_first(worker: Client, session: Session) -> None:
    for category in (CareCategory.ELDERLY, CareCategory.DISABLED):
        for version in (1, 2, 3):
            write_form(session, category, version=version)
    write_form(session, CareCategory.ELDERLY, version=4, published_at=now() + timedelta(days=1))
    seen: list[tuple[str, int]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        answer = worker.get("/v1/visit-forms", query_string=query).json
        seen += [(item["category"], item["version"]) for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]

    assert seen == [("disabled", version) for version in (3, 2, 1)] + [
        ("elderly", version) for version in (3, 2, 1)
    ]
    elderly = worker.get("/v1/visit-forms", query_string={"category": "elderly"}).json["items"]
    assert [item["version"] for item in elderly] == [3, 2, 1]
    assert elderly[0]["fields"] == QUESTIONS


def test_forms_are_for_those_who_visit(be: Callable[[str | None], Client]) -> None:
    statuses = {
        who: be(who).get("/v1/visit-forms").status_code for who in ("admin", "county", "resident", None)
    }

    assert statuses == {"admin": 200, "county": 403, "resident": 403, None: 401}


def test_a_made_up_cursor_is_refused(worker: Client) -> None:
    for cursor in ("ImVsZGVybHkgeCI", "Im5vYm9keSAxIg", "IjEi"):
        answer = worker.get("/v1/visit-forms", query_string={"cursor": cursor})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["cursor"])
