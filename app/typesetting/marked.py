"""A photo with words over its lowest part: where it belongs and who took it out, for good to be seen."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.typesetting.typeface import LEADING, STAND_INS, typeface

_SIGNS_A_LINE = 34
"""At the size chosen, in a picture that is wider than high."""
_LEAST_PX, _SHADE, _QUALITY = 11, 150, 90
_LEAST_EDGE_PX = 120


def marked_jpeg(photo: bytes, lines: Sequence[str], *, font_file: Path | None = None) -> bytes:
    """Write lines on a shaded band over the lower edge of a photo of ours; what is too long ends in "…"."""
    with Image.open(io.BytesIO(photo), formats=["JPEG"]) as opened:
        image = _enlarged(opened).convert("RGBA")
    face = typeface(STAND_INS + "".join(lines), font_file)
    size = max(_LEAST_PX, min(image.size) // _SIGNS_A_LINE)
    width, step = image.width - 2 * size, round(size * LEADING)
    top = image.height - len(lines) * step - size
    band = Image.new("RGBA", image.size)
    pen = ImageDraw.Draw(band)
    pen.rectangle((0, top, image.width, image.height), fill=(0, 0, 0, _SHADE))
    font = ImageFont.truetype(face.path, size, layout_engine=ImageFont.Layout.BASIC)
    for number, line in enumerate(lines):
        (cut,) = face.fill(face.printable(line), width, size=size, most_lines=1).lines
        pen.text((size, top + size // 2 + number * step), cut, font=font, fill="white")
    out = io.BytesIO()
    Image.alpha_composite(image, band).convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _enlarged(image: Image.Image) -> Image.Image:
    """Give a picture on which words have room."""
    times = -(-_LEAST_EDGE_PX // min(image.size))
    return image if times <= 1 else image.resize((image.width * times, image.height * times))
