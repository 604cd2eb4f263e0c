"""Sent photos made safe: decoded, judged and drawn anew, so that nothing survives but what they show.

The rules are those of OWASP ASVS 5.0: kind by content (5.2.2), no pixel floods (5.2.6), no metadata (14.2.8).
"""

import hashlib
import io
import re
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from datetime import datetime

import pillow_heif
from PIL import Image, UnidentifiedImageError

from app.errors import DomainError, Kind
from app.evidence import exif

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 12_000
MAX_SCANS = 50
"""Passes of one JPEG. An encoder writes about ten; a crafted file of 300 KB a thousand, 24 s of work."""
LARGE_EDGE_PX = 1600
THUMB_EDGE_PX = 400
SIGNATURE_FORMATS = frozenset({"PNG", "JPEG"})
SIGNATURE_SIDE_PX = 3000
LARGE_QUALITY = 82
THUMB_QUALITY = 75

# What Pillow's parsers raise over damaged files, beside what they declare.
DAMAGE = (
    OSError,
    EOFError,
    RuntimeError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
_PNG_END = b"IEND\xaeB`\x82"
_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]")
"""Filling bytes before a marker are passed over one by one: a repeat here would take quadratic time."""
_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Decoding is all CPU, and up to 700 MB of memory for the worst files: a process does one at a time.
_decoding = threading.Lock()

# Once for the process: warnings.catch_warnings around each call would not be safe under threads.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class PictureError(DomainError):
    """The sent bytes are no photo to keep."""

    kind = Kind.INVALID


class NotAPictureError(PictureError):
    """It is not a JPEG, PNG, WebP or HEIC, whatever its name says."""

    code = "photo_not_a_picture"
    kind = Kind.UNSUPPORTED


class TooManyPixelsError(PictureError):
    """It claims more pixels, or a longer side, than a phone's photo has (data: both limits)."""

    code = "photo_too_many_pixels"
    kind = Kind.TOO_LARGE


class BrokenPictureError(PictureError):
    """It is cut off or damaged."""

    code = "photo_broken"


class SignatureUnfitError(PictureError):
    """It is no PNG or JPEG, or larger than a screen on which one signs (data: ``max_side_px``)."""

    code = "signature_unfit"


@dataclass(frozen=True, slots=True)
class Picture:
    """A sent photo as it is kept: two clean JPEG copies, and what the file told privately."""

    sha256: str
    """Of the sent bytes, in hexadecimal, to know the same file again."""
    format: str
    """Of the sent file: JPEG, PNG, WEBP or HEIF."""
    large: bytes
    thumb: bytes
    width: int
    """Of the large copy, upright, in pixels."""
    height: int
    taken_at: datetime | None
    """By the camera's own clock, which knows no zone."""
    gps: tuple[float, float] | None
    """(lng, lat) the camera wrote down."""


@dataclass(frozen=True, slots=True)
class SmallCopy:
    """A photo drawn smaller than it is kept; a JPEG."""

    jpeg: bytes
    width: int
    height: int


def prepare(data: bytes) -> Picture:
    """Turn a sent file into the copies to keep.

    Of an animation the first frame is kept; what is see-through becomes white. Raises NotAPictureError,
    TooManyPixelsError or BrokenPictureError.
    """
    with _decoding:
        sent = _opened(data)
        pixels = _decoded(sent, data)
    note = exif.read(sent)
    large = pixels if note.orientation not in _UPRIGHT else pixels.transpose(_UPRIGHT[note.orientation])
    return Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        format="JPEG" if sent.format == "MPO" else str(sent.format),
        large=_jpeg(large, LARGE_QUALITY),
        thumb=_jpeg(_resized(large, _fitted(large.size, THUMB_EDGE_PX)), THUMB_QUALITY),
        width=large.width,
        height=large.height,
        taken_at=note.taken_at,
        gps=note.gps,
    )


def check_signature(data: bytes) -> None:
    """Refuse what nobody draws with a finger, by the head of the file only. Raises as ``prepare``.

    Raises SignatureUnfitError.
    """
    sent = _opened(data)
    if sent.format not in SIGNATURE_FORMATS or max(sent.size) > SIGNATURE_SIDE_PX:
        raise SignatureUnfitError(max_side_px=SIGNATURE_SIDE_PX)


def smaller(copy: bytes, edge_px: int) -> SmallCopy:
    """Draw a kept copy of a photo with its long edge at most so long. Raises BrokenPictureError."""
    try:
        kept = Image.open(io.BytesIO(copy), formats=("JPEG",))
        size = _fitted(kept.size, edge_px)
        kept.draft(None, size)
        return SmallCopy(_jpeg(_resized(kept, size), THUMB_QUALITY), *size)
    except DAMAGE as error:
        raise BrokenPictureError from error


def _opened(data: bytes) -> Image.Image:
    """Read the file's head only: no pixel is decoded before its size is known to be bearable."""
    too_many = TooManyPixelsError(max_pixels=MAX_PIXELS, max_side_px=MAX_SIDE_PX)
    try:
        sent = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise too_many from error
    except UnidentifiedImageError as error:
        raise NotAPictureError(formats=list(FORMATS)) from error
    except DAMAGE as error:
        raise BrokenPictureError from error
    if sent.width * sent.height > MAX_PIXELS or max(sent.size) > MAX_SIDE_PX:
        raise too_many
    return sent


def _decoded(sent: Image.Image, data: bytes) -> Image.Image:
    """Decode the pixels, no larger than the large copy, as RGB on white."""
    if sent.format == "PNG" and _PNG_END not in data:  # Pillow does without the last chunk
        raise BrokenPictureError
    if sent.format in ("JPEG", "MPO") and not 0 < _scans(data) <= MAX_SCANS:
        raise BrokenPictureError
    size = _fitted(sent.size, LARGE_EDGE_PX)
    try:
        sent.draft(None, size)  # JPEG: skips what a smaller copy does not need
        sent.load()
        return _flattened(sent, size)
    except DAMAGE as error:
        raise BrokenPictureError from error


def _flattened(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture in RGB and at this size, what is see-through on white."""
    if image.mode == "I;16":  # Pillow would clip 16-bit grey instead of scaling it: keep the high bytes
        image = Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.has_transparency_data:
        image = _resized(image if image.mode == "RGBA" else image.convert("RGBA"), size)
        page = Image.new("RGB", size, "white")
        page.paste(image, mask=image.getchannel("A"))
        return page
    return _resized(image if image.mode == "RGB" else image.convert("RGB"), size)


def _fitted(size: tuple[int, int], edge_px: int) -> tuple[int, int]:
    """Return the size with its long edge at most ``edge_px``; never enlarged."""
    share = min(1.0, edge_px / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """Encode the pixels alone: a new picture has none of the metadata that the decoded one holds on to."""
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _scans(data: bytes) -> int:
    """Count the passes of a JPEG up to the end of its first picture; 0 if that does not come.

    Pillow does without the end where the pixels before it happen to be whole.
    """
    count, position = 0, 0
    while (marker := _JPEG_MARKER.search(data, position)) and not marker[0].endswith(_JPEG_END):
        count += marker[0].endswith(_JPEG_SCAN)
        position = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2])
    return count if marker else 0
