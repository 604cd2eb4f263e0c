"""The poster of a place's code: A5, to be hung at a door and read from two metres."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.typesetting.label import FIXED, HOW_TO, Label
from app.typesetting.qr import qr_square
from app.typesetting.typeface import Setting, Typeface, typeface

WIDTH_PX, HEIGHT_PX = 1240, 1754
DPI = 213
"""Makes the poster 148 x 209 mm: A5."""
_MARGIN_PX = 80
_ROOM_PX = WIDTH_PX - 2 * _MARGIN_PX
_GREEN, _INK, _GREY = "#0b6b4f", "#1a1a1a", "#595959"
# Zones from the top edge downwards: (top, bottom).
_STRIPE, _HEAD, _CODE, _BAND, _FOOT = (0, 36), (66, 506), (530, 1390), (1430, 1630), (1630, 1754)
_COMMUNITY_HEIGHT_PX, _NAME_HEIGHT_PX, _NOTE_HEIGHT_PX, _GAP_PX = 80, 250, 90, 10
_FRAME_PX = 8
_COLOURS = 64


def poster_png(label: Label, *, font_file: Path | None = None) -> bytes:
    """Draw the poster: community, the place's name, where it is, its code, how to use it, the code's number.

    Long names wrap and shrink, and end in "…" at last. The packaged font is used unless another is given
    that has as many of the characters.
    """
    face = typeface(label.text + FIXED, font_file)
    page = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), "white")
    pen = ImageDraw.Draw(page)
    _fill(pen, _STRIPE)
    _draw_head(pen, face, label)
    _draw_code(page, pen, label.url)
    _fill(pen, _BAND)
    for text, (top, bottom), size, colour, bold in (
        (HOW_TO, _BAND, 96, "white", True),
        (f"编号 {label.number}", _FOOT, 48, _INK, False),
    ):
        line = face.fit(text, _ROOM_PX, bottom - top, largest=size, smallest=24, most_lines=1)
        _write(pen, face, line, (top + bottom - line.height) / 2, colour, bold=bold)
    out = io.BytesIO()
    page.quantize(_COLOURS).save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def _draw_head(pen: ImageDraw.ImageDraw, face: Typeface, label: Label) -> None:
    """Write community, name and note as one block in the middle of their zone."""
    community = face.fit(
        label.community, _ROOM_PX, _COMMUNITY_HEIGHT_PX, largest=60, smallest=32, most_lines=1
    )
    name = face.fit(label.name, _ROOM_PX, _NAME_HEIGHT_PX, largest=150, smallest=48)
    note = face.fit(label.note, _ROOM_PX, _NOTE_HEIGHT_PX, largest=56, smallest=32, most_lines=2)
    lines = [(community, _GREY, False), (name, _INK, True), (note, _GREY, False)]
    shown = [(setting, colour, bold) for setting, colour, bold in lines if any(setting.lines)]
    top = (sum(_HEAD) - sum(setting.height for setting, _, _ in shown) - _GAP_PX * (len(shown) - 1)) / 2
    for setting, colour, bold in shown:
        _write(pen, face, setting, top, colour, bold=bold)
        top += setting.height + _GAP_PX


def _draw_code(page: Image.Image, pen: ImageDraw.ImageDraw, url: str) -> None:
    top, bottom = _CODE
    left = (WIDTH_PX - (bottom - top)) // 2
    pen.rounded_rectangle((left, top, WIDTH_PX - left - 1, bottom - 1), 36, outline=_GREEN, width=_FRAME_PX)
    inset = 2 * _FRAME_PX
    page.paste(qr_square(url, bottom - top - 2 * inset), (left + inset, top + inset))


def _fill(pen: ImageDraw.ImageDraw, zone: tuple[int, int]) -> None:
    top, bottom = zone
    pen.rectangle((0, top, WIDTH_PX, bottom - 1), fill=_GREEN)  # Pillow counts the last row in


def _write(
    pen: ImageDraw.ImageDraw, face: Typeface, setting: Setting, top: float, colour: str, *, bold: bool
) -> None:
    """Write centred lines; bold is a stroke around each sign, for the packaged font has one weight."""
    font = ImageFont.truetype(face.path, setting.size, layout_engine=ImageFont.Layout.BASIC)
    stroke = round(setting.size / 50) if bold else 0
    for line, baseline in setting.baselines(top):
        at = (WIDTH_PX / 2, baseline)
        pen.text(at, line, font=font, fill=colour, anchor="ms", stroke_width=stroke, stroke_fill=colour)
