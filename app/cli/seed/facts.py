"""The seed's facts: files under ``data/``, read into frozen records and checked loudly."""

import csv
import io
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.cli.seed.records import need, need_different, read_list, shape, text_of
from app.models import (
    DIGITS,
    AreaLevel,
    AutomaticSource,
    CapOf,
    CareCategory,
    Evidence,
    HazardCategory,
    HazardLevel,
    ItemKind,
    Period,
    PlaceKind,
    Verifier,
)

_CODE = re.compile(r"\A[a-z][a-z0-9_]*\Z")
_MOST_POINTS = 1000
_MOST_DAYS = 30


class FieldKind(StrEnum):
    """How a question of a visit form is answered."""

    CHOICE = "choice"
    MULTI = "multi"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Division:
    """A real division unit of Xianning, under the statistical division code cut to its level."""

    code: str
    parent_code: str | None
    level: AreaLevel
    name: str

    def __post_init__(self) -> None:
        size = DIGITS[self.level]
        need(self.code.isascii() and self.code.isdigit(), "code is not made of digits")
        need(len(self.code) == size, f"code has not {size} digits")
        levels = list(AreaLevel)
        depth = levels.index(self.level)
        above = self.code[: DIGITS[levels[depth - 1]]] if depth else None
        need(self.parent_code == above, "parent_code is not the head of the code")


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose, and whether choosing it is a problem."""

    code: str
    text: str
    problem: bool = False

    def __post_init__(self) -> None:
        need(_CODE.match(self.code), "code is not a plain word")


@dataclass(frozen=True, slots=True)
class Item:
    """A question whose good answer is 正常; ``deadline_days`` are working days, None means the level's.

    ``least`` and ``most`` bound a figure, ``photos`` says how many pictures at least.
    """

    code: str
    text: str
    level: HazardLevel
    category: HazardCategory
    advice: str
    source: str
    deadline_days: int | None = None
    kind: ItemKind = ItemKind.CHECK
    required: bool = True
    options: tuple[Option, ...] = ()
    unit: str = ""
    decimals: int = 0
    least: int | None = None
    most: int | None = None
    photos: int = 0

    def __post_init__(self) -> None:
        need(_CODE.match(self.code), "code is not a plain word")
        asks = self.kind in {ItemKind.CHECK, ItemKind.SINGLE, ItemKind.MULTIPLE}
        need(not asks or self.text.endswith(("?", "？", ")", "）")), "text is not a question")
        chosen = self.kind in {ItemKind.SINGLE, ItemKind.MULTIPLE}
        need(chosen == bool(self.options), f"a {self.kind} has {'no' if chosen else 'needless'} options")
        need_different(option.code for option in self.options)
        measured = self.unit or self.decimals or self.least is not None or self.most is not None
        need(self.kind is ItemKind.NUMBER or not measured, f"a {self.kind} has no unit and no bounds")
        need((self.kind is ItemKind.PHOTO) == (self.photos > 0), "photos do not fit the kind")
        need(
            self.deadline_days is None or 1 <= self.deadline_days <= _MOST_DAYS,
            "deadline_days is not in 1..30",
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a checklist."""

    title: str
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        need(self.items, "section is empty")


@dataclass(frozen=True, slots=True)
class ChecklistTemplate:
    """What to look at in a kind of place."""

    code: str
    kind: PlaceKind
    title: str
    version: int
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        need(_CODE.match(self.code), "code is not a plain word")
        need(self.version >= 1, "version is below 1")
        need_different(section.title for section in self.sections)
        need_different(item.code for item in self.items)

    @property
    def items(self) -> tuple[Item, ...]:
        """All questions in the order they are asked."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def source(self) -> str:
        """What the list follows: the sources of its items, each once."""
        return "；".join(dict.fromkeys(item.source for item in self.items))


@dataclass(frozen=True, slots=True)
class Cap:
    """The most points a rule gives in a period."""

    points: int
    period: Period
    of: CapOf


@dataclass(frozen=True, slots=True)
class RuleTemplate:
    """A plus rule as a real community has it; ``notice_days`` are the days of public notice."""

    code: str
    title: str
    description: str
    category: str
    points_min: int
    points_max: int
    cap: Cap | None
    evidence: Evidence
    verifier: Verifier
    notice_days: int
    automatic: AutomaticSource | None
    origin: str

    def __post_init__(self) -> None:
        need(_CODE.match(self.code), "code is not a plain word")
        need(1 <= self.points_min <= self.points_max <= _MOST_POINTS, "points are no range within 1..1000")
        need(self.cap is None or self.cap.points >= self.points_min, "cap is below the least award")
        need(0 <= self.notice_days <= _MOST_DAYS, "notice_days is not in 0..30")
        fixed = self.points_min == self.points_max
        need(self.automatic is None or fixed, "an automatic rule needs one figure of points")


@dataclass(frozen=True, slots=True)
class Goods:
    """A reward of the points shop; ``price`` in points, ``cost_fen`` what the community pays a piece."""

    code: str
    name: str
    price: int
    cost_fen: int
    unit: str
    stock: int
    limit_per_month: int
    own_producer: bool

    def __post_init__(self) -> None:
        need(_CODE.match(self.code), "code is not a plain word")
        need(self.price >= 1, "price is below one point")
        need(0 < self.cost_fen <= self.price * 100, "cost_fen is above the price at 1 point = ¥1")
        need(self.stock >= 0, "stock is negative")
        need(self.limit_per_month >= 1, "limit_per_month is below 1")


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a visit form; ``options`` map the stored word to the one shown, in order.

    What is ``lasting`` holds from one visit to the next, until somebody says otherwise.
    """

    key: str
    label: str
    kind: FieldKind
    required: bool
    section: str
    options: dict[str, str] | None = None
    lasting: bool = False

    def __post_init__(self) -> None:
        need(_CODE.match(self.key), "key is not a plain word")
        chosen = self.kind in {FieldKind.CHOICE, FieldKind.MULTI}
        need(chosen == bool(self.options), f"a {self.kind} has {'no' if chosen else 'needless'} options")
        need_different((self.options or {}).values())


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """The questions of a visit to one care category."""

    category: CareCategory
    title: str
    version: int
    source: str
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        need(self.version >= 1, "version is below 1")
        need_different(field.key for field in self.fields)


def divisions() -> tuple[Division, ...]:
    """Give the division units of Xianning, parents before children (NBS codes, see data/README.md)."""
    return parse_divisions(text_of("divisions.csv"))


@cache
def checklists() -> tuple[ChecklistTemplate, ...]:
    """Give the checklist templates."""
    return read_list(ChecklistTemplate, text_of("checklists.json"), "checklists.json")


@cache
def rules() -> tuple[RuleTemplate, ...]:
    """Give the plus rules; minus items are off by default and not shipped."""
    return read_list(RuleTemplate, text_of("rules.json"), "rules.json")


@cache
def goods() -> tuple[Goods, ...]:
    """Give the goods of the points shop."""
    return read_list(Goods, text_of("goods.json"), "goods.json")


@cache
def visit_forms() -> tuple[FormTemplate, ...]:
    """Give one visit form for each care category."""
    return read_list(FormTemplate, text_of("visit_forms.json"), "visit_forms.json")


def parse_divisions(text: str) -> tuple[Division, ...]:
    """Read divisions from CSV with a header line.

    Raises FactsError for a wrong column, code or level, a code that stands twice, or a missing parent.
    """
    known: dict[str, Division] = {}
    for row in csv.DictReader(io.StringIO(text), strict=True):
        at = f"divisions.csv {row.get('code')}"
        raw = {key: value or None for key, value in row.items()}
        division: Division = shape(Division, raw, at)
        need(division.code not in known, f"{at}: stands twice")
        need(division.parent_code is None or division.parent_code in known, f"{at}: its parent is missing")
        known[division.code] = division
    return tuple(known.values())
