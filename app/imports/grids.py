"""The sheet of grids: the community's parts, each with the last three digits of its code."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from app.identity import Permission
from app.imports import cells
from app.imports.cells import Seen
from app.imports.entering import one_by_one
from app.imports.findings import CellFault, Found
from app.imports.reading import Row
from app.imports.scene import Change, Judged, Scene, folded
from app.imports.sheets import Column, SheetKind
from app.imports.telling import Became
from app.models import ImportSheet
from app.places import register_grid

_DIGITS, _WHOLE = 3, 15
CODE, NAME = "code", "name"


def _code(seen: Seen) -> str:
    """Read the code of a grid, whole or its last three digits."""
    words = seen.words.replace(" ", "")
    if not (words.isascii() and words.isdigit()) or len(words) not in {1, 2, _DIGITS, _WHOLE}:
        raise CellFault(Found.GRID_CODE)
    return words if len(words) == _WHOLE else words.zfill(_DIGITS)


GRIDS = SheetKind(
    ImportSheet.GRIDS,
    "网格",
    (Permission.GRID_WRITE,),
    "社区管理员或系统管理员",
    (
        Column(
            CODE,
            "网格编号",
            _code,
            required=True,
            also=("网格代码", "编号"),
            help="三位数，如001；小社区可以不分网格",
            examples=("001", "002"),
        ),
        Column(
            NAME, "网格名称", cells.text(40), required=True, also=("名称",), examples=("第一网格", "第二网格")
        ),
    ),
)


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say of each grid whether it is new, or called otherwise."""
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    for row in rows:
        values = row.values
        code = values.get(CODE)
        if code is not None:
            code = values[CODE] = code if len(code) == _WHOLE else scene.area_code + code
            if not code.startswith(scene.area_code):
                row.find(Found.GRID_CODE, CODE)
            if codes.setdefault(code, row.number) != row.number:
                row.find(Found.ROW_TWICE, CODE, str(codes[code]))
        if NAME in values and names.setdefault(folded(values[NAME]), row.number) != row.number:
            row.find(Found.ROW_TWICE, NAME, str(names[folded(values[NAME])]))
        before = scene.grids.get(code or "")
        if row.is_faulty or code is None or before is None:
            judged = Judged.of(row)
            if not row.is_faulty and code is not None:
                scene.added_grids[code] = values[NAME]
            yield judged
        elif before == values[NAME]:
            yield Judged.of(row, target=_THERE)
        else:
            yield Judged.of(row, target=_THERE, changes=[Change(NAME, "网格名称", before, values[NAME])])


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Make grids, or call them otherwise."""

    def make(_: UUID, one: Judged) -> None:
        register_grid(scene.session, scene.actor, one.row.values[CODE], one.row.values[NAME])

    return one_by_one(scene, rows, make)


_THERE = UUID(int=1)
"""Stands for a grid, which has a code and no id."""
