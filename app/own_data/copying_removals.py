"""Copying removals to the re-delete list, and noticing where list and database do not belong together.

Each line has a number, which its row has too: so an older copy of the list, another one, and a disk that is
not there are told from a list that is whole, and a database that has not caught up from one that has.
"""

import os
import stat
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.audit import AuditKeys
from app.clock import now
from app.models import Removal
from app.own_data.removal_list import (
    Last,
    RemovalListError,
    Removed,
    last_line,
    removals_in,
    signed_line,
)

_LOCK = int.from_bytes(b"removals", "big", signed=True)
"""Of the advisory lock: one process at a time writes the list."""
_TURN_S = 600
"""How long one waits for the other."""
LINES = 1000
"""Of a long list no more is held in memory at a time."""


class ListAheadError(Exception):
    """The list holds removals that the database does not know: it is an older state."""


class ListBehindError(Exception):
    """The database copied removals that the list has not: it is an older list, or another one."""


def copy_removals(session: Session, keys: AuditKeys, file: Path, *, limit: int) -> int:
    """Append the next removals that the file lacks, down to the disk, and number them; give how many.

    Where somebody died between both, the lines that are there already are taken as they are. An unfinished
    last line is cut off; where it is all that there is, once the database says that there was no more.

    Raises ListAheadError, ListBehindError, RemovalListError.
    """
    _take_turn(session)
    with file.open("a+b") as out:
        last, end = last_line(file, out)
        if last is not None:
            out.truncate(end)
        _check(session, keys, file, last)
        if last is None:
            out.truncate(end)
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
    return _write_anew(session, keys, file)


def renew_list(session: Session, keys: AuditKeys, file: Path, *, before: datetime) -> int:
    """Read the whole list, and write it anew if it tells of removals from before then what the table forgot.

    Gives how many lines were written. Raises ListAheadError, ListBehindError, RemovalListError.
    """
    _take_turn(session)
    if not file.exists():
        return 0
    with file.open("rb") as lines:
        _check(session, keys, file, last_line(file, lines)[0])
    tells_too_much = False
    for batch in lines_in_batches(file, keys):
        if not_in_database(session, batch):
            raise _ahead(file)
        old = [one.id for one in batch if one.facts and one.at < before]
        forgotten = select(Removal.id).where(Removal.id.in_(old), Removal.facts == {}).limit(1)
        if old and not tells_too_much:
            tells_too_much = session.scalar(forgotten) is not None
    return _write_anew(session, keys, file) if tells_too_much else 0


def _write_anew(session: Session, keys: AuditKeys, file: Path) -> int:
    """Write the list beside the old one, and put it in its place once it is on the disk."""
    file = file.resolve()
    rows = select(Removal).where(Removal.number.is_not(None)).order_by(Removal.number)
    made, mac, beside = 0, "", file.with_name(f"{file.name}.new")
    try:
        with beside.open("wb") as out:
            _give_to_owner(out, file)
            for row in session.scalars(rows.execution_options(yield_per=LINES)):
                line, mac = signed_line(keys, mac, _removed(row))
                out.write(line)
                made += 1
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return made


def _give_to_owner(out: BinaryIO, file: Path) -> None:
    """Give a new list owner and mode of the old one, so that whoever appends and fetches goes on doing so.

    Raises RemovalListError where only its owner or root may.
    """
    if not file.exists():
        return
    old, made = file.stat(), os.fstat(out.fileno())
    if (old.st_uid, old.st_gid) != (made.st_uid, made.st_gid):
        try:
            os.fchown(out.fileno(), old.st_uid, old.st_gid)
        except PermissionError as error:
            raise RemovalListError(
                f"{file} belongs to somebody else, for whom only root can write it anew: give it to the user "
                "of the scheduler, or run the command as root. Nothing was done"
            ) from error
    os.fchmod(out.fileno(), stat.S_IMODE(old.st_mode))


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


def take_numbers(session: Session, keys: AuditKeys, file: Path) -> None:
    """Give numbers to what the list has, once the database knows all of it.

    Raises ListAheadError, RemovalListError.
    """
    _take_turn(session)
    _take_written(session, keys, file)


def _mark_listed(session: Session, listed: Collection[Removed]) -> None:
    """Give their numbers to those of a batch that have none yet."""
    by_id = {one.id: one for one in listed}
    rows = select(Removal).where(Removal.id.in_(by_id), Removal.number.is_(None)).with_for_update()
    for row in session.scalars(rows):
        row.number = _free_number(session, by_id[row.id])
        row.copied_at = now() if row.number else None
    session.flush()


def _free_number(session: Session, one: Removed) -> int | None:
    """Give the number of a line, unless another removal has it: then it is of a list that was given up.

    Such a removal is listed again, under a number of its own.
    """
    taken = session.scalar(select(Removal.id).where(Removal.number == one.number))
    return None if taken else one.number


def _take_turn(session: Session) -> None:
    """Wait for whoever writes the list, also the whole of it: that takes longer than a statement may."""
    session.execute(text(f"SET LOCAL statement_timeout = '{_TURN_S}s'"))
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    session.execute(text("SET LOCAL statement_timeout TO DEFAULT"))


def _check(session: Session, keys: AuditKeys, file: Path, last: Last | None) -> None:
    """Look whether list and database belong together. Raises ListAheadError, ListBehindError.

    Numbers have no gap: they are given one after the other here, and by ``take_numbers`` all in one.
    """
    if last is not None:
        row = session.get(Removal, last.id)
        if row is None:
            raise _ahead(file)
        if row.number is None:
            _take_written(session, keys, file)
        if row.number != last.number:
            raise _behind(file, "its last line has a number that this database gave to another")
    greatest = session.scalar(select(func.max(Removal.number))) or 0
    listed = 0 if last is None else last.number
    if listed < greatest:
        raise _behind(file, f"it ends with number {listed}, and {greatest} were copied")


def _take_written(session: Session, keys: AuditKeys, file: Path) -> None:
    """Take what a process wrote that died before it could say so. Raises ListAheadError, RemovalListError."""
    for batch in lines_in_batches(file, keys):
        if not_in_database(session, batch):
            raise _ahead(file)
        _mark_listed(session, batch)


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
