"""Photos and presence: what a record from a phone can show for itself."""

from app.evidence.comparing import compare
from app.evidence.coordinates import Point, to_gcj02, to_wgs84
from app.evidence.gathering import (
    ACCURACY_KNOWN_M,
    CLOCK_AHEAD,
    Gathered,
    Position,
    Signals,
    clock_flag,
    gather,
    weigh,
)
from app.evidence.links import MAX_PHOTOS, NamedPhoto, lacks_photos, link_photos, photos_of
from app.evidence.matches import MatchedPhoto, OwnPhotoError, Settled, ToldMatch, matches, settle
from app.evidence.photos import SeenPhoto, forget, is_shown, keep, old_files, photo_in_reach, sweep_orphans
from app.evidence.pictures import BrokenPictureError, NotAPictureError, PictureError, TooManyPixelsError
from app.evidence.sealed_links import COPIES, LINK_LIFE_S, Copy, link_holds, seal_link
from app.models import ClockFlag, Datum, MatchKind, MatchVerdict, PhotoOwner, Presence

__all__ = [
    "ACCURACY_KNOWN_M",
    "CLOCK_AHEAD",
    "COPIES",
    "LINK_LIFE_S",
    "MAX_PHOTOS",
    "BrokenPictureError",
    "ClockFlag",
    "Copy",
    "Datum",
    "Gathered",
    "MatchKind",
    "MatchVerdict",
    "MatchedPhoto",
    "NamedPhoto",
    "NotAPictureError",
    "OwnPhotoError",
    "PhotoOwner",
    "PictureError",
    "Point",
    "Position",
    "Presence",
    "SeenPhoto",
    "Settled",
    "Signals",
    "ToldMatch",
    "TooManyPixelsError",
    "clock_flag",
    "compare",
    "forget",
    "gather",
    "is_shown",
    "keep",
    "lacks_photos",
    "link_holds",
    "link_photos",
    "matches",
    "old_files",
    "photo_in_reach",
    "photos_of",
    "seal_link",
    "settle",
    "sweep_orphans",
    "to_gcj02",
    "to_wgs84",
    "weigh",
]
