"""The second text on children, and what guardians decided before and after it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import (
    row,
    write,
    write_household,
    write_resident,
    write_user,
    write_visit,
)

BEFORE, AFTER = "20261129_1210", "20261129_1229"
WITH_WORDS, WITHOUT_WORDS = "20261129_1230", "20261129_1245"


def _versions(connection: Connection) -> list[int]:
    query = "SELECT version FROM consent_texts WHERE purpose = 'minors' ORDER BY version"
    return list(connection.scalars(text(query)))


def test_a_second_text_joins_the_first_and_goes_again(at: At) -> None:
    """PIPL, art. 14: who agreed to the first text is asked anew, so the first stays as it was."""
    connection = at(BEFORE)
    first = connection.execute(text("SELECT * FROM consent_texts WHERE purpose = 'minors'")).all()

    to(connection, AFTER)
    both = _versions(connection)
    back_to(connection, BEFORE)

    assert both == [1, 2]
    assert connection.execute(text("SELECT * FROM consent_texts WHERE purpose = 'minors'")).all() == first


@pytest.mark.parametrize(
    "second, stands",
    [
        ({"given": True}, True),
        ({"given": False}, False),
        ({"given": True, "withdrawn_at": "2026-11-30"}, False),
    ],
    ids=["agreed", "refused", "taken back"],
)
def test_what_was_taken_back_does_not_stand_again(at: At, second: dict[str, Any], *, stands: bool) -> None:
    """PIPL, art. 15: an earlier yes is as much taken back as the later one."""
    connection = at(AFTER)
    household = write_household(connection)
    child = write_resident(connection, household, "2026-01-05")
    guardian = write_resident(connection, household, "2026-01-05", "spouse")
    worker = write_user(connection, old_password_hashes="[]")
    first = _decide(connection, child, guardian, worker, version=1, given=True, decided_at="2026-02-01")
    taken = {"withdrawn_by": worker} if "withdrawn_at" in second else {}
    said = second | taken | {"decided_at": "2026-11-29"}
    other = _decide(connection, child, guardian, worker, version=2, **said)
    connection.commit()

    back_to(connection, BEFORE)

    left = row(connection, "consents", first)
    assert (left["withdrawn_at"] is None, left["withdrawn_by"]) == (stands, None if stands else worker)
    gone = text("SELECT count(*) FROM consents WHERE id = :id")
    assert connection.scalar(gone, {"id": other}) == 0


def _decide(
    connection: Connection, child: UUID, guardian: UUID, worker: UUID, *, version: int, **said: Any
) -> UUID:
    query = "SELECT id, text_hash FROM consent_texts WHERE purpose = 'minors' AND version = :version"
    text_id, text_hash = connection.execute(text(query), {"version": version}).one()
    return write(
        connection,
        "consents",
        area_code="4212",
        resident_id=child,
        decided_by=guardian,
        purpose="minors",
        text_id=text_id,
        text_hash=text_hash,
        channel="paper",
        recorded_by=worker,
        content_hash=b"",
        **said,
    )


def test_words_of_visits_may_go_and_then_nothing_leads_back(at: At) -> None:
    connection = at(WITH_WORDS)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    worker = write_user(connection, old_password_hashes="[]")
    told: dict[str, Any] = {"answers_sealed": b"told", "note_sealed": b"", "basis": "duty"}
    visit = write_visit(connection, resident, worker, **told)
    before = row(connection, "visits", visit)
    take_away = text("UPDATE visits SET answers_sealed = NULL, note_sealed = NULL")
    with pytest.raises(IntegrityError, match="null value"), connection.begin_nested():
        connection.execute(take_away)
    connection.commit()

    to(connection, WITHOUT_WORDS)
    back_to(connection, WITH_WORDS)
    assert row(connection, "visits", visit) == before

    to(connection, WITHOUT_WORDS)
    connection.execute(take_away)
    connection.commit()
    with pytest.raises(IntegrityError, match="null value"):
        back_to(connection, WITH_WORDS)
    connection.rollback()
    assert row(connection, "visits", visit) == before | {"answers_sealed": None, "note_sealed": None}
