"""Copies of checkpoints in a file, which a backup or a log shipper takes to another machine."""

import json
import os
from datetime import datetime
from pathlib import Path

from app.audit.verifying import Signed
from app.models import AuditCheckpoint


class CopyBrokenError(Exception):
    """A line of the file is no checkpoint."""


def append_copy(file: Path, checkpoint: AuditCheckpoint) -> None:
    """Add a checkpoint to the file as a line of JSON, down to the disk."""
    line = {
        "number": checkpoint.number,
        "hash": checkpoint.hash.hex(),
        "at": checkpoint.at.isoformat(),
        "signature": checkpoint.signature.hex(),
    }
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
        out.flush()
        os.fsync(out.fileno())


def copies_in(file: Path | None) -> list[Signed]:
    """Read the checkpoints of a file, none if there is no file yet.

    Raises CopyBrokenError naming the line that is none.
    """
    if file is None or not file.exists():
        return []
    return [
        _read(file, number, line)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    ]


def _read(file: Path, number: int, line: str) -> Signed:
    try:
        said = json.loads(line)
        return Signed(
            number=int(said["number"]),
            hash=bytes.fromhex(said["hash"]),
            at=datetime.fromisoformat(said["at"]),
            signature=bytes.fromhex(said["signature"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CopyBrokenError(f"{file}, line {number}, is no checkpoint") from error
