"""What the people of the history write: texts of files under ``data/``."""

from dataclasses import dataclass
from functools import cache

from app.cli.seed.records import need, read_list, read_one, text_of
from app.models import HazardCategory, PlaceKind


@dataclass(frozen=True, slots=True)
class Problem:
    """How a checklist item goes wrong: ``item`` is the list's code and the item's, a space between."""

    item: str
    weight: int
    found: tuple[str, ...]
    done: tuple[str, ...]

    def __post_init__(self) -> None:
        need(self.weight > 0, "weight is not positive")
        need(self.found and self.done, "nothing found or done")


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports of a kind of place, and what is done about it."""

    text: str
    kind: PlaceKind
    category: HazardCategory
    done: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What people write who claim points under a rule."""

    rule: str
    weight: int
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        need(self.weight > 0, "weight is not positive")
        need(self.texts, "no texts")


@cache
def problems() -> tuple[Problem, ...]:
    """Give how items go wrong."""
    return read_list(Problem, text_of("problems.json"), "problems.json")


@cache
def reports() -> tuple[Report, ...]:
    """Give what is reported by hand."""
    return read_list(Report, text_of("reports.json"), "reports.json")


@cache
def deeds() -> tuple[Deed, ...]:
    """Give what points are claimed for."""
    return read_list(Deed, text_of("claims.json"), "claims.json")


@cache
def phrases(occasion: str) -> tuple[str, ...]:
    """Give the phrases of an occasion; a dash in the file stands for nothing written."""
    found: dict[str, tuple[str, ...]] = read_one(
        dict[str, tuple[str, ...]], text_of("phrases.json"), "phrases.json"
    )
    return tuple("" if phrase == "-" else phrase for phrase in found[occasion])
