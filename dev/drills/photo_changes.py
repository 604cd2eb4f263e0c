"""What people do to a photo so that it passes for another one, and how often that is recognised."""

import io
from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw, ImageEnhance

from app.evidence.comparing import EDGES_APART, WAVES_APART
from app.evidence.prints import Print, Prints

_TURN = Image.Transpose
Change = Callable[[Image.Image], Image.Image]


def _cut(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    return image.crop(
        (int(width * share), int(height * share), int(width * (1 - share)), int(height * (1 - share)))
    )


def _resized(image: Image.Image, share: float) -> Image.Image:
    return image.resize((int(image.width * share), int(image.height * share)))


def _marked(image: Image.Image) -> Image.Image:
    """Put a dark bar with letters over the lowest tenth, as camera apps do."""
    marked = image.copy()
    pen = ImageDraw.Draw(marked)
    width, height = marked.size
    pen.rectangle((0, height * 9 // 10, width, height), fill="black")
    pen.text((20, height * 92 // 100), "2026-11-30 08:15:22 29.60N", font_size=height // 20, fill="white")
    return marked


def resent(image: Image.Image, quality: int = 85) -> Image.Image:
    """Compress it once more, as every app does that passes it on."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


CHANGES: dict[str, tuple[Change, float]] = {
    "compressed": (lambda image: resent(image, 50), 0.95),
    "resized": (lambda image: _resized(image, 0.34), 0.95),
    "brighter": (lambda image: ImageEnhance.Brightness(image).enhance(1.2), 0.95),
    "mirrored": (lambda image: image.transpose(_TURN.FLIP_LEFT_RIGHT), 0.95),
    "turned 90": (lambda image: image.transpose(_TURN.ROTATE_90), 0.95),
    "turned 180": (lambda image: image.transpose(_TURN.ROTATE_180), 0.95),
    "turned 270": (lambda image: image.transpose(_TURN.ROTATE_270), 0.95),
    "cut by 5 %": (lambda image: _cut(image, 0.025), 0.95),
    "cut by 5 % at each side": (lambda image: _cut(image, 0.05), 0.95),
    "marked with a bar": (_marked, 0.75),
}
"""Each with the share that must be recognised."""


def changed(image: Image.Image, name: str) -> Image.Image:
    """Give the picture as it would arrive."""
    return resent(CHANGES[name][0](image))


def are_near(stored: Prints, asked: Prints) -> bool:
    """Say by going through all of them whether one of the prints is near one of the others."""
    return any(
        _apart(one.edges, other.edges) <= EDGES_APART and _apart(one.waves, other.waves) <= WAVES_APART
        for one, other in pairs(stored, asked)
    )


def pairs(stored: Prints, asked: Prints) -> Iterator[tuple[Print, Print]]:
    """Give the prints that are compared."""
    for one in stored.cut:
        for other in (*asked.turned, *asked.cut[1:]):
            yield one, other


def _apart(one: int, other: int) -> int:
    return ((one ^ other) & (1 << 64) - 1).bit_count()
