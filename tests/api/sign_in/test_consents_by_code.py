"""A yes for a ward by a code that staff handed out: taken, kept as what it is, and seen by others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.ids import new_id
from app.models import Consent, Notice, SignIn
from tests.api.binding.test_ending import end
from tests.api.sign_in.conftest import grant, refused
from tests.cast import Person, forget_consents, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.consenting import MINORS, put, standing
from tests.trail import entries_of

Become = Callable[[str | None], Client]


@pytest.fixture(autouse=True)
def _nobody_agreed_yet(session: Session) -> None:
    forget_consents(session)


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child with two guardians, both with an account."""
    made = write_child(session)
    write_guardian(session, made)
    write_guardian(session, made, of="neighbour")
    return made


@pytest.fixture
def by_code(app: Flask, worker: Client, visitor: Client) -> Client:
    """Be the guardian in the session of a code that the worker handed out."""
    guardian = person("resident")
    asked = worker.post(f"/v1/residents/{guardian.resident_id}/sign-in-codes", json={"id": str(new_id())})
    opened = visitor.post("/v1/sessions/code", json={"code": asked.json["code"]})
    return Client(app, Person(guardian.user_id, opened.json["token"]))


def _told(session: Session, name: str, kind: str) -> list[dict[str, Any]]:
    query = select(Notice).where(Notice.user_id == person(name).user_id, Notice.kind == kind)
    rows = session.scalars(query.order_by(Notice.id))
    return [row.data for row in rows if row.data["what"].startswith("consent_")]


def test_a_guardians_yes_by_a_code_is_kept_and_told_as_what_it_is(
    by_code: Client, child: UUID, session: Session
) -> None:
    """S-74, S-91: both guardians are told as of a paper, and an admin who may ask the guardian himself."""
    with entries_of(session) as left:
        made = put(by_code, MINORS.id, resident_id=str(child))

    assert (made.status_code, made.json["channel"]) == (201, "code")
    kept = session.get_one(Consent, UUID(made.json["id"]))
    worker = person("worker").user_id
    assert (kept.let_in_by, kept.recorded_by) == (worker, person("resident").user_id)
    assert [one.facts["handed_out_by"] for one in left] == [str(worker)]
    given = {"what": "consent_given", "consent_id": made.json["id"]}
    assert [_told(session, one, "own_data") for one in ("resident", "neighbour")] == [[given], [given]]
    asked = {"consent_id": made.json["id"], "resident_id": str(child), "user_id": str(worker)}
    assert _told(session, "admin", "account_alert") == [{"what": "consent_by_code"} | asked]
    assert _told(session, "worker", "account_alert") == []


def test_sent_again_it_is_told_once(by_code: Client, child: UUID, session: Session) -> None:
    path = f"/v1/me/consents/{new_id()}"
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child)}

    first, again = (by_code.put(path, json=body) for _ in range(2))

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert len(_told(session, "admin", "account_alert")) == 1
    assert len(_told(session, "resident", "own_data")) == 1


def test_an_admin_who_handed_the_code_out_is_not_the_one_who_is_told(
    app: Flask, admin: Client, visitor: Client, child: UUID, session: Session
) -> None:
    """Another admin is, or where there is none the office above."""
    guardian = person("resident")
    path = f"/v1/residents/{guardian.resident_id}/sign-in-codes"
    for told in ("county", "colleague"):
        code = admin.post(path, json={"id": str(new_id())}).json["code"]
        opened = visitor.post("/v1/sessions/code", json={"code": code})
        helped = Client(app, Person(guardian.user_id, opened.json["token"]))
        if told == "colleague":
            grant(session, person("colleague").user_id, role=Role.COMMUNITY_ADMIN)
        made = put(helped, MINORS.id, resident_id=str(child)).json["id"]
        [notice] = _told(session, told, "account_alert")
        assert notice["consent_id"] == made
    assert _told(session, "admin", "account_alert") == []


def test_by_his_own_way_in_or_with_a_fresh_proof_it_is_his_own(
    by_code: Client, resident: Client, child: UUID, session: Session
) -> None:
    """A no needs neither: it takes nothing from anybody, and he may say yes again."""
    own = put(resident, MINORS.id, resident_id=str(child))
    no = put(by_code, MINORS.id, given=False, resident_id=str(child))
    soon = put(by_code, MINORS.id, resident_id=str(child))
    signed_in = select(SignIn).where(SignIn.let_in_by.is_not(None))
    session.scalars(signed_in).one().checked_at = now()
    session.commit()
    proven = put(by_code, MINORS.id, resident_id=str(child))

    assert [one.json["channel"] for one in (own, no, proven)] == ["app"] * 3
    assert refused(soon) == (403, "reauth_required")
    assert _told(session, "admin", "account_alert") == []
    assert _told(session, "resident", "own_data") == []


def test_it_goes_with_a_binding_that_was_a_mistake(
    by_code: Client, admin: Client, worker: Client, child: UUID, session: Session
) -> None:
    """S-74: what was agreed to was never the guardian's."""
    assert put(by_code, MINORS.id, resident_id=str(child)).status_code == 201
    assert standing(by_code, "minors", f"?resident_id={child}")["state"] == "given"

    end(admin, named("binding resident"), reason="mistake")

    rows = session.scalars(select(Consent).where(Consent.resident_id == child)).all()
    assert [row.withdrawn_at is None for row in rows] == [False]
    shown = worker.get(f"/v1/residents/{child}/consents").json["items"]
    assert [one["state"] for one in shown if one["purpose"] == "minors"] == ["withdrawn"]
