"""Drawn pictures that stand for photos: a block of flats under its sky, and what the photo is about."""

import io
from datetime import datetime
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from app.clock import SHANGHAI

_SIZE = _WIDTH, _HEIGHT = 400, 300
_GROUND_Y, _CAPTION_Y = 206, 244
_SKIES = ("#bcd7ee", "#d5e3ea", "#f1dcc0", "#a9c0d6")
_WALLS = ("#e8d9c0", "#d8c6b4", "#cfd8cf", "#e4cfc4")
_WINDOW, _GROUND, _BAR, _INK = "#6d8aa3", "#9aa38c", "#1d2733", "#ffffff"
_SIGN, _SIGN_EDGE = "#f2c230", "#23201a"
_PATCHES, _LIGHT = (9, 8), (30, 255)
_CAPTION_PX, _CLOCK_PX, _QUALITY = 16, 13, 80


def sign(rng: Random) -> bytes:
    """Draw a name as a finger writes it on a phone, as a PNG."""
    image = Image.new("RGB", _SIZE, _INK)
    points = [(left, rng.randint(60, _HEIGHT - 60)) for left in range(40, _WIDTH - 30, 22)]
    ImageDraw.Draw(image).line(points, fill=_BAR, width=5, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def draw(rng: Random, caption: str, at: datetime) -> bytes:
    """Draw a picture with a caption and the time in China, as a JPEG."""
    image = Image.new("RGB", _SIZE, rng.choice(_SKIES))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, _GROUND_Y, _WIDTH, _HEIGHT), fill=_GROUND)
    for left in range(rng.randint(-60, 0), _WIDTH, rng.randint(150, 190)):
        _block(pen, rng, left)
    _warning(pen, rng.randint(80, _WIDTH - 160))
    image = _lit(image, rng)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, _CAPTION_Y, _WIDTH, _HEIGHT), fill=_BAR)
    pen.text((10, _CAPTION_Y + 5), _cut(caption), font=_font(_CAPTION_PX), fill=_INK)
    clock = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    pen.text((10, _CAPTION_Y + 31), clock, font=_font(_CLOCK_PX), fill=_INK)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def mirrored(data: bytes) -> bytes:
    """Give a picture as in a mirror."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _lit(image: Image.Image, rng: Random) -> Image.Image:
    """Lay light and shade over a picture, of its own: else all would be found to be photos used again."""
    patches = _PATCHES[0] * _PATCHES[1]
    light = Image.frombytes("L", _PATCHES, bytes(rng.randint(*_LIGHT) for _ in range(patches)))
    return ImageChops.multiply(image, light.resize(_SIZE, Image.Resampling.BICUBIC).convert("RGB"))


def _block(pen: ImageDraw.ImageDraw, rng: Random, left: int) -> None:
    """Draw a building of four to six floors."""
    floors, wide = rng.randint(4, 6), 114
    top = _GROUND_Y - floors * 30
    pen.rectangle((left, top, left + wide, _GROUND_Y), fill=rng.choice(_WALLS))
    for floor in range(floors):
        for column in range(3):
            x, y = left + 12 + column * 34, top + 7 + floor * 30
            pen.rectangle((x, y, x + 21, y + 17), fill=_WINDOW)


def _warning(pen: ImageDraw.ImageDraw, left: int) -> None:
    """Draw the triangle that says: look here."""
    top, edge = _GROUND_Y - 20, 64
    corners = ((left, top + edge - 12), (left + edge / 2, top - 12), (left + edge, top + edge - 12))
    pen.polygon(corners, fill=_SIGN, outline=_SIGN_EDGE, width=5)
    pen.text((left + edge / 2, top + 28), "!", font=_font(30), fill=_SIGN_EDGE, anchor="mm")


def _cut(caption: str) -> str:
    most = (_WIDTH - 20) // _CAPTION_PX
    return caption if len(caption) <= most else caption[: most - 1] + "…"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(sans_path(), size)
