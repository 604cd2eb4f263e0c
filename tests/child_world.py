"""Children, their guardians and what these agreed to, for several tests."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    Consent,
    ConsentChannel,
    ConsentPurpose,
    GuardianRelation,
    Guardianship,
    Relation,
    Resident,
    ViewingTicket,
)
from app.people import SHIPPED_TEXTS, sealed_proof
from tests.care_world import write_resident
from tests.cast import LONG_AGO, named, person
from tests.sealer import SEALER

TEN_YEARS_OLD = date(2016, 6, 1)


def write_child(session: Session, birth_date: date = TEN_YEARS_OLD, **columns: Any) -> UUID:
    """Add a child to the first household of the cast."""
    return write_resident(
        session, name="王小明", birth_date=birth_date, relation=Relation.GRANDCHILD, **columns
    )


def write_guardian(
    session: Session, child_id: UUID, *, of: str = "resident", verified: bool = True, **columns: Any
) -> UUID:
    """Put somebody of the cast on record as a child's guardian, verified unless not."""
    row_id = new_id()
    values: dict[str, Any] = {
        "id": row_id,
        "area_code": session.get_one(Resident, child_id).area_code,
        "child_id": child_id,
        "guardian_id": named(of),
        "relation": GuardianRelation.GRANDPARENT,
        "proof_sealed": sealed_proof(SEALER, row_id, "户口本"),
        "recorded_by": person("worker").user_id,
        "created_at": LONG_AGO,
        "valid_until": date(2029, 12, 31),
        "verified_at": LONG_AGO if verified else None,
        "verified_by": person("admin").user_id if verified else None,
        "content_hash": b"",
    }
    session.add(Guardianship(**values | columns))
    session.commit()
    return row_id


def write_consent(
    session: Session,
    resident_id: UUID,
    purpose: ConsentPurpose = ConsentPurpose.MINORS,
    *,
    by: str = "resident",
    given: bool = True,
    decided_at: datetime = LONG_AGO,
) -> UUID:
    """Keep a decision signed on paper."""
    text, row_id = SHIPPED_TEXTS[purpose], new_id()
    session.add(
        Consent(
            id=row_id,
            area_code=session.get_one(Resident, resident_id).area_code,
            resident_id=resident_id,
            decided_by=named(by),
            purpose=purpose,
            text_id=text.id,
            text_hash=text.text_hash,
            given=given,
            channel=ConsentChannel.PAPER,
            recorded_by=person("worker").user_id,
            decided_at=decided_at,
            content_hash=b"",
        )
    )
    session.commit()
    return row_id


def write_ticket(session: Session, child_id: UUID, name: str, **columns: Any) -> UUID:
    """Let somebody of the cast read a child's record for a day from now on."""
    at = now()
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": session.get_one(Resident, child_id).area_code,
        "resident_id": child_id,
        "user_id": person(name).user_id,
        "purpose": "负责探访",
        "days": 1,
        "asked_at": at,
        "approved": True,
        "decided_at": at,
        "decided_by": person("admin").user_id,
        "expires_at": at + timedelta(days=1),
        "content_hash": b"",
    }
    ticket = ViewingTicket(**values | columns)
    session.add(ticket)
    session.commit()
    return ticket.id


def write_guarded_child(session: Session, birth_date: date = TEN_YEARS_OLD) -> UUID:
    """Add a child whose verified guardian agreed that visits are written down."""
    child = write_child(session, birth_date)
    write_guardian(session, child)
    write_consent(session, child)
    return child
