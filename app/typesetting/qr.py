"""QR codes as pictures."""

import io

import qrcode
from PIL import Image

QUIET_MODULES = 4
"""White modules around a code, without which a scanner may miss it (ISO/IEC 18004)."""


def qr_image(url: str, *, module_px: int = 1) -> Image.Image:
    """Draw the code black on white with its quiet zone; up to a quarter of it may get damaged."""
    level = qrcode.constants.ERROR_CORRECT_Q
    code = qrcode.QRCode(error_correction=level, border=QUIET_MODULES, image_factory=None)
    code.add_data(url)
    code.make(fit=True)
    rows = code.get_matrix()
    image = Image.new("1", (len(rows), len(rows)))
    image.putdata([0 if dark else 255 for row in rows for dark in row])
    return image.resize((len(rows) * module_px, len(rows) * module_px), Image.Resampling.NEAREST)


def qr_square(url: str, size_px: int) -> Image.Image:
    """Draw the code in a white square of this side, its modules as many whole pixels as there is room for.

    Raises ValueError if not even one is.
    """
    smallest = qr_image(url)
    if size_px < smallest.width:
        message = f"the code needs {smallest.width} px"
        raise ValueError(message)
    side = smallest.width * (size_px // smallest.width)
    square = Image.new("1", (size_px, size_px), 255)
    square.paste(smallest.resize((side, side), Image.Resampling.NEAREST), ((size_px - side) // 2,) * 2)
    return square


def qr_png(url: str, size_px: int) -> bytes:
    """Return the code as a square PNG of this side; raises ValueError if it needs more pixels."""
    out = io.BytesIO()
    qr_square(url, size_px).save(out, "PNG", optimize=True)
    return out.getvalue()
