"""The data map as a page: which columns hold something of a person, why, how long, and how it is shown."""

import csv
from pathlib import Path

_SOURCE = Path(__file__).parent.parent / "app" / "models" / "data_map.csv"
_NOBODYS = "nobody's"
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
        if one["category"] != _NOBODYS
    ]
    lines = ["| " + " | ".join(row) + " |" for row in (_HEADS, ["---"] * len(_HEADS), *rows)]
    return f"""{made}
# What is held of people

Every column that holds something of a person, for what, by which right (PIPL, art. 13, 28, 51, 55), how long,
and who sees it how. The source is `app/models/data_map.csv`; there also stand the columns that hold nothing
of anybody, so that a test notices each new column that nobody has thought about.

{chr(10).join(lines)}
"""


def _names(columns: str) -> str:
    return ", ".join(f"`{name}`" for name in columns.split())


def _rest(one: dict[str, str]) -> tuple[str, ...]:
    return tuple(one[name] for name in ("purpose", "basis", "kept", "shown"))
