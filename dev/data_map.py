"""The data map as a page: which columns hold something of a person, why, how long, and how it is shown."""

import csv
from collections.abc import Sequence
from pathlib import Path

from app import retention
from app.config import RetentionSettings

_SOURCE = Path(__file__).parent.parent / "app" / "models" / "data_map.csv"
NOBODYS = "nobody's"
_HEADS = ("Category", "Table", "Columns", "Purpose", "Basis", "Kept", "Shown")


def entries() -> list[dict[str, str]]:
    """Give the map's lines, of columns of nobody too."""
    with _SOURCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(made: str) -> str:
    """Return the page, under the mark that it is made."""
    rows = [
        (one["category"], f"`{one['table']}`", _names(one["columns"]), *_rest(one))
        for one in entries()
        if one["category"] != NOBODYS
    ]
    return f"""{made}
# What is held of people

Every column that holds something of a person, for what, by which right (PIPL, art. 13, 28, 51, 55), how long,
and who sees it how. The source is `app/models/data_map.csv`; there also stand the columns that hold nothing
of anybody, so that a test notices each new column that nobody has thought about.

{_table(_HEADS, rows)}

## When it goes

Every night the job `apply_retention` takes away what these rules (`app/retention`) no longer let be kept.
Times are those of the default settings.

{_rules()}

These have no end of their own:

{_reasons()}
"""


def _rules() -> str:
    heads = ("Category", "Table", "Kept", "Why", "Then", "What stays")
    rows = [
        (
            rule.name,
            f"`{rule.table.name}`",
            rule.kept,
            rule.basis,
            "the row is deleted" if rule.emptied is None else f"emptied: {_names(' '.join(rule.emptied))}",
            rule.stays,
        )
        for rule in retention.rules(RetentionSettings())
    ]
    return _table(heads, rows)


def _reasons() -> str:
    rows = [(f"`{table}`", reason) for table, reason in sorted(retention.KEPT_BECAUSE.items())]
    return _table(("Table", "Reason"), rows)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ("---",) * len(heads), *rows))


def _names(columns: str) -> str:
    return ", ".join(f"`{name}`" for name in columns.split())


def _rest(one: dict[str, str]) -> tuple[str, ...]:
    return tuple(one[name] for name in ("purpose", "basis", "kept", "shown"))
