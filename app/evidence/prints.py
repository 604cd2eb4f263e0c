"""Fingerprints of pictures: two pictures that look alike have prints that differ in few of their bits.

Two kinds, each of 64 bits: the difference hash follows edges from left to right, the perceptual hash the
lowest frequencies (a cosine transform, ITU-T T.81 A.3.3). Either alone takes plain skies and walls for each
other; together they do not. Turning, mirroring or cutting a picture changes both wholly, so the prints of
those forms are taken as well: cut ones are stored, turned ones are looked up.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import mul

from PIL import Image, ImageStat

CUTS_PERCENT = (0, 4, 8)
"""Cut off each side before a print is taken: what somebody trims is near one of these."""
_BASE_PX = 128
_LEAST_CONTRAST = 6.0
"""Standard deviation of the grey values, of 255."""
_EDGES = (9, 8)
_WAVES_PX = 32
_WAVES = 8
_TURNS = (
    None,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
)


@dataclass(frozen=True, slots=True)
class Print:
    """The print of one form of a picture: 64 bits each, as signed numbers, which the database keeps."""

    edges: int
    waves: int


@dataclass(frozen=True, slots=True)
class Prints:
    """What a picture is found by, and what it looks up."""

    cut: tuple[Print, ...]
    """As it is and cut, in the order of ``CUTS_PERCENT``: these are stored."""
    turned: tuple[Print, ...]
    """As it is, mirrored and turned in every way: these are looked up among the stored ones."""


def prints_of(image: Image.Image) -> Prints | None:
    """Take the prints of an upright picture in RGB; None if it shows too little to be told from others.

    A lens cap, a white wall and a night sky all look alike: what is left of them is noise.
    """
    base = image.resize((_BASE_PX, _BASE_PX), Image.Resampling.BOX, reducing_gap=2.0).convert("L")
    if ImageStat.Stat(base).stddev[0] < _LEAST_CONTRAST:
        return None
    return Prints(
        cut=tuple(_print(_cut(base, percent)) for percent in CUTS_PERCENT),
        turned=tuple(_print(base if turn is None else base.transpose(turn)) for turn in _TURNS),
    )


def _cut(base: Image.Image, percent: int) -> Image.Image:
    off = _BASE_PX * percent / 100
    return base.resize(base.size, Image.Resampling.BILINEAR, box=(off, off, _BASE_PX - off, _BASE_PX - off))


def _print(base: Image.Image) -> Print:
    return Print(_edges(base), _waves(base))


def _edges(base: Image.Image) -> int:
    width, height = _EDGES
    grey = base.resize(_EDGES, Image.Resampling.LANCZOS).tobytes()
    rows = [grey[row * width : (row + 1) * width] for row in range(height)]
    return _number(left < right for row in rows for left, right in pairwise(row))


def _waves(base: Image.Image) -> int:
    grey = base.resize((_WAVES_PX, _WAVES_PX), Image.Resampling.LANCZOS).tobytes()
    lines = [grey[at : at + _WAVES_PX] for at in range(0, len(grey), _WAVES_PX)]
    across = [[sum(map(mul, line, wave)) for wave in _cosines()] for line in lines]
    down = [sum(map(mul, column, wave)) for wave in _cosines() for column in zip(*across, strict=True)]
    middle = sorted(down)[len(down) // 2]
    return _number(value > middle for value in down)


@cache
def _cosines() -> list[list[float]]:
    step = math.pi / (2 * _WAVES_PX)
    return [[math.cos(step * (2 * at + 1) * wave) for at in range(_WAVES_PX)] for wave in range(_WAVES)]


def _number(bits: Iterator[bool]) -> int:
    packed = sum(bit << at for at, bit in enumerate(bits))
    return packed - (1 << 64) if packed >> 63 else packed
