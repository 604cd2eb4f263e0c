"""How much memory the largest files of the ledger take, and that their statements are few."""

import io
import random
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from app import hazards
from app.adapters import photo_key
from app.api.http.parts import EXTENSION
from app.clock import now
from app.hazards.ledger_exports import LEDGER_ROWS_MOST
from app.hazards.ledger_pictures import PICTURED_MOST
from app.models import HazardExport, Photo
from tests.cast import GRID, person
from tests.counting import statements
from tests.export_world import make
from tests.exports.test_memory import MEGABYTE, is_alone, peak
from tests.hazard_world import BLOCK
from tests.matrix.stage import Stage

pytestmark = pytest.mark.usefixtures("swept")

MOST = 200 * MEGABYTE
"""What S-155 grants the whole process, less the 100 that it holds before."""
_AT_ONCE = 500
_FILL = text(
    """
    INSERT INTO hazards (
        id, area_code, place_id, source, category, level, text, status, assignee_id, due_at, recurrences,
        recheck_failures, content_hash, captured_at, received_at, clock_flag, presence, presence_reasons
    )
    SELECT gen_random_uuid(), :grid, :block, 'staff', 'fire', 'general',
        '三楼到四楼的楼道里堆了纸箱和旧沙发，挡住了去路，第' || n || '处', 'closed', :worker, :at, 0, 0,
        '', :at, :at, 'ok', 'confirmed', '[]'
    FROM generate_series(1, :rows) AS n
    """
)
_EVENTS = text(
    """
    INSERT INTO hazard_events (
        id, area_code, hazard_id, number, step, status_after, actor_id, at, note, data, content_hash
    )
    SELECT gen_random_uuid(), area_code, id, n, (ARRAY['rectify', 'verify', 'close'])[n], status,
        assignee_id, received_at, '已经全部清走，楼道通了', '{}', ''
    FROM hazards, generate_series(1, 3) AS n
    """
)
_LINKS = text(
    """
    INSERT INTO photo_links (record_id, photo_id, record_kind, area_code, position, named_by)
    SELECT id, gen_random_uuid(), kind, area_code, 0, :worker
    FROM (
        SELECT id, 'hazard' AS kind, area_code FROM hazards
        UNION ALL
        SELECT id, 'hazard_event', area_code FROM hazard_events WHERE step = 'rectify'
    ) AS named
    """
)
_PHOTOS = text(
    """
    INSERT INTO photos (id, sha256, width, height, uploaded_by, received_at, compared_at)
    SELECT photo_id, '', 1600, 1200, named_by, :at, :at FROM photo_links
    """
)


def _thumb(number: int) -> bytes:
    """Draw what is as large a file as the thumb of a photo from a phone, and like no other."""
    grain = random.Random(number).randbytes(64 * 48)
    out = io.BytesIO()
    Image.frombytes("L", (64, 48), grain).convert("RGB").resize((400, 300)).save(out, "JPEG", quality=75)
    return out.getvalue()


def _put(app: Flask, photo_id: UUID, thumb: bytes) -> None:
    """Put a file where the store looks for it, without waiting for the disk as the store does."""
    path: Path = app.extensions[EXTENSION].settings.photo_dir / photo_key(photo_id, "thumb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(thumb)


def _export(session: Session) -> UUID:
    """Let the admin ask for a file that the county agreed to."""
    export_id = Stage(session).ledger_export()
    session.get_one(HazardExport, export_id).approved_by = person("county").user_id
    session.commit()
    return export_id


def _told(seen: list[int]) -> str:
    return f"{seen[0] / MEGABYTE:.0f} MB before, {max(seen) / MEGABYTE:.0f} MB at most"


def test_a_ledger_with_as_many_pictures_as_may_be_is_made_in_bounded_memory(
    app: Flask, session: Session, request: pytest.FixtureRequest
) -> None:
    """S-155: two of each of a thousand hazards; -s shows the figures that docs/performance.md has."""
    if not is_alone(request):
        return
    who = person("worker").user_id
    rows = {"rows": PICTURED_MOST, "grid": GRID, "block": BLOCK, "worker": who, "at": now()}
    session.execute(_FILL, rows)
    session.execute(_EVENTS)
    session.execute(_LINKS, {"worker": who})
    session.execute(_PHOTOS, {"at": now()})
    for number, photo_id in enumerate(session.scalars(select(Photo.id))):
        _put(app, photo_id, _thumb(number))
    export_id = _export(session)

    with peak() as seen:
        began = time.perf_counter()
        make(app, session, export_id, kind=hazards.LEDGER)
        took_s = time.perf_counter() - began

    size = session.get_one(HazardExport, export_id).size or 0
    sys.stdout.write(f"{took_s:.1f} s, a file of {size / MEGABYTE:.1f} MB, {_told(seen)}\n")
    assert 8 * MEGABYTE < size < 30 * MEGABYTE, "the pictures are in it"
    assert max(seen) - seen[0] < MOST


def test_the_largest_ledger_is_made_in_bounded_memory(
    app: Flask, session: Session, connection: Connection, request: pytest.FixtureRequest
) -> None:
    """S-155: a process stays below 300 MB; -s shows the figures that docs/performance.md has."""
    if not is_alone(request):
        return
    who = person("worker").user_id
    rows = {"rows": LEDGER_ROWS_MOST, "grid": GRID, "block": BLOCK, "worker": who, "at": now()}
    session.execute(_FILL, rows)
    session.execute(_EVENTS)
    export_id = _export(session)

    with peak() as seen, statements(connection) as sent:
        make(app, session, export_id, kind=hazards.LEDGER)

    sys.stdout.write(f"{_told(seen)}\n")
    assert session.get_one(HazardExport, export_id).row_count == LEDGER_ROWS_MOST
    assert len(sent) < 4 * LEDGER_ROWS_MOST / _AT_ONCE
    assert max(seen) - seen[0] < MOST
