"""Visits from before it was kept on what their notes rest: all were made on duty."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import row, write_household, write_resident, write_user, write_visit

BEFORE, AFTER = "20261124_1215", "20261124_1241"
WITHOUT_CONSENT, WITH_CONSENT = "20261129_1229", "20261129_1230"


def test_visits_count_as_made_on_duty_and_come_back_as_they_were(at: At) -> None:
    connection = at(BEFORE)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    visit = write_visit(connection, resident, write_user(connection), answers_sealed=b"told", note_sealed=b"")
    before = row(connection, "visits", visit)
    connection.commit()

    to(connection, AFTER)
    after = row(connection, "visits", visit)
    for basis, refusal in (("NULL", "null value"), ("'anything'", "ck_visits_visitbasis")):
        with pytest.raises(IntegrityError, match=refusal), connection.begin_nested():
            connection.execute(text(f"UPDATE visits SET basis = {basis}"))  # noqa: S608 - our own words
    connection.execute(text("UPDATE visits SET basis = 'mandatory_report'"))
    connection.commit()
    back_to(connection, BEFORE)

    assert after == before | {"basis": "duty"}
    assert row(connection, "visits", visit) == before


def test_after_it_no_visit_is_taken_that_does_not_say(at: At) -> None:
    connection = at(AFTER)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    worker = write_user(connection)

    with pytest.raises(IntegrityError, match='null value in column "basis"'):
        write_visit(connection, resident, worker, answers_sealed=b"told", note_sealed=b"")


def test_an_adults_own_consent_counts_as_duty_before_there_was_a_word_for_it(at: At) -> None:
    connection = at(BEFORE)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    visit = write_visit(connection, resident, write_user(connection), answers_sealed=b"told", note_sealed=b"")
    connection.commit()
    to(connection, WITH_CONSENT)
    left = {}
    for basis in ("guardian_consent", "consent", "emergency"):
        connection.execute(text("UPDATE visits SET basis = :basis"), {"basis": basis})
        connection.commit()
        back_to(connection, WITHOUT_CONSENT)
        left[basis] = row(connection, "visits", visit)["basis"]
        with pytest.raises(IntegrityError, match="ck_visits_visitbasis"), connection.begin_nested():
            connection.execute(text("UPDATE visits SET basis = 'consent'"))
        connection.commit()
        to(connection, WITH_CONSENT)
    with pytest.raises(IntegrityError, match="ck_visits_visitbasis"), connection.begin_nested():
        connection.execute(text("UPDATE visits SET basis = 'anything'"))

    assert left == {"guardian_consent": "guardian_consent", "consent": "duty", "emergency": "duty"}
