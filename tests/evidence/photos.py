"""Photos made for the tests, as phones and trouble-makers make them."""

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)
VILLAGE = (114.3336, 29.8368)


def file(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png(width: int, height: int, packed: bytes) -> bytes:
    """Write a PNG by hand: 8-bit RGB of the claimed size over the given zlib stream."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """Make something with edges, shades and noise, as a photo has."""
    image = Image.merge("RGB", [Image.effect_noise((width, height), spread) for spread in (20, 40, 60)])
    image.paste(RED, (0, 0, width // 2, height // 2))
    return image


def camera_exif(**gps: Any) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET-MAKE"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:23 08:15:09"
    where = {"lat": (29.0, 50.0, 12.48), "north": "N", "lng": (114.0, 20.0, 0.96), "east": "E"} | gps
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: where["north"],
            ExifTags.GPS.GPSLatitude: where["lat"],
            ExifTags.GPS.GPSLongitudeRef: where["east"],
            ExifTags.GPS.GPSLongitude: where["lng"],
        }
    )
    return exif


def assert_near(seen: Any, expected: tuple[int, int, int], slack: int = 8) -> None:
    assert max(abs(a - b) for a, b in zip(seen, expected, strict=True)) <= slack, (seen, expected)
