"""Finding what a row names: places of the community, or of the file itself."""

from app.imports import cells
from app.imports.cells import nearest
from app.imports.findings import Found
from app.imports.reading import Row
from app.imports.scene import Scene, Spot, folded
from app.imports.sheets import Column
from app.models import PlaceKind


def place_of(
    scene: Scene, row: Row, name: str, *, kind: PlaceKind | None = None, otherwise: Found | None = None
) -> Spot | None:
    """Give the place that a field names; none, several, or one of another kind is a fault."""
    said = row.values.get(name)
    if said is None:
        return None
    spots = scene.spots(said)
    if not spots:
        row.find(Found.PLACE_UNKNOWN, name, scene.offered(said, kind))
    elif len(spots) > 1:
        row.find(Found.PLACE_TWICE, name)
    elif kind is not None and spots[0].kind is not kind:
        assert otherwise is not None, "who asks for a kind says what another one is"
        row.find(otherwise, name)
    else:
        return spots[0]
    return None


GRID = "grid"


def grid_column(heading: str = "网格") -> Column:
    """Give the column that names a grid by its name or code."""
    return Column(
        GRID,
        heading,
        cells.text(40),
        also=("网格", "所属网格", "网格名称", "负责范围"),
        help="“网格”表里的名称或编号；空着就是整个社区",
    )


def area_of(scene: Scene, row: Row) -> str | None:
    """Give the code of the grid that a row names, or of the community; one that is not there is a fault."""
    said = row.values.get(GRID)
    if said is None:
        return scene.area_code
    grids = {**scene.grids, **scene.added_grids}
    for code, name in grids.items():
        if folded(name) == folded(said) or said in {code, code[len(scene.area_code) :]}:
            return code
    row.find(Found.GRID_UNKNOWN, GRID, nearest(said, list(grids.values())))
    return None
