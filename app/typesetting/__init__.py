"""What is printed: posters and sheets of codes with their QR pictures, and notices of rectification.

Apart from the other adapters because its libraries take over a second to load, and only the API prints.
"""

from app.typesetting.label import Label
from app.typesetting.marked import marked_jpeg
from app.typesetting.paper import Column, Paper, paper_pdf
from app.typesetting.poster import poster_png
from app.typesetting.printable import UnprintableError, check_printable
from app.typesetting.qr import qr_png
from app.typesetting.rectification import PHOTOS_MOST, Rectification, rectification_pdf
from app.typesetting.sheets import binding_sheet_pdf, code_sheet_pdf

__all__ = [
    "PHOTOS_MOST",
    "Column",
    "Label",
    "Paper",
    "Rectification",
    "UnprintableError",
    "binding_sheet_pdf",
    "check_printable",
    "code_sheet_pdf",
    "marked_jpeg",
    "paper_pdf",
    "poster_png",
    "qr_png",
    "rectification_pdf",
]
