"""Printed pages, as somebody's phone sees them."""

import pypdfium2
from PIL import Image, ImageFilter


def on_paper(pdf: bytes, *, dpi: int = 200, page: int = 0) -> Image.Image:
    """Render a page as a printer does, a little blurred."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn: Image.Image = document[page].render(scale=dpi / 72, grayscale=True).to_pil()
    finally:
        document.close()
    return drawn.filter(ImageFilter.GaussianBlur(dpi / 150))
