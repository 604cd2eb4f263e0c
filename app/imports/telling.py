"""What is kept of a row, sealed: its values, what was found, what it would change, and what became of it."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.errors import DomainError
from app.imports.findings import Finding
from app.imports.reading import Row
from app.imports.scene import Change, Judged
from app.imports.sheets import SheetKind
from app.models import ImportOutcome, ImportRow
from app.sealing import UNREADABLE, Cell, Opener, Sealer


@dataclass(frozen=True)
class Became:
    """What became of a row that was to be entered; of a refused one, what was found or which rule refused."""

    outcome: ImportOutcome
    finding: list[Any] | None = None
    code: str | None = None
    data: dict[str, Any] | None = None

    @classmethod
    def refused(cls, refusal: DomainError) -> "Became":
        """Say by which rule a row was refused."""
        data = {name: str(value) for name, value in refusal.data.items()}
        return cls(ImportOutcome.REFUSED, code=refusal.code, data=data)


@dataclass(frozen=True)
class Told:
    """What is kept of a row."""

    values: dict[str, Any]
    cells: dict[str, str]
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    became: Became | None = None
    is_readable: bool = True
    """Not where it is only shown, and does not open."""

    @classmethod
    def of(cls, judged: Judged) -> "Told":
        """Keep what was judged."""
        row = judged.row
        return cls(row.values, row.cells, tuple(row.findings), tuple(judged.changes))

    def row(self, kind: SheetKind, number: int) -> Row:
        """Give the row to be judged anew; what was said of it is kept apart."""
        return Row(kind, number, dict(self.values), dict(self.cells))

    def sealed(self, sealer: Sealer, row_id: UUID) -> bytes:
        """Give it sealed for its row."""
        plain = {
            "values": self.values,
            "cells": self.cells,
            "findings": [one.plain() for one in self.findings],
            "changes": [[one.field, one.heading, one.before, one.after] for one in self.changes],
            "became": None if self.became is None else vars(self.became),
        }
        return sealer.seal(json.dumps(plain, ensure_ascii=False), cell(row_id))


def told(sealer: Opener, row: ImportRow) -> Told:
    """Give what is kept of a row; nothing where Showing does not open it.

    Raises UnreadableError as ``sealer`` does.
    """
    opened = sealer.open(row.content_sealed, cell(row.id))
    if opened == UNREADABLE:
        return Told({}, {}, is_readable=False)
    plain = json.loads(opened)
    became = plain["became"]
    if became is not None:
        became = Became(**became | {"outcome": ImportOutcome(became["outcome"])})
    return Told(
        plain["values"],
        plain["cells"],
        tuple(Finding.read(one) for one in plain["findings"]),
        tuple(Change(*one) for one in plain["changes"]),
        became,
    )


def cell(row_id: UUID) -> Cell:
    """Give the place that a row is sealed for."""
    return Cell("import_rows", "content_sealed", row_id)
