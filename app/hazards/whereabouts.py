"""Where a hazard is: by the report's own position if its phone knew it well, else by its place."""

from app.evidence import Point, accuracy_is_known, to_wgs84
from app.models import Hazard, HazardSource

ON_DUTY = frozenset({HazardSource.INSPECTION, HazardSource.STAFF})
"""Found by whoever is named as finder, and shown where he stood: of all others both are their own."""


def point_of(row: Hazard, *, own: bool = True) -> Point | None:
    """Give the point in WGS-84 of a hazard with its place loaded, None where neither says where.

    Without ``own`` the report's own position is passed over.
    """
    known = own and accuracy_is_known(row.accuracy_m)
    if known and row.lng is not None and row.lat is not None and row.datum is not None:
        return to_wgs84(row.lng, row.lat, row.datum)
    if row.place.lng is None or row.place.lat is None:
        return None
    return row.place.lng, row.place.lat
