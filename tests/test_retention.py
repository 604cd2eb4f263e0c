"""Personal data goes when its time is over, and only then."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app import retention
from app.clock import now, set_to
from app.config import RetentionSettings
from app.models import Base, Hazard, HazardStatus, Photo, PhotoOwner
from dev.data_map import NOBODYS, entries
from tests.matrix.stage import Stage

_HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 12.0}
_MONTHS = RetentionSettings()


@pytest.fixture
def hazard(session: Session) -> Hazard:
    """Give a hazard that was reported with a position just now."""
    made = session.get_one(Hazard, Stage(session).hazard(HazardStatus.REPORTED, **_HERE))
    session.commit()
    return made


def _of_positions(figures: Mapping[str, int]) -> dict[str, int]:
    return {name: rows for name, rows in figures.items() if rows and name.startswith("positions")}


def _reduced(session: Session) -> dict[str, int]:
    done = {rule.name: retention.apply(session, rule, limit=10) for rule in retention.rules(_MONTHS)}
    session.commit()
    session.expire_all()
    return _of_positions(done)


def test_a_position_is_reduced_after_ninety_days(session: Session, hazard: Hazard) -> None:
    """S-81, S-181: a day before nothing, at day 91 the position is gone and the grid stays."""
    area_code = hazard.area_code
    with set_to(now() + timedelta(days=89)):
        assert _reduced(session) == {}
    assert hazard.lng == _HERE["lng"]
    with set_to(now() + timedelta(days=91)):
        assert _reduced(session) == {"positions of hazards": 1}
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
        assert _reduced(session) == {"positions of hazards": 1, "positions of photos": 1}
    assert [getattr(photo, name) for name in ("gps_lng", "gps_lat", "width")] == [None, None, 10]


def test_counting_changes_nothing(session: Session, hazard: Hazard) -> None:
    """S-81: the dry run reports what is overdue and touches nothing."""
    with set_to(now() + timedelta(days=91)):
        counted = {rule.name: retention.overdue(session, rule) for rule in retention.rules(_MONTHS)}

    assert _of_positions(counted) == {"positions of hazards": 1}
    session.expire_all()
    assert hazard.lng == _HERE["lng"]


def test_every_table_with_a_position_has_its_rule() -> None:
    """S-81, S-181: a position stands in records and photos only, all columns go, and none is without an end.

    Found by what its columns are called, not by the rule's own list. Places are no people.
    """
    parts = re.compile(r"(^|_)(lng|lat|longitude|latitude|accuracy|accuracy_m|altitude|datum|gps)(_|$)")
    with_position = {
        table.name: {name for name in table.columns.keys() if parts.search(name)}  # noqa: SIM118
        for table in Base.metadata.sorted_tables
    }
    emptied = {
        rule.table.name: set(rule.emptied or {})
        for rule in retention.rules(_MONTHS)
        if rule.name.startswith("positions")
    }

    del with_position["places"]
    assert {name: columns for name, columns in with_position.items() if columns} == emptied
    assert emptied.keys() == {"hazards", "inspections", "visits", "photos"}, "each is a record that needs it"


def test_every_table_that_holds_something_of_people_has_a_rule_or_a_reason() -> None:
    """S-81: a table that is new in the data map fails here until somebody says when its rows go.

    Add a rule to app/retention, or say in its KEPT_BECAUSE why there is none.
    """
    personal = {one["table"] for one in entries() if one["category"] != NOBODYS}
    # A position that goes is not the record: it needs its own rule or reason.
    ruled = {rule.table.name for rule in retention.rules(_MONTHS) if not rule.name.startswith("positions")}

    assert personal - ruled - retention.KEPT_BECAUSE.keys() == set(), "nobody said when these go"
    assert ruled & retention.KEPT_BECAUSE.keys() == set(), "these go, and are said to stay"
    assert (ruled | retention.KEPT_BECAUSE.keys()) - personal == set(), "these hold nothing of people"


def test_every_rule_has_a_name_a_time_and_a_basis() -> None:
    """S-81: names are told apart in the audit trail."""
    made = list(retention.rules(_MONTHS))

    assert len({rule.name for rule in made}) == len(made)
    assert [rule.name for rule in made if not (rule.kept and rule.basis)] == []
    assert [rule.name for rule in made if rule.emptied and not rule.stays] == []


@pytest.mark.parametrize(
    "table",
    [
        "transfers",
        "accounts",
        "lots",
        "lot_draws",
        "claims",
        "claim_events",
        "hazards",
        "hazard_events",
        "stock_movements",
        "audit_entries",
        "audit_links",
        "audit_checkpoints",
        "harm_cases",
    ],
)
def test_ledgers_and_trail_have_no_rule_that_deletes(table: str) -> None:
    """S-81: what proves what happened is not retention's to delete."""
    assert [
        rule.name for rule in retention.rules(_MONTHS) if rule.is_deletion and rule.table.name == table
    ] == []


_PASSED_OVER = "harm_cases.correction_id"
"""Frozen corrections that a case names are passed over: ``tests/own_data/test_harm_kept.py``."""


def test_no_row_that_goes_is_named_by_one_that_stays() -> None:
    """S-81: a foreign key to a table with an end would stop the job, so its rows go along."""
    deleting = {rule.table.name: rule for rule in retention.rules(_MONTHS) if rule.is_deletion}
    keys = [key for table in Base.metadata.sorted_tables for key in table.foreign_keys]
    stopping = [
        f"{key.parent.table.name}.{key.parent.name}"
        for key in keys
        if key.column.table.name in deleting
        and key.parent not in deleting[key.column.table.name].beside
        and key.ondelete is None
        and f"{key.parent.table.name}.{key.parent.name}" != _PASSED_OVER
    ]

    assert stopping == []
