"""Photos and presence: what a record from a phone can show for itself."""

from app.evidence.gathering import Gathered, Position, Signals, clock_flag, gather
from app.evidence.links import MAX_PHOTOS, NamedPhoto, link_photos, photos_of
from app.evidence.sealed_links import COPIES, Copy, link_holds, seal_link
from app.models import ClockFlag, Datum, PhotoOwner, Presence

__all__ = [
    "COPIES",
    "MAX_PHOTOS",
    "ClockFlag",
    "Copy",
    "Datum",
    "Gathered",
    "NamedPhoto",
    "PhotoOwner",
    "Position",
    "Presence",
    "Signals",
    "clock_flag",
    "gather",
    "link_holds",
    "link_photos",
    "photos_of",
    "seal_link",
]
