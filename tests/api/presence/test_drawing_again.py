"""Anybody who may see a week's draw repeats it from its document alone, and finds what was changed."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.cli.spot_checks import verify_draw
from app.ids import new_id
from tests.api.presence.test_spot_checks import MONDAY, WEEK, WORKERS, night, write_inspection
from tests.approval_world import Become
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import write_checklist

Draw = Callable[..., tuple[int, str]]


@pytest.fixture
def week_id(session: Session, admin: Client) -> str:
    """Draw from sixty records of three workers, the first of them there for long."""
    checklist = write_checklist(session)
    night(session, MONDAY)
    write_inspection(session, checklist, WORKERS[0], MONDAY - 4 * WEEK)
    for who in WORKERS:
        for hours in range(20):
            write_inspection(session, checklist, who, MONDAY + timedelta(days=1, hours=hours))
    session.commit()
    night(session, MONDAY + WEEK)
    weeks = admin.get("/v1/spot-check-weeks").json["items"]
    return next(str(one["id"]) for one in weeks if one["week_on"] == "2026-09-07")


@pytest.fixture
def document(admin: Client, week_id: str) -> dict[str, Any]:
    found: dict[str, Any] = admin.get(f"/v1/spot-check-weeks/{week_id}").json
    return found


@pytest.fixture
def redraw(tmp_path: Path) -> Draw:
    """Run the command on a document as somebody elsewhere would; give its exit status and output."""

    def run(document: Any, *options: str) -> tuple[int, str]:
        file = tmp_path / "week.json"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        ran = CliRunner().invoke(verify_draw, [str(file), *options])
        return ran.exit_code, ran.output

    return run


def test_the_document_is_enough_to_draw_again(redraw: Draw, document: dict[str, Any]) -> None:
    """S-179: without the database, and against the hash that somebody noted before the week."""
    assert len(document["entries"]) == document["records"] == 60
    assert {(one["worker"], one["due"]) for one in document["entries"]} == {(0, True), (1, False), (2, False)}
    assert 3 <= len(document["drawn"]) <= 4
    assert set(document["drawn"]) <= {one["record_id"] for one in document["entries"]}

    status, told = redraw(document, "--hash", document["seed_hash"])

    assert status == 0, told
    assert "is the one that was committed to" in told
    assert "Mind" in told, "this community's first seed was made on its Monday"


def test_what_was_changed_is_found(redraw: Draw, document: dict[str, Any]) -> None:
    """S-179: another seed, hash, weight of many, missing record or drawn one."""
    drawn, entries = document["drawn"], document["entries"]
    others = [one["record_id"] for one in entries if one["record_id"] not in drawn]
    wrong = {
        "seed": {"seed": document["seed"][:-1] + "x"},
        "hash": {"seed_hash": "0" * 64},
        "left out": {"drawn": drawn[1:]},
        "instead": {"drawn": [*drawn[1:], others[0]]},
        "never in the urn": {"entries": [one for one in entries if one["record_id"] != drawn[0]]},
        "heavier": {
            "entries": [one | {"weight": 4 if one["record_id"] in drawn else 999} for one in entries]
        },
    }

    assert {what: redraw(document | more)[0] for what, more in wrong.items()} == dict.fromkeys(wrong, 1)
    assert drawn[0] in redraw(document | wrong["left out"])[1]
    assert redraw(document, "--hash", "0" * 64)[0] == 1


@pytest.mark.parametrize(
    "given", [b"\xff", b"[", b"[" * 100_000, [], {}, {"seed": "x"}, "week", None], ids=repr
)
def test_another_file_is_told_so(redraw: Draw, given: Any) -> None:
    status, told = redraw(given)

    assert status == 1
    assert "no document" in told or "no JSON" in told


@pytest.mark.parametrize("change", [{"weight": 0}, {"weight": "4"}, {"worker": None}, {"record_id": "x"}])
def test_entries_of_another_kind_are_told_so(
    redraw: Draw, document: dict[str, Any], change: dict[str, Any]
) -> None:
    entries = [one | change for one in document["entries"]]

    assert redraw(document | {"entries": entries}) == (
        1,
        "Error: This is no document of GET /v1/spot-check-weeks/<id>.\n",
    )


@pytest.mark.usefixtures("week_id")
def test_a_week_to_come_tells_its_hash_only(admin: Client, redraw: Draw) -> None:
    weeks = admin.get("/v1/spot-check-weeks").json["items"]
    path = next(f"/v1/spot-check-weeks/{one['id']}" for one in weeks if one["seed"] is None)

    waits = admin.get(path).json

    assert (waits["seed"], waits["entries"], waits["drawn"]) == (None, [], [])
    assert "not drawn yet" in redraw(waits)[1]


def test_it_is_for_admins_and_offices_of_the_area(be: Become, week_id: str) -> None:
    path = f"/v1/spot-check-weeks/{week_id}"
    seen = {
        who: be(who).get(path).status_code
        for who in ("admin", "county", "city", "worker", "lead", "far_admin", "next_admin")
    }

    assert seen == {
        "admin": 200,
        "county": 200,
        "city": 200,
        "worker": 403,
        "lead": 403,
        "far_admin": 404,
        "next_admin": 404,
    }
    assert be("admin").get(f"/v1/spot-check-weeks/{new_id()}").status_code == 404


def test_the_document_takes_as_many_queries_however_much_lay_there(
    session: Session, admin: Client, week_id: str
) -> None:
    weeks = admin.get("/v1/spot-check-weeks").json["items"]
    empty = next(one["id"] for one in weeks if one["seed"] is None)

    def asked(path: str) -> int:
        with statements(session.connection()) as seen:
            assert admin.get(path).status_code == 200
        return len(seen)

    assert asked(f"/v1/spot-check-weeks/{week_id}") == asked(f"/v1/spot-check-weeks/{empty}")
