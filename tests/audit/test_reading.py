"""Auditors read the trail in their area, and their reads are in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import audit, clock
from app.audit import AuditKeys, AuditResult, Entry, Finding, FindingKind, Verifier
from app.clock import now
from app.ids import new_id
from tests.cast import FAR, GRID, HOME, named, person
from tests.client import Client
from tests.trail import entries_of

Become = Callable[[str | None], Client]


@pytest.fixture
def three(session: Session, keys: AuditKeys) -> list[str]:
    """Write an entry in HOME, one in FAR, and one without an area; give their ids."""
    made = [
        audit.record(session, keys, Entry(action="job:test", area_code=area)) for area in (GRID, FAR, None)
    ]
    session.commit()
    return [str(one) for one in made]


def ids(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/v1/audit?limit=100{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["items"]]


def test_an_auditor_sees_his_area_and_only_a_citys_sees_what_has_none(be: Become, three: list[str]) -> None:
    """S-39: one county's trail is not another's."""
    home, far, nowhere = three

    assert set(three) <= set(ids(be("auditor")))
    seen = set(ids(be("far_auditor"))) & set(three)
    assert (far in seen, home in seen, nowhere in seen) == (True, False, False)


@pytest.mark.parametrize("name", ["system", "security", "admin", "city", "county", "worker", "resident"])
@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/verification"])
def test_nobody_else_reads_it(be: Become, session: Session, name: str, path: str) -> None:
    """S-39: not the system administrator, nor the security administrator; and the try is seen."""
    with entries_of(session) as left:
        answer = be(name).get(path)

    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert [(one.actor_id, one.result) for one in left] == [(person(name).user_id, AuditResult.REFUSED)]


def test_the_auditors_own_reads_are_in_the_trail(be: Become, session: Session) -> None:
    """S-107: and the next look shows them."""
    with entries_of(session) as left:
        ids(be("auditor"))
        shown = be("auditor").get("/v1/audit?limit=1").json["items"]

    assert [(one.action, one.actor_id) for one in left] == [("GET /v1/audit", person("auditor").user_id)] * 2
    assert [one["id"] for one in shown] == [str(left[0].id)]


def test_what_an_auditor_looked_for_and_saw_is_in_the_trail(
    be: Become, session: Session, keys: AuditKeys
) -> None:
    """S-107: the filters, how much, and which entries came; a filter that was not used is not there."""
    object_id, since = new_id(), now() - timedelta(hours=1)
    made = [
        str(audit.record(session, keys, Entry(action="job:test", area_code=HOME, object_id=object_id)))
        for _ in range(3)
    ]
    session.commit()
    asked = f"object_id={object_id}&actor_id={named('nobody')}&result=refused"
    with entries_of(session) as left:
        be("auditor").get(f"/v1/audit?limit=2&object_id={object_id}&since={_sent(since)}")
        be("auditor").get(f"/v1/audit?{asked}&until={_sent(since)}")

    assert [one.facts for one in left] == [
        {
            "object_id": str(object_id),
            "since": since.isoformat(),
            "limit": 2,
            "count": 2,
            "newest_id": made[2],
            "oldest_id": made[1],
        },
        {
            "object_id": str(object_id),
            "actor_id": str(named("nobody")),
            "until": since.isoformat(),
            "result": "refused",
            "limit": 20,
            "count": 0,
        },
    ]


def test_filters(be: Become, session: Session, keys: AuditKeys) -> None:
    object_id, at = new_id(), now() - timedelta(days=40)
    with clock.set_to(at):
        old = audit.record(session, keys, Entry(action="job:old", area_code=HOME, object_id=object_id))
    refused = audit.record(
        session,
        keys,
        Entry(
            action="job:new",
            area_code=HOME,
            object_id=object_id,
            result=AuditResult.REFUSED,
            actor_id=named("somebody"),
        ),
    )
    session.commit()
    auditor, of = be("auditor"), f"&object_id={object_id}"

    assert ids(auditor, of) == [str(refused), str(old)]
    assert ids(auditor, f"{of}&result=refused") == [str(refused)]
    assert ids(auditor, f"{of}&actor_id={named('somebody')}") == [str(refused)]
    assert ids(auditor, f"{of}&until={_sent(at + timedelta(hours=1))}") == [str(old)]
    assert ids(auditor, f"{of}&since={_sent(at + timedelta(hours=1))}") == [str(refused)]
    assert ids(auditor, f"{of}&since={_sent(at)}&until={_sent(at)}") == []


def _sent(moment: Any) -> str:
    return str(moment.isoformat()).replace("+", "%2B")


def test_pages_are_whole(be: Become, session: Session, keys: AuditKeys) -> None:
    object_id = new_id()
    made = [
        str(audit.record(session, keys, Entry(action="job:test", area_code=HOME, object_id=object_id)))
        for _ in range(5)
    ]
    session.commit()
    seen: list[str] = []
    cursor = ""
    while True:
        page = be("auditor").get(f"/v1/audit?limit=2&object_id={object_id}{cursor}").json
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == made[::-1]


def test_there_is_no_verification_before_the_first(be: Become) -> None:
    answer = be("auditor").get("/v1/audit/verification")

    assert (answer.status_code, answer.json["code"]) == (404, "not_verified_yet")
    assert "还没有核对过" in answer.json["title"]


def test_the_last_verification_is_shown(
    be: Become, session: Session, keys: AuditKeys, trail: list[Any], superuser: Callable[..., None]
) -> None:
    """S-101: the auditor sees what was found, without the operator's help."""
    link = trail[4]
    audit.checkpoint(session, keys)
    session.commit()
    superuser("UPDATE audit_entries SET code = 'x' WHERE id = :id", id=link.entry_id)
    heard: list[Finding] = []
    audit.keep_verification(session, Verifier(session, keys), heard.append)
    session.commit()

    with entries_of(session) as left:
        shown = be("auditor").get("/v1/audit/verification").json
    last = audit.last_verification(session)
    assert last is not None
    assert [one.facts for one in left] == [{"verification_id": str(last.id)}]
    assert heard == [Finding(FindingKind.ENTRY_CHANGED, link.number, entry_id=link.entry_id)]
    assert (shown["findings_count"], shown["head"], shown["kept_months"]) == (1, trail[-1].number, 13)
    assert shown["findings"] == [
        {"kind": "entry_changed", "number": link.number, "last": None, "entry_id": str(link.entry_id)}
    ]
    assert shown["checkpoint_number"] == trail[-1].number
