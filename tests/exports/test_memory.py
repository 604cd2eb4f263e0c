"""How much memory the largest file takes that can be asked for."""

import ctypes
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.exports import ROWS_MOST, RosterColumn
from app.ids import new_id
from app.models import Relation, Resident, RosterExport
from app.people import Numbers, sealed_numbers
from dev.var import ROOT
from tests.cast import LONG_AGO, named
from tests.export_world import make
from tests.matrix.stage import Stage
from tests.sealer import SEALER

MEGABYTE = 1 << 20
_ALONE = "GONGDI_TEST_ALONE"
_AT_ONCE = 500
MOST = 150 * MEGABYTE
"""Half of what S-155 grants the whole process, which holds about 100 of its own before."""


def _held() -> int:
    """Give the bytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def peak() -> Iterator[list[int]]:
    """Note how much memory the process holds while the block runs: at its beginning, then every 10 ms.

    What other tests left free in this process is given back first, as far as can be: the block would take
    it unseen.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    seen, over = [_held()], threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            seen.append(_held())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def is_alone(request: pytest.FixtureRequest) -> bool:
    """Say whether this process runs this test alone; where not, start one that does, and hold its outcome.

    What other tests left half free in a process would be taken by the next file unseen.
    """
    if _ALONE in os.environ:
        return True
    alone = ("-q", "-s", "-p", "no:xdist", "-o", "addopts=")
    command = [sys.executable, "-m", "pytest", request.node.nodeid, *alone]
    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | {_ALONE: "1"}, capture_output=True, text=True, check=False
    )
    sys.stdout.write(ran.stdout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return False


def fill(session: Session) -> None:
    """Let the community have as many residents as one file may hold, each with both numbers."""
    like = session.get_one(Resident, named("resident"))
    shared = {name: getattr(like, name) for name in ("area_code", "household_id", "sex", "birth_date")}
    shared |= {"relation": Relation.OTHER, "created_at": LONG_AGO, "content_hash": b""}
    of_the_cast = 2
    # In parts: memory that is freed here would hide some of what is used later.
    for first in range(of_the_cast, ROWS_MOST, _AT_ONCE):
        rows = []
        for place in range(first, min(first + _AT_ONCE, ROWS_MOST)):
            row_id, numbers = new_id(), Numbers(f"139{place:08}", f"000000{place:012}")
            sealed = sealed_numbers(SEALER, row_id, like.area_code, numbers)
            rows.append({"id": row_id, "name": f"某某某{place}"} | shared | sealed)
        session.execute(insert(Resident), rows)
    session.commit()
    session.expunge_all()


def test_the_largest_file_is_made_in_bounded_memory(
    app: Flask, session: Session, request: pytest.FixtureRequest
) -> None:
    """S-155: a process stays below 300 MB; -s shows the figures that docs/performance.md has."""
    if not is_alone(request):
        return
    fill(session)
    export_id = Stage(session).export()
    row = session.get_one(RosterExport, export_id)
    row.columns, row.clear = [column.value for column in RosterColumn], True
    session.commit()

    with peak() as seen:
        make(app, session, export_id)

    before, most = seen[0], max(seen)
    sys.stdout.write(f"{before / MEGABYTE:.0f} MB before, {most / MEGABYTE:.0f} MB at most\n")
    assert session.get_one(RosterExport, export_id).row_count == ROWS_MOST
    assert most - before < MOST
