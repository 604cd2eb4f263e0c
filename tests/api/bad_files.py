"""Files that are no photos, and a picture that claims to be huge."""

import struct
import zlib

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'


def claiming_png(width: int, height: int) -> bytes:
    """Give a PNG of 74 bytes that claims to be of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"").ljust(17, b"\0"))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


HUGE = claiming_png(9000, 9000)
"""81 megapixels: 243 MB, once decoded as RGB."""
