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

from app.audit import AuditKeys
from app.models import RemovalKind

_TAIL = 16 * 1024
"""Bytes: longer than two lines."""
_BEGINNING = b'{"id": "'
_UNFINISHED = "is unfinished: if no copy has it whole, delete this line alone"
_CONCERNED = ("user_id", "resident_id", "bound_to")
"""Facts that say whose a removal is; others say who did it."""


class RemovalListError(Exception):
    """The list cannot be gone by; the text names the line and the remedy."""


@dataclass(frozen=True)
class Last:
    """What the next line goes on from."""

    id: UUID
    number: int
    mac: str


@dataclass(frozen=True)
class Removed:
    """One line of the list."""

    id: UUID
    at: datetime
    what: RemovalKind
    row_id: UUID
    facts: dict[str, Any]
    number: int
    """The first line has 1."""

    @property
    def concerned(self) -> frozenset[UUID]:
        """Give its row, and account and resident whose it is, as far as it names them."""
        named = (self.facts.get(name) for name in _CONCERNED)
        return frozenset({self.row_id, *(UUID(one) for one in named if one)})

    def tells(self, *names: str) -> bool:
        """Say whether it has these facts: older versions wrote fewer, and retention empties them."""
        return all(name in self.facts for name in names)

    def content(self) -> dict[str, Any]:
        """Give what a line says, without its MAC."""
        return {
            "id": str(self.id),
            "at": self.at.isoformat(),
            "what": self.what.value,
            "row": str(self.row_id),
            "facts": self.facts,
            "number": self.number,
        }


def removals_in(file: Path, keys: AuditKeys) -> Iterator[Removed]:
    """Read the list from its beginning.

    Raises RemovalListError naming the first line that is not as it was written, or that only a newer version
    understands.
    """
    before = ""
    with file.open("rb") as lines:
        for position, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                wrong = "has lost its end" if _is_whole(line) else _UNFINISHED
                raise _broken(file, position, wrong)
            try:
                said = json.loads(line)
                mac = str(said.pop("mac"))
                is_ours = keys.is_mac(_over(before, said), bytes.fromhex(mac))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise _broken(file, position, "is no removal") from None
            if not is_ours:
                raise _broken(
                    file,
                    position,
                    "is not as it was written, does not follow from the line before, or was written with "
                    "another GONGDI_SECRET_KEY",
                )
            before = mac
            yield _read(file, position, said)


def _read(file: Path, position: int, said: dict[str, Any]) -> Removed:
    """Understand a line that is ours."""
    try:
        return Removed(
            id=UUID(said["id"]),
            at=datetime.fromisoformat(said["at"]),
            what=RemovalKind(said["what"]),
            row_id=UUID(said["row"]),
            facts=dict(said["facts"]),
            number=int(said["number"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RemovalListError(
            f"{file}, line {position}, is whole, and was written by another version of Gongdi: run the "
            "command of that version. Nothing was done"
        ) from error


def _broken(file: Path, number: int, wrong: str) -> RemovalListError:
    remedy = "put the newest whole copy from the other machine in its place. Nothing was done"
    return RemovalListError(f"{file}, line {number}, {wrong}; {remedy}")


def signed_line(keys: AuditKeys, before: str, one: Removed) -> tuple[bytes, str]:
    """Give the line of a removal behind the one with the MAC ``before``, and its MAC."""
    content = one.content()
    mac = keys.mac(_over(before, content)).hex()
    return json.dumps(content | {"mac": mac}).encode() + b"\n", mac


def _over(before: str, content: dict[str, Any]) -> bytes:
    """Say what a MAC is over; it begins as no entry of the audit trail does, which has the same key."""
    return f"removal {before} {json.dumps(content, sort_keys=True)}".encode()


def last_line(file: Path, out: BinaryIO) -> tuple[Last | None, int]:
    """Read the last whole line, None where there is none yet, and say where it ends; nothing is changed.

    What stands behind it is the beginning of a line that somebody did not write to its end. Raises
    RemovalListError where it is anything else, where the last line is no removal, or none of ours is so long.
    """
    size = out.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL)
    out.seek(start)
    tail = out.read()
    whole = tail.rfind(b"\n") + 1
    last = _last(file, tail[:whole]) if whole or start else None
    behind = tail[whole:]
    if not _is_unfinished(behind):
        wrong = (
            "the last line has lost its end"
            if _is_whole(behind)
            else "behind the last line stands what is neither a line nor the beginning of one"
        )
        raise RemovalListError(
            f"{file}: {wrong}; put the newest whole copy from the other machine in its place"
        )
    return last, start + whole


def _last(file: Path, lines: bytes) -> Last:
    try:
        said = json.loads(lines.splitlines()[-1])
        bytes.fromhex(said["mac"])
        return Last(UUID(said["id"]), int(said["number"]), said["mac"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RemovalListError(
            f"{file}: the last line is no removal; put the newest whole copy from the other machine in its "
            "place"
        ) from error


def _is_whole(rest: bytes) -> bool:
    """Say whether this is a removal to which nothing is missing but the end of its line."""
    try:
        return rest.startswith(_BEGINNING) and "mac" in json.loads(rest.rstrip(b"\0"))
    except ValueError:
        return False


def _is_unfinished(rest: bytes) -> bool:
    """Say whether this, without an end of line, was to become a line and holds no removal yet.

    Nulls are what a file system leaves of what it did not write any more before the power went.
    """
    said = rest.rstrip(b"\0")
    if said[: len(_BEGINNING)] != _BEGINNING[: len(said)]:
        return False
    try:
        json.JSONDecoder().raw_decode(said.decode("ascii"))
    except ValueError:
        return True
    return False
