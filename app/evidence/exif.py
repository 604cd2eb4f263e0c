"""What a camera wrote into a photo's EXIF: private evidence, a claim and not a proof."""

import math
import re
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from PIL import ExifTags, Image

_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
# What Pillow raises over damaged EXIF, beside warning.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    UserWarning,
)


@dataclass(frozen=True, slots=True)
class CameraNote:
    """What the file says of itself; what is missing or unreadable is None."""

    orientation: int | None
    """1 to 8, as EXIF counts them: how to turn the picture upright."""
    taken_at: datetime | None
    """The camera's own clock, which knows no zone."""
    gps: tuple[float, float] | None
    """(lng, lat) in degrees, by the standard WGS-84."""


def read(image: Image.Image) -> CameraNote:
    """Return what the camera wrote; damaged EXIF counts as none, for it is no reason to refuse a photo."""
    try:
        exif = image.getexif()
    except _DAMAGE:
        return CameraNote(None, None, None)
    orientation = exif.get(ExifTags.Base.Orientation)
    return CameraNote(
        orientation=orientation if orientation in range(1, 9) else None,
        taken_at=_taken_at(_directory(exif, ExifTags.IFD.Exif)),
        gps=_gps(_directory(exif, ExifTags.IFD.GPSInfo)),
    )


def _directory(exif: Image.Exif, which: int) -> dict[int, Any]:
    try:
        return exif.get_ifd(which)
    except _DAMAGE:
        return {}


def _taken_at(tags: dict[int, Any]) -> datetime | None:
    for tag in (ExifTags.Base.DateTimeOriginal, ExifTags.Base.DateTimeDigitized):
        match = _TIME.match(str(tags.get(tag)))
        if match:
            year, month, day, clock = match.groups()
            try:
                return datetime.fromisoformat(f"{year}-{month}-{day}T{clock}")
            except ValueError:  # a camera whose clock was never set writes 0000:00:00
                continue
    return None


def _gps(tags: dict[int, Any]) -> tuple[float, float] | None:
    lng = _degrees(tags, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, negative="W", limit=180)
    lat = _degrees(tags, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, negative="S", limit=90)
    if lng is None or lat is None or lng == lat == 0:  # a phone that does not know where it is writes 0, 0
        return None
    return lng, lat


def _degrees(
    tags: dict[int, Any], value: int, side: int, *, negative: Literal["W", "S"], limit: float
) -> float | None:
    try:
        degrees, minutes, seconds = map(float, tags[value])
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not (math.isfinite(total) and 0 <= total <= limit):
        return None
    return -total if str(tags.get(side)).startswith(negative) else total
