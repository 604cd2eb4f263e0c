"""Whoever sent a workbook need not wait beside it: his inbox says when to look, and how many rows it was."""

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.imports import template
from tests.api.test_bad_workbooks import with_entity
from tests.client import Client
from tests.import_world import checked, enter, person, residents, shown_of


def told(client: Client) -> list[dict[str, Any]]:
    """Give what the inbox says of imports, the oldest first."""
    items = client.get("/v1/me/notices").json["items"]
    return [one for one in reversed(items) if one["kind"] == "roster_import"]


def test_he_is_told_once_it_was_checked_and_once_it_was_entered(
    app: Flask, session: Session, admin: Client, be: Any
) -> None:
    """S-59: counts, and no word of the file."""
    import_id = checked(
        app, session, admin, residents(person("赵大"), person("钱二"), person("孙三", phone="12"))
    )
    (looked,) = told(admin)
    enter(session, admin, import_id, chosen=[{"sheet": "residents", "rows": [2]}])
    done = told(admin)[-1]

    counts = {"new": 2, "changed": 0, "same": 0, "doubtful": 0, "returned": 0, "faulty": 1}
    assert looked["data"] == {"what": "checked", "import_id": str(import_id), **counts}
    assert looked["text"] == "查好了，请看过再导入"
    assert looked["link"] == {"kind": "roster_import", "id": str(import_id)}
    counts = {"done": 1, "unchanged": 0, "refused": 0, "left_out": 2}
    assert done["data"] == {"what": "applied", "import_id": str(import_id), **counts}
    assert [len(told(admin)), len(told(be("worker")))] == [2, 0]


def test_he_is_told_that_it_could_not_be_checked(app: Flask, session: Session, admin: Client) -> None:
    import_id = checked(app, session, admin, with_entity(template()))

    (one,) = told(admin)
    assert shown_of(admin, import_id)["state"] == "failed"
    assert one["data"] == {"what": "failed", "import_id": str(import_id)}
