"""The re-delete list: a file outside the database with a line for each removal that people asked for.

A restored backup knows nothing of what was removed after it was made. The file does, so it must lie where no
restore of the database overwrites it. Each line carries a MAC over itself and the line before: none can be
changed, added or taken out in between unseen. Ids only, nothing personal.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import AuditKeys
from app.clock import now
from app.models import Removal, RemovalKind

_TAIL = 16 * 1024
"""Bytes: longer than two lines."""
_CONCERNED = ("user_id", "resident_id", "bound_to")
"""Facts that say whose a removal is; others say who did it."""


class RemovalListError(Exception):
    """The list cannot be gone by; the text names the line and the remedy."""


class ListAheadError(Exception):
    """The list holds removals that the database does not know: it is an older state."""


@dataclass(frozen=True)
class Removed:
    """One line of the list."""

    id: UUID
    at: datetime
    what: RemovalKind
    row_id: UUID
    facts: dict[str, Any]

    @property
    def concerned(self) -> frozenset[UUID]:
        """Give its row, and account and resident whose it is, as far as it names them."""
        named = (self.facts.get(name) for name in _CONCERNED)
        return frozenset({self.row_id, *(UUID(one) for one in named if one)})

    def content(self) -> dict[str, Any]:
        """Give what a line says, without its MAC."""
        return {
            "id": str(self.id),
            "at": self.at.isoformat(),
            "what": self.what.value,
            "row": str(self.row_id),
            "facts": self.facts,
        }


def copy_removals(session: Session, keys: AuditKeys, file: Path, *, limit: int) -> int:
    """Append the next removals that the file lacks, down to the disk, and mark them; give how many.

    Whoever dies between both appends them once more; a reader takes each once. An unfinished last line is one
    that was not marked, so it is cut off. One process at a time, which the caller sees to.

    Raises ListAheadError, RemovalListError.
    """
    query = select(Removal).where(Removal.copied_at.is_(None)).order_by(Removal.at, Removal.id).limit(limit)
    rows = session.scalars(query.with_for_update()).all()
    with file.open("a+b") as out:
        last = _last_line(file, out)
        before = "" if last is None else last["mac"]
        if last is not None and session.get(Removal, UUID(last["id"])) is None:
            raise ListAheadError(
                f"{file} holds removals that this database does not know, for it was restored from a backup: "
                "run `python -m app.cli redelete`, see docs/operations.md, backup"
            )
        for row in rows:
            line = _signed(keys, before, Removed(row.id, row.at, row.what, row.row_id, row.facts))
            before = line["mac"]
            out.write(json.dumps(line).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    for row in rows:
        row.copied_at = now()
    return len(rows)


def removals_in(file: Path, keys: AuditKeys) -> Iterator[Removed]:
    """Read the list from its beginning, each removal once.

    Raises RemovalListError naming the first line that is not as it was written.
    """
    before, seen = "", set[UUID]()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                raise _broken(file, number, "is unfinished: if no copy has it whole, delete this line alone")
            try:
                said = json.loads(line)
                mac = str(said.pop("mac"))
                one = Removed(
                    id=UUID(said["id"]),
                    at=datetime.fromisoformat(said["at"]),
                    what=RemovalKind(said["what"]),
                    row_id=UUID(said["row"]),
                    facts=dict(said["facts"]),
                )
                is_ours = keys.is_mac(_over(before, said), bytes.fromhex(mac))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise _broken(file, number, "is no removal") from None
            if not is_ours:
                raise _broken(
                    file,
                    number,
                    "is not as it was written, does not follow from the line before, or was written with "
                    "another GONGDI_SECRET_KEY",
                )
            before = mac
            if one.id not in seen:
                seen.add(one.id)
                yield one


def _broken(file: Path, number: int, wrong: str) -> RemovalListError:
    remedy = "put the newest whole copy from the other machine in its place. Nothing was done"
    return RemovalListError(f"{file}, line {number}, {wrong}; {remedy}")


def _signed(keys: AuditKeys, before: str, one: Removed) -> dict[str, Any]:
    content = one.content()
    return content | {"mac": keys.mac(_over(before, content)).hex()}


def _over(before: str, content: dict[str, Any]) -> bytes:
    """Say what a MAC is over; it begins as no entry of the audit trail does, which has the same key."""
    return f"removal {before} {json.dumps(content, sort_keys=True)}".encode()


def _last_line(file: Path, out: BinaryIO) -> dict[str, Any] | None:
    """Give the last whole line, None of an empty file; what is unfinished behind it is cut off."""
    size = out.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL)
    out.seek(start)
    tail = out.read()
    whole = tail.rfind(b"\n") + 1
    out.truncate(start + whole)
    if whole == 0:
        return None
    line = tail[:whole].splitlines()[-1]
    try:
        said: dict[str, Any] = json.loads(line)
        UUID(said["id"]), bytes.fromhex(said["mac"])
    except (ValueError, KeyError, TypeError) as error:
        raise RemovalListError(
            f"{file}: the last line is no removal; put the newest whole copy from the other machine in its "
            "place"
        ) from error
    return said
