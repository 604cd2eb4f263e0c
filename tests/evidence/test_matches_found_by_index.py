"""A page of pairs to review is found quickly among thirty thousand, for an office with few and with most.

    .venv/bin/python -m pytest tests/evidence/test_matches_found_by_index.py -s -p no:xdist -o addopts=""

says how long each took (docs/performance.md).
"""

import sys
from time import perf_counter

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app import evidence
from app.actors import Actor, Scope
from app.clock import now
from app.evidence import PhotoOwner
from tests.cast import person
from tests.explaining import asked_of, counted, most_read, pages_of

pytestmark = pytest.mark.usefixtures("swept")

PHOTOS, PAIRS, PAGE = 100_000, 30_000, 50
FEW, OF_FEW = "421224100010", 40
"""A community and how many pairs it has, all older than those of others."""
KINDS = (PhotoOwner.INSPECTION, PhotoOwner.HAZARD, PhotoOwner.HAZARD_EVENT, PhotoOwner.CLAIM)
_PHOTOS = text(
    """
    INSERT INTO photos (id, sha256, width, height, uploaded_by, received_at, virus)
    SELECT lpad(to_hex(n), 32, '0')::uuid, int4send(n), 9, 9, :by, :at, ''
    FROM generate_series(1, :photos) AS n
    """
)
_LINKS = text(
    """
    INSERT INTO photo_links (record_id, photo_id, record_kind, area_code, position, named_by)
    SELECT gen_random_uuid(), lpad(to_hex(n), 32, '0')::uuid,
        (ARRAY['inspection', 'hazard', 'hazard_event', 'claim'])[1 + n % 4],
        CASE WHEN n % 100 = 0 THEN :few ELSE '4212241000' || (11 + n % 69)::text END || '001', 0, :by
    FROM generate_series(1, :photos) AS n
    """
)
_PAIRS = text(
    """
    INSERT INTO photo_matches (id, photo_id, earlier_id, kind, found_at, note)
    SELECT uuidv7(), lpad(to_hex(later), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'likely', :at, ''
    FROM (SELECT n, n + :apart AS later FROM generate_series(1, 49900) AS n) AS numbered
    WHERE CASE WHEN :of_few THEN n % 100 = 0 ELSE n % 100 <> 0 AND later % 100 <> 0 END
    ORDER BY n LIMIT :pairs
    """
)


def fill(session: Session, *, pairs: int) -> None:
    """Write photos that are each named by a record, and pairs of them beside those of the few."""
    by = {"by": person("worker").user_id, "at": now()}
    session.execute(_PHOTOS, {"photos": PHOTOS, **by})
    session.execute(_LINKS, {"photos": PHOTOS, "few": FEW, "by": by["by"]})
    session.execute(_PAIRS, {"apart": 50_000, "of_few": True, "pairs": OF_FEW, "at": by["at"]})
    session.execute(_PAIRS, {"apart": 50_001, "of_few": False, "pairs": pairs, "at": by["at"]})
    session.execute(text("ANALYZE photos, photo_links, photo_matches"))


@pytest.mark.parametrize(
    "area_code, pairs, found, most",
    [
        (FEW, PAIRS, OF_FEW, PAIRS + OF_FEW),
        ("421224", PAIRS, PAGE, 10 * PAGE),
        ("421224", 0, OF_FEW, 10 * PAGE),
    ],
)
def test_a_page_of_pairs_reads_neither_all_photos_nor_all_that_name_them(
    connection: Connection, session: Session, area_code: str, pairs: int, found: int, most: int
) -> None:
    """The pairs themselves are read once where few are wanted, and not even they where most are.

    Where an office has done its work, a short list reads no more than a long one.
    """
    fill(session, pairs=pairs)
    actor = Actor(user_id=person("admin").user_id, scope=Scope(areas=(area_code,)))
    reach = dict.fromkeys(KINDS, actor.scope)

    def page() -> int:
        return len(evidence.matches(session, actor, reach, after=None, limit=PAGE))

    with asked_of(connection, "photo_matches") as asked:
        assert page() == found
    began = perf_counter()
    page()
    took_ms = 1000 * (perf_counter() - began)
    plans = [counted(connection, *one) for one in asked]

    sys.stdout.write(f"{area_code}: {took_ms:.0f} ms, {sum(map(pages_of, plans))} pages of 8 KB\n")
    assert max(map(most_read, plans)) <= most, plans
