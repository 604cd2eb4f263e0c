"""Asking for a file of the roster: with a second person's yes, for exactly what he saw."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters import CopyMissingError
from app.clock import now
from app.exports import asking
from app.ids import new_id
from app.models import Approval, ApprovalState, RosterExport
from tests.approval_world import Become, approved, asked, outcome
from tests.cast import FAR, GRID, HOME, NEXT, person
from tests.client import Client
from tests.export_world import COLUMNS, PURPOSE, ask, fetch, make, put, roster
from tests.own_data.test_copies import forget_check
from tests.own_data_world import photos_of
from tests.trail import entries_of


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RosterExport)) or 0


def test_what_was_approved_is_asked_for(admin: Client, county: Client, session: Session) -> None:
    """S-40, S-153: the purpose is the approval's reason, and who agreed stands beside it."""
    what = roster(columns=["name", "door"])
    approval_id = approved(admin, county, roster_export=what, reason=PURPOSE)

    answer = put(admin, what, approval_id)
    shown = admin.get(f"/v1/roster-exports/{what['id']}").json

    assert answer.status_code == 201
    assert answer.json == shown
    assert admin.get("/v1/roster-exports").json["items"] == [shown]
    assert (shown["area_code"], shown["columns"], shown["clear"]) == (HOME, ["door", "name"], False)
    assert (shown["purpose"], shown["approved_by"]) == (PURPOSE, str(person("county").user_id))
    assert session.get_one(Approval, UUID(approval_id)).state is ApprovalState.USED


def test_asked_again_it_is_the_same_and_for_another_the_approval_is_unfit(
    admin: Client, county: Client, session: Session
) -> None:
    """S-40: one approval is good for one export."""
    what = roster()
    approval_id = approved(admin, county, roster_export=what)

    first, again = put(admin, what, approval_id), put(admin, what, approval_id)
    another = put(admin, what | {"id": str(new_id())}, approval_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert outcome(another) == (409, "approval_unfit")
    assert count(session) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": [*COLUMNS, "sex"]},
        {"columns": COLUMNS[1:]},
        {"clear": True},
        {"area_code": GRID},
    ],
    ids=str,
)
def test_nothing_but_what_was_approved(
    admin: Client, county: Client, session: Session, changes: dict[str, Any]
) -> None:
    """S-40, S-153: area, columns and clear numbers are bound, and more or other ones are refused."""
    what = roster()
    approval_id = approved(admin, county, roster_export=what)

    assert outcome(put(admin, what | changes, approval_id)) == (409, "approval_unfit")
    assert count(session) == 0


def test_without_the_second_person_there_is_no_file(admin: Client, county: Client, session: Session) -> None:
    """S-40, S-153: not asked, not decided, refused: nothing, however few residents there are."""
    what = roster()
    approval_id = asked(admin, roster_export=what)

    assert outcome(put(admin, what, str(new_id()))) == (404, "not_found")
    assert outcome(put(admin, what, approval_id)) == (409, "approval_not_given")
    assert outcome(put(county, what, approval_id)) == (403, "forbidden")
    assert outcome(admin.post(f"/v1/approvals/{approval_id}/approve", json={})) == (403, "own_approval")
    assert county.post(f"/v1/approvals/{approval_id}/refuse", json={"note": "不用"}).status_code == 200
    assert outcome(put(admin, what, approval_id)) == (409, "approval_not_given")
    assert count(session) == 0


@pytest.mark.parametrize("who", ["city", "security", "system", "auditor", "worker"])
def test_only_the_county_agrees(be: Become, admin: Client, who: str) -> None:
    """S-40: whoever else has an office over the community does not even see the question."""
    approval_id = asked(admin, roster_export=roster())

    status = be(who).post(f"/v1/approvals/{approval_id}/approve", json={}).status_code

    assert status == (404 if who == "city" else 403)


@pytest.mark.parametrize(
    "who, area_code, expected",
    [
        ("admin", NEXT, (404, "not_found")),
        ("admin", FAR, (404, "not_found")),
        ("admin", "421224", (404, "not_found")),
        ("admin", HOME + "009", (422, "area_unknown")),
        ("next_admin", HOME, (404, "not_found")),
        ("worker", HOME, (403, "forbidden")),
        ("county", HOME, (403, "forbidden")),
        ("auditor", HOME, (403, "forbidden")),
    ],
)
def test_only_ones_own_community(be: Become, who: str, area_code: str, expected: tuple[int, str]) -> None:
    """S-31, S-153: for whom the area is not his it reads as not there."""
    assert outcome(put(be(who), roster(area_code=area_code), str(new_id()))) == expected


def test_too_many_residents_are_refused_and_the_approval_stays(
    admin: Client, county: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = roster()
    approval_id = approved(admin, county, roster_export=what)
    monkeypatch.setattr(asking, "ROWS_MOST", 1)

    answer = put(admin, what, approval_id)

    assert outcome(answer) == (422, "roster_too_big")
    assert answer.json["title"] == "这里有2人，一份名册最多1人，请按网格分开导出"
    session.expire_all()
    assert session.get_one(Approval, UUID(approval_id)).state is ApprovalState.APPROVED


def test_one_file_at_a_time(app: Flask, admin: Client, county: Client, session: Session) -> None:
    """S-155: a second one waits until the first was fetched, and its approval stays good meanwhile."""
    first, what = ask(admin, county), roster(area_code=GRID)
    approval_id = approved(admin, county, roster_export=what)

    being_made = put(admin, what, approval_id)
    make(app, session, first)
    waiting = put(admin, what, approval_id)
    session.expire_all()
    kept = session.get_one(Approval, UUID(approval_id)).state
    assert fetch(admin, first).status_code == 200
    free = put(admin, what, approval_id)

    assert outcome(being_made) == outcome(waiting) == (409, "export_open")
    assert waiting.json["title"].startswith("您还有一份在做或者没有下载，请先下载那一份")
    assert (kept, free.status_code) == (ApprovalState.APPROVED, 201)


def test_a_file_that_nobody_fetched_is_in_the_way_for_a_day(
    app: Flask, admin: Client, county: Client, session: Session
) -> None:
    """S-155: after 24 hours another may be asked for, whether the job came by or not."""
    first = ask(admin, county)
    make(app, session, first)
    session.get_one(RosterExport, first).expires_at = now()
    session.commit()

    second = ask(admin, county)

    ended = session.get_one(RosterExport, first, populate_existing=True)
    assert (ended.key_sealed, ended.ended_at is not None) == (None, True)
    with pytest.raises(CopyMissingError):
        photos_of(app).exports.pieces(first)
    assert admin.get(f"/v1/roster-exports/{second}").json["state"] == "making"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"columns": []}, "columns"),
        ({"columns": ["name", "name"]}, "columns"),
        ({"columns": ["name", "health"]}, "columns"),
        ({"columns": ["name"], "clear": True}, "clear"),
        ({"purpose": "另一个"}, "purpose"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anybody_is_asked(
    admin: Client, changes: dict[str, Any], field: str
) -> None:
    answer = put(admin, roster(**changes), str(new_id()))
    question = {"roster_export": roster(**changes), "reason": PURPOSE}
    unasked = admin.put(f"/v1/approvals/{new_id()}", json=question)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert (unasked.status_code, list(unasked.json["errors"])) == (422, ["roster_export"])


def test_asking_needs_a_fresh_proof(admin: Client, county: Client, session: Session) -> None:
    """S-14, S-153: 403 when the last proof is older than five minutes."""
    what = roster()
    approval_id = approved(admin, county, roster_export=what)
    forget_check(session, "admin")

    assert outcome(put(admin, what, approval_id)) == (403, "reauth_required")
    assert count(session) == 0


def test_asking_is_in_the_audit_trail(admin: Client, county: Client, session: Session) -> None:
    """S-100, S-153: who, where, on which approval, with clear numbers or not."""
    with entries_of(session) as entries:
        export_id = ask(admin, county, clear=True)

    last = entries[-1]
    assert (last.action, last.object_id, last.area_code) == (
        "PUT /v1/roster-exports/<uuid:export_id>",
        export_id,
        HOME,
    )
    assert (last.actor_id, last.facts["clear"]) == (person("admin").user_id, True)
