"""Photos and presence: what a record from a phone can show for itself."""

from app.evidence.gathering import Gathered, Position, Signals, clock_flag, gather
from app.evidence.links import MAX_PHOTOS, NamedPhoto, link_photos, photos_of
from app.models import ClockFlag, Datum, PhotoOwner, Presence

__all__ = [
    "MAX_PHOTOS",
    "ClockFlag",
    "Datum",
    "Gathered",
    "NamedPhoto",
    "PhotoOwner",
    "Position",
    "Presence",
    "Signals",
    "clock_flag",
    "gather",
    "link_photos",
    "photos_of",
]
