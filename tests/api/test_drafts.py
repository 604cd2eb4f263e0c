"""Many records made without a net, sent at once, each answered for itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.api.http.body_bounds import FORMS_BYTES
from app.ids import new_id
from app.models import Checklist, Claim, Hazard, Inspection, Visit
from tests.care_world import visit, write_care, write_form
from tests.cast import person
from tests.client import Client
from tests.evidence.photos import file, scene
from tests.hazard_world import count, inspection_body, problem, report_body
from tests.points_world import claim_body, write_rule
from tests.proxy_world import HEAD, confirmed
from tests.trail import entries_of

Be = Callable[[str | None], Client]


def draft(kind: str, body: dict[str, Any], draft_id: UUID | None = None) -> dict[str, Any]:
    """Give a record as a phone sends it among others."""
    return {"kind": kind, "id": str(draft_id or new_id()), "body": body}


def send(client: Client, *drafts: Any, **headers: str) -> list[dict[str, Any]]:
    """Send drafts; give what became of each."""
    answer = client.post("/v1/drafts", json={"drafts": list(drafts)}, headers=headers)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json["results"]
    return results


def test_each_kind_is_kept_as_by_its_own_put(session: Session, worker: Client, checklist: Checklist) -> None:
    care, form, rule = write_care(session), write_form(session), write_rule(session)
    ids = [new_id() for _ in range(4)]
    bodies = [
        ("inspection", inspection_body(checklist)),
        ("hazard", report_body()),
        ("visit", visit(care, form)),
        ("claim", claim_body(rule)),
    ]

    results = send(worker, *(draft(kind, body, one) for (kind, body), one in zip(bodies, ids, strict=True)))

    assert [(result["kind"], result["id"]) for result in results] == [
        (kind, str(one)) for (kind, _), one in zip(bodies, ids, strict=True)
    ]
    assert [(result["ok"], result["status"], result["problem"]) for result in results] == [
        (True, 201, None)
    ] * 4
    assert [count(session, table) for table in (Inspection, Hazard, Visit, Claim)] == [1, 1, 1, 1]
    for (kind, body), one in zip(bodies, ids, strict=True):
        assert worker.put(f"/v1/{kind}s/{one}", json=body).status_code == 200, "the same as by its own PUT"


def test_sent_again_everything_is_there_already(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    """The reply to many records is lost as easily as that to one."""
    drafts = [draft("inspection", inspection_body(checklist, _1=problem())), draft("hazard", report_body())]

    first, again = send(worker, *drafts), send(worker, *drafts)

    assert [result["status"] for result in first] == [201, 201]
    assert [result["status"] for result in again] == [200, 200]
    assert [result["received_at"] for result in again] == [result["received_at"] for result in first]
    assert (count(session, Inspection), count(session, Hazard)) == (1, 2)


def test_one_that_is_refused_says_why_and_undoes_no_other(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    good, other = inspection_body(checklist), inspection_body(checklist, note="另一份")
    taken = new_id()

    results = send(
        worker,
        draft("inspection", good, taken),
        draft("inspection", other, taken),
        draft("hazard", report_body(text="")),
        draft("hazard", report_body(place_id=str(new_id()))),
        draft("hazard", report_body()),
    )

    assert [result["status"] for result in results] == [201, 409, 422, 404, 201]
    assert [result["ok"] for result in results] == [True, False, False, False, True]
    problems = [result["problem"] and result["problem"]["code"] for result in results]
    assert problems == [None, "other_content", "invalid", "not_found", None]
    assert results[2]["problem"]["errors"] == {"text": ["请填1到1000个字"]}
    assert all(result["received_at"] is None for result in results[1:4])
    assert (count(session, Inspection), count(session, Hazard)) == (1, 1)


def test_nobody_may_more_than_by_the_records_own_put(session: Session, be: Be, checklist: Checklist) -> None:
    drafts = [draft("inspection", inspection_body(checklist)), draft("hazard", report_body())]

    by_resident = send(be("resident"), *drafts)

    assert [result["status"] for result in by_resident] == [403, 201]
    assert by_resident[0]["problem"]["code"] == "forbidden"
    assert count(session, Inspection) == 0
    assert be(None).post("/v1/drafts", json={"drafts": drafts}).status_code == 401


def test_a_claim_for_somebody_who_has_no_phone_says_for_whom(session: Session, be: Be) -> None:
    confirmed(be("worker"), be("resident"))
    claim = draft("claim", claim_body(write_rule(session))) | {"acted_for": str(HEAD)}

    no_proxy, proxy = send(be("colleague"), claim)[0], send(be("worker"), claim)[0]

    assert (no_proxy["status"], proxy["status"]) == (404, 201)
    assert session.get_one(Claim, UUID(claim["id"])).acted_for == HEAD


def test_photos_that_have_not_arrived_are_named(worker: Client, checklist: Checklist) -> None:
    there, missing = new_id(), new_id()
    assert worker.put(f"/v1/photos/{there}", data=file(scene())).status_code == 201
    body = inspection_body(checklist, photo_ids=[str(there), str(missing)])

    result = send(worker, draft("inspection", body))[0]

    assert result["missing_photo_ids"] == [str(missing)]


def test_each_record_has_its_own_entry_in_the_trail(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    with entries_of(session) as came:
        results = send(
            worker,
            draft("inspection", inspection_body(checklist)),
            draft("hazard", report_body(place_id=str(new_id()))),
        )

    assert [(entry.action, entry.result, entry.object_id and str(entry.object_id)) for entry in came] == [
        ("POST /v1/drafts", "done", None),
        ("PUT /v1/inspections/<uuid:inspection_id>", "done", results[0]["id"]),
        ("PUT /v1/hazards/<uuid:hazard_id>", "refused", results[1]["id"]),
    ]
    assert {entry.actor_id for entry in came} == {person("worker").user_id}
    assert came[0].facts == {"drafts": 2}
    assert len({entry.request_id for entry in came}) == 3


def test_what_is_no_draft_is_refused_at_its_field_and_undoes_no_other(worker: Client) -> None:
    good, other = draft("hazard", report_body()), draft("hazard", report_body()) | {"path": "/v1/me"}
    odd = [{"kind": "closing", "id": "x", "body": []}, other, None, {**good, "body": None}]

    results = send(worker, *odd, good)

    assert [result["status"] for result in results] == [422, 422, 422, 422, 201]
    assert [(result["kind"], result["id"]) for result in results] == [
        (None, None),
        ("hazard", other["id"]),
        (None, None),
        ("hazard", good["id"]),
        ("hazard", good["id"]),
    ]
    assert [result["problem"]["errors"] for result in results[:4]] == [
        {"kind": ["请从列出的选项里选"], "id": ["编号格式不对"], "body": ["这里要填一组内容"]},
        {"path": ["没有这一项，请去掉"]},
        {"_schema": ["这一项不能为空"]},
        {"body": ["这一项不能为空"]},
    ]


@pytest.mark.parametrize("number", [0, 51])
def test_none_and_too_many_are_refused(worker: Client, number: int) -> None:
    answer = worker.post("/v1/drafts", json={"drafts": [draft("hazard", report_body())] * number})

    assert answer.json["errors"] == {"drafts": ["请填1到50项"]}


def test_a_record_is_held_to_its_own_limits(app: Flask, worker: Client) -> None:
    """A report has 64 KB by its own PUT, and no more among others."""
    long = draft("hazard", report_body(text="长" * 30_000))

    result = send(worker, long, draft("hazard", report_body()))

    assert [one["status"] for one in result] == [413, 201]
    assert app.config["MAX_CONTENT_LENGTH"] > FORMS_BYTES
