"""Positions of what tells of harm to a minor stay where all others go: they may be where the child is."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import retention
from app.clock import business_day, now, set_to
from app.config import RetentionSettings
from app.ids import new_id
from app.models import (
    CareRecord,
    ClaimStatus,
    HarmCase,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Inspection,
    Photo,
    PhotoOwner,
    Visit,
)
from tests.cast import GRID, person
from tests.matrix.stage import Stage

HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 12.0, "datum": "wgs84"}
Row = Hazard | Inspection | Photo | Visit
Write = Callable[[Session], tuple[Row, dict[str, UUID]]]


def _visit(session: Session) -> tuple[Row, dict[str, UUID]]:
    visit_id, _ = Stage(session).visit()
    visit = session.get_one(Visit, visit_id)
    session.get_one(CareRecord, visit.care_record_id).ended_on = business_day()
    session.flush()
    return visit, {"visit_id": visit_id}


def _hazard(session: Session) -> tuple[Row, dict[str, UUID]]:
    hazard_id = Stage(session).hazard(HazardStatus.CLOSED)
    return session.get_one(Hazard, hazard_id), {"hazard_id": hazard_id}


def _inspection(session: Session) -> tuple[Row, dict[str, UUID]]:
    inspection_id = Stage(session).inspection()
    return session.get_one(Inspection, inspection_id), {"inspection_id": inspection_id}


def _photo_of_a_claim(session: Session) -> tuple[Row, dict[str, UUID]]:
    claim_id = Stage(session).claim(ClaimStatus.REJECTED)
    photo_id = Stage(session).photo(claim_id, PhotoOwner.CLAIM)
    return session.get_one(Photo, photo_id), {"claim_id": claim_id}


def _photo_of_a_step(session: Session) -> tuple[Row, dict[str, UUID]]:
    hazard_id = Stage(session).hazard(HazardStatus.CLOSED)
    step = HazardEvent(
        id=new_id(),
        area_code=GRID,
        hazard_id=hazard_id,
        number=1,
        step=HazardStep.CLOSE,
        status_after=HazardStatus.CLOSED,
        at=now(),
        content_hash=b"",
    )
    session.add(step)
    session.flush()
    photo_id = Stage(session).photo(step.id, PhotoOwner.HAZARD_EVENT)
    return session.get_one(Photo, photo_id), {"hazard_id": hazard_id}


def _placed(session: Session, write: Write, *, named: bool) -> Row:
    """Write something with a position, and a case that names it or its record, if one does."""
    row, record = write(session)
    if isinstance(row, Photo):
        row.gps_lng, row.gps_lat = 114.4826, 29.6063
    else:
        for name, value in HERE.items():
            setattr(row, name, value)
    if named:
        (told,) = record.values()
        case = {"area_code": GRID, "signals": ["words"], "opened_at": now()}
        session.add(HarmCase(id=new_id(), told_id=told, **case, **record))
    session.commit()
    return row


def _position(row: Row) -> list[float | str | None]:
    if isinstance(row, Photo):
        return [row.gps_lng, row.gps_lat]
    return [getattr(row, name) for name in HERE]


@pytest.mark.parametrize("write", [_visit, _hazard, _inspection, _photo_of_a_claim, _photo_of_a_step])
def test_what_tells_of_harm_keeps_its_position(session: Session, write: Write) -> None:
    """S-81, S-98: however old; of the same kind of record that no case names it goes."""
    kept, other = (_placed(session, write, named=named) for named in (True, False))
    before = _position(kept)
    with set_to(now() + timedelta(days=365 * 5)):
        for rule in retention.rules(RetentionSettings()):
            if rule.name.startswith("positions of "):
                retention.apply(session, rule, limit=100)
    session.commit()
    session.expire_all()

    assert None not in before
    assert _position(kept) == before
    assert set(_position(other)) == {None}


@pytest.mark.parametrize("write", [_hazard, _photo_of_a_claim, _photo_of_a_step])
def test_it_keeps_it_when_he_who_sent_it_takes_his_consent_back(session: Session, write: Write) -> None:
    """S-98: also when he closes his account; what else he sent has none any more."""
    sender = person("resident").user_id
    kept, other = (_placed(session, write, named=named) for named in (True, False))
    for row in (kept, other):
        setattr(row, "uploaded_by" if isinstance(row, Photo) else "reported_by", sender)
    session.commit()
    before = _position(kept)

    assert retention.forget_given_positions(session, sender) == 1
    session.commit()
    session.expire_all()
    assert _position(kept) == before
    assert set(_position(other)) == {None}
