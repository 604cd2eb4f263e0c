"""Putting lines of text on a page of a PDF."""

from fpdf import FPDF

from app.typesetting.typeface import Setting

POINT = 25.4 / 72
"""In millimetres, in which all measures of pages are."""
FAMILY = "sheet"
"""Under which a page's font is known."""


def write(
    pdf: FPDF, setting: Setting, left: float, top: float, colour: tuple[int, int, int], *, bold: bool = False
) -> None:
    """Write lines from the left; bold is a stroke around each sign, for the packaged font has one weight."""
    pdf.set_font(FAMILY, size=setting.size / POINT)
    mode = "FILL_STROKE" if bold else "FILL"
    with pdf.local_context(
        text_color=colour, draw_color=colour, text_mode=mode, line_width=setting.size / 40
    ):
        for line, baseline in setting.baselines(top):
            pdf.text(left, baseline, line)
