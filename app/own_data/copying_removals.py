"""Copying removals to the re-delete list, and noticing where list and database do not belong together.

Each line has a number, which its row has too: so an older copy of the list, another one, and a disk that is
not there are told from a list that is whole, and a database that has not caught up from one that has.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import AuditKeys
from app.clock import now
from app.models import Removal
from app.own_data.removal_list import Last, Removed, last_line, removals_in, signed_line

_LOCK = int.from_bytes(b"removals", "big", signed=True)
"""Of the advisory lock: one process at a time writes the list."""
LINES = 1000
"""Of a long list no more is held in memory at a time."""


class ListAheadError(Exception):
    """The list holds removals that the database does not know: it is an older state."""


class ListBehindError(Exception):
    """The database copied removals that the list has not: it is an older list, or another one."""


def copy_removals(session: Session, keys: AuditKeys, file: Path, *, limit: int) -> int:
    """Append the next removals that the file lacks, down to the disk, and number them; give how many.

    Where somebody died between both, the lines that are there already are taken as they are. An unfinished
    last line is cut off.

    Raises ListAheadError, ListBehindError, RemovalListError.
    """
    _take_turn(session)
    with file.open("a+b") as out:
        last = last_line(file, out)
        _check(session, keys, file, last)
        number, mac = (0, "") if last is None else (last.number, last.mac)
        uncopied = select(Removal).where(Removal.number.is_(None)).order_by(Removal.at, Removal.id)
        rows = session.scalars(uncopied.limit(limit).with_for_update()).all()
        for row in rows:
            number += 1
            row.number, row.copied_at = number, now()
            line, mac = signed_line(keys, mac, _removed(row))
            out.write(line)
        out.flush()
        os.fsync(out.fileno())
    session.flush()
    return len(rows)


def write_list_anew(session: Session, keys: AuditKeys, file: Path) -> int:
    """Write the whole list anew from the database, for one that was lost, is older, or has another key.

    What retention took of the facts since is not written again. Gives how many lines it has; whatever was not
    copied yet follows by the job. Raises ListAheadError, RemovalListError.
    """
    _take_turn(session)
    if file.exists():
        for batch in lines_in_batches(file, keys):
            if not_in_database(session, batch):
                raise _ahead(file)
    rows = select(Removal).where(Removal.number.is_not(None)).order_by(Removal.number)
    made, mac, beside = 0, "", file.with_name(f"{file.name}.new")
    with beside.open("wb") as out:
        for row in session.scalars(rows.execution_options(yield_per=LINES)):
            line, mac = signed_line(keys, mac, _removed(row))
            out.write(line)
            made += 1
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    return made


def lines_in_batches(file: Path, keys: AuditKeys) -> Iterator[list[Removed]]:
    """Read the list a batch at a time. Raises RemovalListError."""
    batch: list[Removed] = []
    for one in removals_in(file, keys):
        batch.append(one)
        if len(batch) == LINES:
            yield batch
            batch = []
    if batch:
        yield batch


def not_in_database(session: Session, listed: Collection[Removed]) -> list[Removed]:
    """Give those of a batch that the database does not know."""
    known = set(session.scalars(select(Removal.id).where(Removal.id.in_([one.id for one in listed]))))
    return [one for one in listed if one.id not in known]


def mark_listed(session: Session, listed: Collection[Removed]) -> None:
    """Give their numbers to those of a batch that the database knows and did not know to be listed."""
    by_id = {one.id: one for one in listed}
    rows = select(Removal).where(Removal.id.in_(by_id), Removal.number.is_(None)).with_for_update()
    for row in session.scalars(rows):
        row.number = free_number(session, by_id[row.id])
        row.copied_at = now() if row.number else None
    session.flush()


def free_number(session: Session, one: Removed) -> int | None:
    """Give the number of a line, unless another removal has it: then it is of a list that was given up.

    Such a removal is listed again, under a number of its own.
    """
    taken = session.scalar(select(Removal.id).where(Removal.number == one.number))
    return None if taken else one.number


def _take_turn(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _check(session: Session, keys: AuditKeys, file: Path, last: Last | None) -> None:
    """Look whether list and database belong together. Raises ListAheadError, ListBehindError."""
    if last is not None:
        row = session.get(Removal, last.id)
        if row is None:
            raise _ahead(file)
        if row.number is None:
            _take_written(session, keys, file)
        if row.number != last.number:
            raise _behind(file, "its last line has a number that this database gave to another")
    greatest = session.scalar(select(func.max(Removal.number))) or 0
    count = session.scalar(select(func.count(Removal.number))) or 0
    if count < greatest:
        raise _ahead(file)
    listed = 0 if last is None else last.number
    if listed < greatest:
        raise _behind(file, f"it ends with number {listed}, and {greatest} were copied")


def _take_written(session: Session, keys: AuditKeys, file: Path) -> None:
    """Take what a process wrote that died before it could say so. Raises ListAheadError, RemovalListError."""
    for batch in lines_in_batches(file, keys):
        if not_in_database(session, batch):
            raise _ahead(file)
        mark_listed(session, batch)


def _removed(row: Removal) -> Removed:
    assert row.number is not None, "it is listed"
    return Removed(row.id, row.at, row.what, row.row_id, row.facts, row.number)


def _ahead(file: Path) -> ListAheadError:
    return ListAheadError(
        f"{file} holds removals that this database does not know, for it was restored from a backup: "
        "run `python -m app.cli redelete`, see docs/operations.md, backup"
    )


def _behind(file: Path, why: str) -> ListBehindError:
    return ListBehindError(
        f"{file} is an older list or another one: {why}. Put the newest copy in its place, or run "
        "`python -m app.cli recopy-removals`, see docs/operations.md, backup"
    )
