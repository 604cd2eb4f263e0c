"""How much memory the largest file of the ledger takes, and that its statements are few."""

import sys

from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app import hazards
from app.clock import now
from app.hazards.ledger_exports import LEDGER_ROWS_MOST
from app.models import HazardExport
from tests.cast import GRID, person
from tests.counting import statements
from tests.export_world import make
from tests.exports.test_memory import MEGABYTE, peak
from tests.hazard_world import BLOCK
from tests.matrix.stage import Stage

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


def test_the_largest_ledger_is_made_in_bounded_memory(
    app: Flask, session: Session, connection: Connection
) -> None:
    """S-155: a process stays below 300 MB; -s shows the figures that docs/performance.md has."""
    who = person("worker").user_id
    rows = {"rows": LEDGER_ROWS_MOST, "grid": GRID, "block": BLOCK, "worker": who, "at": now()}
    session.execute(_FILL, rows)
    session.execute(_EVENTS)
    export_id = Stage(session).ledger_export()
    session.get_one(HazardExport, export_id).approved_by = person("county").user_id
    session.commit()

    with peak() as seen, statements(connection) as sent:
        make(app, session, export_id, kind=hazards.LEDGER)

    before, most = seen[0], max(seen)
    sys.stdout.write(f"{before / MEGABYTE:.0f} MB before, {most / MEGABYTE:.0f} MB at most\n")
    assert session.get_one(HazardExport, export_id).row_count == LEDGER_ROWS_MOST
    assert len(sent) < 4 * LEDGER_ROWS_MOST / _AT_ONCE
    assert most - before < MOST
