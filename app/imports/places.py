"""The sheet of places: buildings, workshops and whatever else carries a code."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from app.identity import Permission
from app.imports import cells
from app.imports.cells import Seen
from app.imports.entering import one_by_one
from app.imports.findings import CellFault, Found
from app.imports.naming import GRID, area_of, grid_column
from app.imports.reading import Row
from app.imports.scene import Judged, Scene, Spot, folded
from app.imports.sheets import Column, SheetKind
from app.imports.telling import Became
from app.models import ImportSheet, PlaceKind
from app.places import KIND_WORDS, NewPlace, register

_KINDS = {words: kind.value for kind, words in KIND_WORDS.items()}
_ALSO = {"楼栋": "residential", "住宅楼": "residential", "居民楼栋": "residential", "食堂": "canteen"}
NAME, KIND, ADDRESS, LNG, LAT, RADIUS = "name", "kind", "address", "lng", "lat", "radius"
_CHINA = {LNG: (73.4, 135.2), LAT: (3.8, 53.6)}


def _degrees(name: str) -> cells.Reader:
    least, most = _CHINA[name]

    def read(seen: Seen) -> float:
        try:
            found = float(seen.words)
        except ValueError:
            raise CellFault(Found.NOT_DEGREES) from None
        if not least <= found <= most:
            raise CellFault(Found.NOT_DEGREES)
        return found

    return read


PLACES = SheetKind(
    ImportSheet.PLACES,
    "点位",
    (Permission.PLACE_WRITE,),
    "社区管理员",
    (
        Column(
            NAME,
            "点位名称",
            cells.text(60),
            required=True,
            also=("名称", "楼栋名称"),
            examples=("1号楼", "幸福食堂"),
        ),
        Column(
            KIND,
            "类别",
            cells.choice(_KINDS, _ALSO),
            required=True,
            also=("点位类别", "类型"),
            choices=tuple(_KINDS),
            examples=("居民楼", "幸福食堂"),
        ),
        grid_column(),
        Column(ADDRESS, "地址", cells.text(100), also=("详细地址",), width=24),
        Column(LNG, "经度", _degrees(LNG), help="WGS-84，可以空着，以后再测", width=10),
        Column(LAT, "纬度", _degrees(LAT), width=10),
        Column(RADIUS, "半径", cells.whole(5, 5000), help="到场多少米以内，空着就是80米", width=8),
    ),
)


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say of each place whether it is new; what is there is changed elsewhere."""
    names: dict[str, int] = {}
    for row in rows:
        values = row.values
        if NAME in values and names.setdefault(folded(values[NAME]), row.number) != row.number:
            row.find(Found.ROW_TWICE, NAME, str(names[folded(values[NAME])]))
        if (LNG in values) != (LAT in values):
            row.find(Found.MISSING, LAT if LNG in values else LNG)
        area_code = area_of(scene, row)
        if row.is_faulty or area_code is None:
            yield Judged.of(row)
            continue
        kind, key = PlaceKind(values[KIND]), folded(values[NAME])
        there = scene.places.get(key, [])
        if not there:
            scene.added[key] = Spot(None, area_code, kind, values[NAME])
            yield Judged.of(row)
            continue
        if len(there) > 1:
            row.find(Found.PLACE_TWICE, NAME)
        elif there[0].kind is not kind or (GRID in values and there[0].area_code != area_code):
            row.find(Found.PLACE_OTHER, NAME)
        yield Judged.of(row, target=there[0].id)


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Register places."""

    def make(row_id: UUID, one: Judged) -> None:
        values, area_code = one.row.values, area_of(scene, one.row)
        assert area_code is not None, "it was found a moment ago"
        new = NewPlace(
            area_code,
            PlaceKind(values[KIND]),
            values[NAME],
            values.get(ADDRESS, ""),
            values.get(LNG),
            values.get(LAT),
            values.get(RADIUS, NewPlace.radius_m),
        )
        register(scene.session, scene.actor, row_id, new)

    return one_by_one(scene, rows, make)
