"""The kinds of sheets in the order in which they are entered, and who enters which."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.actors import Actor
from app.identity import scope_of
from app.imports import care, grids, guardians, places, plans, resident_entry, residents, staff
from app.imports.reading import Row
from app.imports.resident_columns import RESIDENTS
from app.imports.scene import Judged, Scene
from app.imports.sheets import SheetKind
from app.imports.telling import Became
from app.models import ImportSheet


@dataclass(frozen=True)
class Work:
    """A kind of sheet, and what is done with its rows."""

    kind: SheetKind
    judge: Callable[[Scene, Sequence[Row]], Iterable[Judged]]
    enter: Callable[[Scene, Sequence[tuple[UUID, Judged]]], dict[UUID, Became]]


WORKS: dict[ImportSheet, Work] = {
    work.kind.sheet: work
    for work in (
        Work(grids.GRIDS, grids.judge, grids.enter),
        Work(places.PLACES, places.judge, places.enter),
        Work(RESIDENTS, residents.judge, resident_entry.enter),
        Work(guardians.GUARDIANS, guardians.judge, guardians.enter),
        Work(staff.STAFF, staff.judge, staff.enter),
        Work(care.CARE, care.judge, care.enter),
        Work(plans.PLANS, plans.judge, plans.enter),
    )
}


def kinds_of(actor: Actor, area_code: str) -> tuple[list[SheetKind], list[SheetKind]]:
    """Give the sheets that somebody enters in a community, and those that are for others."""
    mine = [work.kind for work in WORKS.values() if may_enter(actor, work.kind, area_code) is not None]
    return mine, [work.kind for work in WORKS.values() if work.kind not in mine]


def may_enter(actor: Actor, kind: SheetKind, area_code: str) -> Actor | None:
    """Give somebody with his reach for entering a sheet in a community; None if it is not for him."""
    for permission in kind.permissions:
        scope = scope_of(actor, permission)
        if scope is not None and scope.covers(area_code):
            return actor.within(scope)
    return None
