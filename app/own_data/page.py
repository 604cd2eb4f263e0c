"""The page of a copy that people read: all that is held, by what it is about, in words, to be printed too.

It needs nothing from outside and runs nothing: styles stand in it, pictures beside it. It is written while
rows are read.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Column, ColumnElement, Text, func, select
from sqlalchemy.orm import Session

from app.clock import SHANGHAI, now
from app.models import Photo
from app.own_data import reach
from app.own_data.copied import AT_WORK, COPIED
from app.own_data.kinds import Copied, Whose
from app.own_data.names import Names
from app.own_data.page_parts import CARDS, GROUPS, PHOTOS, SHOWN, UNDER, Group, time_of
from app.own_data.plain_words import heading
from app.own_data.rows import told
from app.own_data.saying import Row, Saying
from app.sealing import Opener

_WHEN = ("captured_at", "at", "asked_at", "made_at", "revealed_at", "decided_at")
_WRITTEN = "created_at"
"""The moment that people look for comes first; in a table else when the line was written."""
_OF_POSTS = "其他经手的记录（巡查、走访、审批这类工作）"
_PEOPLE = {"users", "residents", "households"}
_KINDS = {copied.name: copied for copied in COPIED}
_PAGES = Environment(
    loader=PackageLoader("app.own_data", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Table:
    """Rows under headings."""

    title: str
    heads: list[str]
    rows: Sequence[list[str]]
    """The newest ones."""
    count: int
    file: str
    """What the file is called that has them all."""


@dataclass(frozen=True)
class Card:
    """One record: what it says heading by heading, what stands under it, and its picture's file."""

    lines: list[tuple[str, str]]
    under: Table | None = None
    picture: str | None = None
    used_in: str = ""


@dataclass(frozen=True)
class Section:
    """The newest records of one kind; as a table their cells stand in the order of ``heads``."""

    title: str
    count: int
    """Of all that there are."""
    file: str
    """What the file is called that has them all."""
    layout: str
    heads: list[str]
    cards: Iterator[Card]


@dataclass
class Page:
    """What the template asks for while it is written; each part is read once, from first to last."""

    session: Session
    sealer: Opener
    whose: Whose
    counts: Mapping[str, int]
    saying: Saying = field(init=False)

    def __post_init__(self) -> None:
        """Say times as people write them."""
        names = Names(self.session, self.whose)
        self.saying = Saying(names, moment="%Y年%-m月%-d日 %H:%M", day="%Y年%-m月%-d日")

    def write(self, file: IO[str], *, of_ward: bool) -> None:
        """Write the page. ``of_ward`` says that a guardian reads it, and "我" is the child."""
        groups = [group for group in GROUPS if any(self.counts[kind] for kind in group.kinds)]
        pieces = _PAGES.get_template("page.html").generate(
            page=self,
            groups=groups,
            shown=SHOWN,
            made_at=now().astimezone(SHANGHAI).strftime("%Y年%-m月%-d日 %H:%M"),
            of_ward=of_ward,
            is_minor=self.whose.is_minor,
            files=[(copied, self.counts[copied.name]) for copied in COPIED if self.counts[copied.name]],
            nothing=self._nothing(),
        )
        for piece in pieces:
            file.write(piece)

    def total(self, group: Group) -> int:
        """Count a group's records."""
        return sum(self.counts[kind] for kind in group.kinds)

    def sections(self, group: Group) -> Iterator[Section]:
        """Give a group's kinds that hold something."""
        for kind in group.kinds:
            if self.counts[kind]:
                copied = _KINDS[kind]
                newest = self._newest(copied)
                columns = self._columns(copied, *newest)
                yield Section(
                    title=copied.title,
                    count=self.counts[kind],
                    file=kind,
                    layout="photos" if kind in PHOTOS else "cards" if kind in CARDS else "table",
                    heads=[_head(copied, column) for column in columns],
                    cards=self._cards(copied, columns, *newest),
                )

    def _newest(self, copied: Copied) -> list[ColumnElement[bool]]:
        """Say which rows the page shows of a kind that has more than people read."""
        if self.counts[copied.name] <= SHOWN:
            return []
        key = copied.table.c.id
        query = select(key).where(copied.his(self.whose))
        newest = query.order_by(time_of(copied.table).desc(), key.desc()).limit(SHOWN)
        return [key.in_(self.session.scalars(newest).all())]

    def _nothing(self) -> list[str]:
        """Name the kinds of which the copy holds nothing; those of posts by one line to who never had one."""
        none = [copied for copied in COPIED if not self.counts[copied.name]]
        if self.counts["grants"]:
            return [copied.title for copied in none]
        at_work = {copied.name for copied in AT_WORK}
        return [*(copied.title for copied in none if copied.name not in at_work), _OF_POSTS]

    def _columns(self, copied: Copied, *within: ColumnElement[bool]) -> list[Column[Any]]:
        """Choose the columns that are for the page and say something in some row, the time first."""
        shown = [column for column in copied.columns if heading(copied.table.name, _name(column)).on_page]
        counts = [func.count(self._filled(column)) for column in shown]
        rows = select(*counts).where(copied.his(self.whose), *within)
        row = self.session.execute(rows).one() if counts else ()
        filled = [
            column for column, count in zip(shown, row, strict=True) if count or _is_said(copied, column)
        ]
        names = [column.name for column in filled]
        when = next((name for name in _WHEN if name in names), None if copied.name in CARDS else _WRITTEN)
        return sorted(filled, key=lambda column: column.name != when)

    def _filled(self, column: Column[Any]) -> ColumnElement[Any]:
        """Give a column where it will say something: an empty text says nothing, another's id is blanked."""
        if any(key.column.table.name in _PEOPLE for key in column.foreign_keys):
            own = [self.whose.user_id, self.whose.resident_id, self.whose.household_id]
            return func.nullif(column.in_([one for one in own if one]), False)  # noqa: FBT003 - SQL's own
        return func.nullif(column, "") if isinstance(column.type, Text) else column

    def _cards(
        self, copied: Copied, columns: list[Column[Any]], *within: ColumnElement[bool]
    ) -> Iterator[Card]:
        for rows in told(self.session, self.sealer, copied, self.whose, *within):
            self.saying.names.learn(copied, rows)
            under = self._under(copied, rows)
            pictures, used_in = self._pictures(copied, rows), self._used_in(copied, rows)
            for row in rows:
                lines = [(_head(copied, column), self._said(copied, column, row)) for column in columns]
                yield Card(
                    lines=lines,
                    under=under.get(row.get("id")),
                    picture=f"photos/{row['id']}.jpg" if row.get("id") in pictures else None,
                    used_in=used_in.get(row.get("id"), ""),
                )

    def _under(self, copied: Copied, rows: Sequence[Row]) -> dict[Any, Table]:
        """Give what stands under these rows, by their ids."""
        if copied.name not in UNDER:
            return {}
        kind, key = UNDER[copied.name]
        below = _KINDS[kind]
        columns = self._columns(below)
        heads = [_head(below, column) for column in columns]
        found: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        when = time_of(below.table).name
        these = below.table.c[key].in_([row["id"] for row in rows])
        for batch in told(self.session, self.sealer, below, self.whose, these):
            self.saying.names.learn(below, batch)
            for row in batch:
                cells = [self._said(below, column, row) for column in columns]
                found[row[key]].append((str(row.get(when, "")), cells))
        return {row_id: _newest_of(below, heads, lines) for row_id, lines in found.items()}

    def _used_in(self, copied: Copied, rows: Sequence[Row]) -> dict[Any, str]:
        """Say what kinds of records name these photos, as far as the copy tells."""
        if copied.name not in PHOTOS:
            return {}
        links = _KINDS["photo_links"]
        column = links.table.c.record_kind
        found: dict[str, set[str]] = defaultdict(set)
        these = links.table.c.photo_id.in_([row["id"] for row in rows])
        for batch in told(self.session, self.sealer, links, self.whose, these):
            for row in batch:
                found[row["photo_id"]].add(self._said(links, column, row))
        return {photo_id: "、".join(sorted(kinds)) for photo_id, kinds in found.items()}

    def _pictures(self, copied: Copied, rows: Sequence[Row]) -> set[str]:
        """Say of which of these photos the copy has the picture."""
        if copied.name not in PHOTOS:
            return set()
        these = Photo.id.in_([row["id"] for row in rows])
        query = select(Photo.id).where(these, reach.pictures(self.whose), Photo.quarantine.is_(None))
        return {str(one) for one in self.session.scalars(query)}

    def _said(self, copied: Copied, column: Column[Any], row: Row) -> str:
        said = self.saying.value(copied, column, row)
        if (copied.table.name, column.name) == ("transfers", "amount") and isinstance(said, int):
            return f"{said:+d}"
        return str(said)


def _newest_of(below: Copied, heads: list[str], lines: list[tuple[str, list[str]]]) -> Table:
    """Make the table of what stands under one record, of lines with their times."""
    newest = sorted(lines, key=lambda line: line[0])[-SHOWN:]
    return Table(below.title, heads, [cells for _, cells in newest], len(lines), below.name)


def _name(column: Column[Any]) -> str:
    return column.name.removesuffix("_sealed")


def _head(copied: Copied, column: Column[Any]) -> str:
    return heading(copied.table.name, _name(column)).text


def _is_said(copied: Copied, column: Column[Any]) -> bool:
    """Say whether a column speaks for another one too: a balance stands on one side of an entry."""
    return (copied.table.name, column.name) == ("transfers", "credit_balance")
