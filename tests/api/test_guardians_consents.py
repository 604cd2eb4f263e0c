"""Consents that a guardian gives for a child, and who cannot give them."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Consent, ConsentPurpose, Guardianship, User
from tests.cast import LONG_AGO, forget_consents, named, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Client
from tests.consenting import MINORS, next_version, put, standing


@pytest.fixture(autouse=True)
def _nobody_agreed_yet(session: Session) -> None:
    forget_consents(session)


def test_a_guardian_decides_for_the_child_while_he_is_one(resident: Client, session: Session) -> None:
    """S-41, S-91: a verified guardian decides; with the guardianship it ends in the next request."""
    child = write_child(session)
    assert put(resident, MINORS.id, resident_id=str(child)).status_code == 404
    row_id = write_guardian(session, child)

    made = put(resident, MINORS.id, resident_id=str(child))

    assert (made.status_code, made.json["decided_by"]) == (201, str(named("resident")))
    assert standing(resident, "minors", f"?resident_id={child}")["state"] == "given"
    session.get_one(Guardianship, row_id).ended_at = now()
    session.commit()
    assert resident.get(f"/v1/me/consents?resident_id={child}").status_code == 404
    assert resident.post(f"/v1/me/consents/{made.json['id']}/withdraw").status_code == 404


def test_a_decision_sent_again_is_recognised_whatever_changed_since(
    resident: Client, session: Session
) -> None:
    """A guardian's reply got lost; then his guardianship ended and a new text came."""
    child, consent_id = write_child(session), new_id()
    row_id = write_guardian(session, child)
    path = f"/v1/me/consents/{consent_id}"
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child)}
    first = resident.put(path, json=body)
    session.get_one(Guardianship, row_id).ended_at = now()
    session.add(next_version(ConsentPurpose.MINORS))
    session.commit()

    again, other = resident.put(path, json=body), resident.put(path, json=body | {"given": False})
    fresh = resident.put(f"/v1/me/consents/{new_id()}", json=body)

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert fresh.status_code == 404, "what is new is judged as ever"


@pytest.mark.parametrize("columns", [{"verified": False}, {"valid_until": LONG_AGO.date()}])
def test_an_unverified_or_expired_guardian_is_none(
    resident: Client, session: Session, columns: dict[str, Any]
) -> None:
    """S-41: only a verified, unexpired relation counts."""
    child = write_child(session)
    write_guardian(session, child, **columns)

    assert put(resident, MINORS.id, resident_id=str(child)).status_code == 404


def test_the_childs_own_account_cannot_decide(be: Any, session: Session) -> None:
    """S-91, S-92: what the child's own user sends is refused."""
    child = write_child(session)
    write_guardian(session, child)
    session.get_one(User, person("neighbour").user_id).resident_id = child
    session.commit()

    refused = put(be("neighbour"), MINORS.id)

    assert (refused.status_code, refused.json["code"]) == (403, "guardian_needed")
    assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_nobody_agrees_for_himself_to_what_guardians_agree_to(
    resident: Client, worker: Client, session: Session
) -> None:
    """S-91: without a ward it means nothing; what somebody gave before he can still refuse and take back."""
    child, own = write_child(session), str(named("resident"))
    write_guardian(session, child)
    before = write_consent(session, named("resident"), ConsentPurpose.MINORS)
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": own, "decided_by": own}

    refused = [
        put(resident, MINORS.id),
        put(resident, MINORS.id, resident_id=own),
        worker.put(f"/v1/consents/{new_id()}", json=body),
    ]
    taken_back = resident.post(f"/v1/me/consents/{before}/withdraw")
    declined = put(resident, MINORS.id, given=False)

    assert [(one.status_code, one.json["code"]) for one in refused] == [(422, "ward_needed")] * 3
    remedy = {"resident_id": ["这份说明要由监护人替孩子同意，请选是哪一个孩子"]}
    assert [one.json["errors"] for one in refused] == [remedy] * 3
    assert (taken_back.status_code, declined.status_code) == (200, 201)
    assert put(resident, MINORS.id, resident_id=str(child)).status_code == 201
