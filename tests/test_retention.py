"""Personal data goes when its time is over, and only then."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app import retention
from app.clock import now, set_to
from app.models import Base, Hazard, HazardStatus, Photo, PhotoOwner
from tests.matrix.stage import Stage

_HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 12.0}


@pytest.fixture
def hazard(session: Session) -> Hazard:
    """Give a hazard that was reported with a position just now."""
    made = session.get_one(Hazard, Stage(session).hazard(HazardStatus.REPORTED, **_HERE))
    session.commit()
    return made


def _reduced(session: Session) -> dict[str, int]:
    done = {rule.name: retention.reduce(session, rule, limit=10) for rule in retention.rules()}
    session.commit()
    session.expire_all()
    return {name: rows for name, rows in done.items() if rows}


def test_a_position_is_reduced_after_ninety_days(session: Session, hazard: Hazard) -> None:
    """S-81, S-181: a day before nothing, at day 91 the position is gone and the grid stays."""
    area_code = hazard.area_code
    with set_to(now() + timedelta(days=89)):
        assert _reduced(session) == {}
    assert hazard.lng == _HERE["lng"]
    with set_to(now() + timedelta(days=91)):
        assert _reduced(session) == {"hazards.lng": 1}
        assert _reduced(session) == {}

    kept = [getattr(hazard, name) for name in ("lng", "lat", "accuracy_m", "datum")]
    assert kept == [None] * 4
    assert (hazard.area_code, hazard.presence) == (area_code, "unverified")


def test_a_photos_position_goes_too(session: Session, hazard: Hazard) -> None:
    """S-81: the private position of a photo is emptied, the photo stays."""
    photo = session.get_one(Photo, Stage(session).photo(hazard.id, PhotoOwner.HAZARD))
    photo.gps_lng, photo.gps_lat = 114.4826, 29.6063
    session.commit()

    with set_to(now() + timedelta(days=91)):
        assert _reduced(session) == {"hazards.lng": 1, "photos.gps_lng": 1}
    assert [getattr(photo, name) for name in ("gps_lng", "gps_lat", "width")] == [None, None, 10]


def test_counting_changes_nothing(session: Session, hazard: Hazard) -> None:
    """S-81: the dry run reports what is overdue and touches nothing."""
    with set_to(now() + timedelta(days=91)):
        counted = {rule.name: retention.overdue(session, rule) for rule in retention.rules()}

    assert {name: rows for name, rows in counted.items() if rows} == {"hazards.lng": 1}
    session.expire_all()
    assert hazard.lng == _HERE["lng"]


def test_every_table_with_a_position_has_its_rule() -> None:
    """S-81: no position of a person is kept without an end; places are no people."""
    with_position = {table.name for table in Base.metadata.sorted_tables if "lng" in table.columns}

    assert with_position - {"places"} | {"photos"} == {rule.table.name for rule in retention.rules()}
