"""Sheets of codes: A4 pages to print on any printer, cut along the marks, and paste up."""

from collections.abc import Callable, Sequence
from pathlib import Path

from fpdf import FPDF

from app.clock import now
from app.typesetting.drawing import FAMILY, POINT, write
from app.typesetting.label import CUT_HERE, FIXED, HOW_TO, HOW_TO_BIND, KEEP_IT, Label
from app.typesetting.qr import QUIET_MODULES, qr_image
from app.typesetting.typeface import LEADING, Setting, Typeface, typeface

GRIDS = {2: (1, 2), 6: (2, 3), 8: (2, 4), 10: (2, 5), 12: (2, 6)}
"""Labels a page: columns and rows."""
# All measures are millimetres.
_PAGE = (210.0, 297.0)
_SIDE, _TOP, _BOTTOM = 10.0, 18.0, 15.0
_PADDING, _RIM = 5.0, 2.0
_CODE_SHARE = 0.56  # of a label's width
_MARK = 3.0
_MODULE_PX = 8
_INK, _GREY, _PALE = (26, 26, 26), (89, 89, 89), (150, 150, 150)
_Draw = Callable[[FPDF, Typeface, Label, tuple[float, float], tuple[float, float]], None]
"""Draws one label: its upper left corner, its width and height."""


def code_sheet_pdf(
    labels: Sequence[Label], title: str, *, font_file: Path | None = None, per_page: int = 8
) -> bytes:
    """Make the PDF: labels row by row, each page with title, number and cut marks; its text can be searched.

    Raises ValueError if there are no labels, or no such number of them fits a page.
    """
    return _sheet_pdf(labels, title, font_file, per_page, _draw_label)


def binding_sheet_pdf(
    labels: Sequence[Label], title: str, *, font_file: Path | None = None, per_page: int = 10
) -> bytes:
    """Make the PDF of households' binding codes, which stand as the labels' numbers; otherwise the same."""
    return _sheet_pdf(labels, title, font_file, per_page, _draw_card)


def _sheet_pdf(
    labels: Sequence[Label], title: str, font_file: Path | None, per_page: int, draw: _Draw
) -> bytes:
    """Make the PDF, each label by ``draw``.

    The font is read anew for each sheet (0.13 s), since embedding changes what was read; so calls need no
    lock.
    """
    if per_page not in GRIDS or not labels:
        message = f"labels: {len(labels)}, a page: {per_page}, possible: {sorted(GRIDS)}"
        raise ValueError(message)
    texts = [title, FIXED, *(label.text for label in labels)]
    face = typeface("".join(texts), font_file)
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_creation_date(now())
    pdf.set_title(title)
    pdf.set_lang("zh-CN")
    pdf.add_font(FAMILY, fname=face.path)
    pages = [labels[start : start + per_page] for start in range(0, len(labels), per_page)]
    for number, page in enumerate(pages, start=1):
        pdf.add_page()
        _draw_margins(pdf, face, title, f"第 {number} 页，共 {len(pages)} 页")
        _draw_labels(pdf, face, page, *GRIDS[per_page], draw)
    return bytes(pdf.output())


def _draw_margins(pdf: FPDF, face: Typeface, title: str, foot: str) -> None:
    width, height = _PAGE
    room = width - 2 * _SIDE
    head = face.fit(title, room * 0.6, 8, largest=12 * POINT, smallest=7 * POINT, most_lines=1)
    write(pdf, head, _SIDE, _TOP - 4 - head.height, _INK)
    hint = face.fit(CUT_HERE, room * 0.3, 8, largest=9 * POINT, smallest=6 * POINT, most_lines=1)
    left = width - _SIDE - face.width_em(hint.lines[0]) * hint.size
    write(pdf, hint, left, _TOP - 4 - hint.height, _GREY)
    page = face.fit(foot, room, 8, largest=9 * POINT, smallest=6 * POINT, most_lines=1)
    left = (width - face.width_em(page.lines[0]) * page.size) / 2
    write(pdf, page, left, height - _BOTTOM + 4, _GREY)


def _draw_labels(
    pdf: FPDF, face: Typeface, labels: Sequence[Label], columns: int, rows: int, draw: _Draw
) -> None:
    width = (_PAGE[0] - 2 * _SIDE) / columns
    height = (_PAGE[1] - _TOP - _BOTTOM) / rows
    for place, label in enumerate(labels):
        row, column = divmod(place, columns)
        draw(pdf, face, label, (_SIDE + column * width, _TOP + row * height), (width, height))
    used_rows = -(-len(labels) // columns)
    for row in range(used_rows + 1):
        for column in range(columns + 1):
            _draw_mark(pdf, _SIDE + column * width, _TOP + row * height)


def _draw_label(
    pdf: FPDF, face: Typeface, label: Label, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    """Draw the code at the left; at the right community, name and note, and at the foot the rest."""
    (left, top), (width, height) = corner, size
    side = min(height - 2 * _PADDING, width * _CODE_SHARE)
    code_left, code_top = left + _RIM, top + (height - side) / 2
    code = qr_image(label.url, module_px=_MODULE_PX)
    pdf.image(code, x=code_left, y=code_top, w=side, h=side)
    # The texts stand beside the black of the code: its white rim keeps them apart.
    rim = side * QUIET_MODULES * _MODULE_PX / code.width
    text_left, text_top, text_height = code_left + side, code_top + rim, side - 2 * rim
    room = left + width - _PADDING - text_left

    def fit(text: str, share: float, largest: float, smallest_pt: float, lines: int) -> Setting:
        smallest = smallest_pt * POINT
        box = text_height * share
        return face.fit(text, room, box, largest=side * largest, smallest=smallest, most_lines=lines)

    community = fit(label.community, 0.1, 0.08, 6, 1)
    name = fit(label.name, 0.45, 0.19, 8, 4)
    note = fit(label.note, 0.2, 0.065, 6, 3)
    how = fit(HOW_TO, 0.1, 0.07, 5, 1)
    number = fit(f"编号 {label.number}", 0.1, 0.07, 5, 1)
    text_top -= community.size * (LEADING - 1) / 2
    write(pdf, community, text_left, text_top, _GREY)
    write(pdf, name, text_left, text_top + community.height, _INK, bold=True)
    write(pdf, note, text_left, text_top + community.height + name.height, _GREY)
    foot = text_top + text_height - number.height
    write(pdf, how, text_left, foot - how.height, _INK)
    write(pdf, number, text_left, foot, _INK)


def _draw_card(
    pdf: FPDF, face: Typeface, label: Label, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    """Draw community, door, the code as large as fits, and what to do with it, one below the other."""
    (left, top), (width, height) = corner, size
    room, box = width - 2 * _PADDING, height - 2 * _PADDING
    left, top = left + _PADDING, top + _PADDING

    def line(text: str, share: float, largest_pt: float, smallest_pt: float, lines: int = 1) -> Setting:
        largest, smallest = largest_pt * POINT, smallest_pt * POINT
        return face.fit(text, room, box * share, largest=largest, smallest=smallest, most_lines=lines)

    for setting, share, colour, bold in (
        (line(label.community, 0.13, 9, 6), 0.13, _GREY, False),
        (line(label.name, 0.22, 14, 8), 0.22, _INK, True),
        (line(f"绑定码 {label.number}", 0.25, 18, 9), 0.25, _INK, True),
        (line(HOW_TO_BIND, 0.25, 10, 6, 2), 0.25, _INK, False),
        (line(KEEP_IT, 0.15, 10, 6), 0.15, _GREY, False),
    ):
        write(pdf, setting, left, top, colour, bold=bold)
        top += box * share


def _draw_mark(pdf: FPDF, x: float, y: float) -> None:
    with pdf.local_context(draw_color=_PALE, line_width=0.2):
        pdf.line(x - _MARK, y, x + _MARK, y)
        pdf.line(x, y - _MARK, x, y + _MARK)
