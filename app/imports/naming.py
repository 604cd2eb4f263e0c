"""Finding what a row names: places of the community, or of the file itself."""

from app.imports.cells import nearest
from app.imports.findings import Found
from app.imports.reading import Row
from app.imports.scene import Scene, Spot
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
        row.find(Found.PLACE_UNKNOWN, name, nearest(said, scene.names_of_places))
    elif len(spots) > 1:
        row.find(Found.PLACE_TWICE, name)
    elif kind is not None and spots[0].kind is not kind:
        assert otherwise is not None, "who asks for a kind says what another one is"
        row.find(otherwise, name)
    else:
        return spots[0]
    return None
