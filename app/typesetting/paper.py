"""A plain paper of A4: a title, facts with their headings, a table, and at the foot what it is."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fpdf import FPDF

from app.clock import now
from app.typesetting.drawing import FAMILY, POINT, write
from app.typesetting.qr import qr_image
from app.typesetting.typeface import LEADING, STAND_INS, Setting, Typeface, typeface

# All measures are millimetres.
_PAGE = (210.0, 297.0)
_SIDE, _TOP, _BOTTOM = 20.0, 20.0, 20.0
_WIDTH = _PAGE[0] - 2 * _SIDE
_LABEL, _PAD = 34.0, 1.8
_TEXT, _SMALL, _HEAD = 10.5 * POINT, 9 * POINT, 18 * POINT
_TOGETHER = 3
"""So many lines of a cell that is broken stand on a page at least."""
_SIGNING = 24.0
_CODE, _CODE_PX = 34.0, 12
_INK, _GREY, _LINE = (26, 26, 26), (89, 89, 89), (150, 150, 150)
_FIXED = f"{STAND_INS}第页，共…0123456789"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its heading, and its share of the width."""

    heading: str
    share: float


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says; facts that say nothing are left out."""

    title: str
    office: str
    """Whose paper it is, below the title."""
    facts: Sequence[tuple[str, str]]
    foot: str
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[str]] = ()
    url: str = ""
    """Printed as a code in the upper corner, and not at all if empty."""
    signing: str = ""
    """Who signs below the table; nobody if empty."""
    signature: bytes | None = None
    """The picture of what was drawn there; without it there is room to sign by hand."""

    @property
    def text(self) -> str:
        """Everything of it that is written."""
        told = [self.title, self.office, self.foot, self.signing, *(one.heading for one in self.columns)]
        told += [part for fact in self.facts for part in fact]
        return "".join([*told, *(cell for row in self.rows for cell in row)])


@dataclass
class _Sheet:
    """The pages, and how far the present one is filled."""

    pdf: FPDF
    face: Typeface
    top: float = field(default=_TOP)

    def set(self, text: str, width: float, size: float = _TEXT) -> Setting:
        """Break a text into lines, also where it does so itself."""
        lines: list[str] = []
        for line in self.face.printable(text).splitlines() or [""]:
            lines += self.face.fill(line, width, size=size, most_lines=len(line) + 1).lines
        return Setting(tuple(lines), size)

    def row(self, texts: Sequence[str], widths: Sequence[float], ink: tuple[int, int, int] = _INK) -> None:
        """Write a framed row of cells, and as many more below it as its longest one needs."""
        settings = [self.set(text, width - 2 * _PAD) for text, width in zip(texts, widths, strict=True)]
        lines, first = max(len(one.lines) for one in settings), 0
        while first < lines:
            number = self._lines(lines - first)
            self._frame(
                [Setting(one.lines[first : first + number], one.size) for one in settings], widths, ink
            )
            first += number

    def height(self, texts: Sequence[str], widths: Sequence[float]) -> float:
        """Give how high a row is."""
        cells = [self.set(text, width - 2 * _PAD).height for text, width in zip(texts, widths, strict=True)]
        return max(cells) + 2 * _PAD

    def together(self, *heights: float) -> None:
        """Begin a new page where these do not fit on this one, but on a new one they do."""
        if self.top + sum(heights) > _PAGE[1] - _BOTTOM >= _TOP + sum(heights):
            self.pdf.add_page()
            self.top = _TOP

    def _lines(self, wanted: int) -> int:
        """Give how many lines of so many stand here, on a new page if there is too little room."""
        room, whole = (
            int((_PAGE[1] - _BOTTOM - top - 2 * _PAD) / (_TEXT * LEADING)) for top in (self.top, _TOP)
        )
        if wanted <= room or (wanted > whole and room >= _TOGETHER):
            return min(wanted, room)
        self.pdf.add_page()
        self.top = _TOP
        return min(wanted, whole)

    def _frame(self, settings: Sequence[Setting], widths: Sequence[float], ink: tuple[int, int, int]) -> None:
        height = max(one.height for one in settings) + 2 * _PAD
        left = _SIDE
        for setting, width in zip(settings, widths, strict=True):
            with self.pdf.local_context(draw_color=_LINE, line_width=0.2):
                self.pdf.rect(left, self.top, width, height)
            write(self.pdf, setting, left + _PAD, self.top + _PAD, ink)
            left += width
        self.top += height


def paper_pdf(paper: Paper, *, font_file: Path | None = None) -> bytes:
    """Make the PDF; its text can be searched, and nothing in it is fetched from anywhere."""
    face = typeface(_FIXED + paper.text, font_file)
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_creation_date(now())
    pdf.set_title(paper.title)
    pdf.set_lang("zh-CN")
    pdf.add_font(FAMILY, fname=face.path)
    pdf.add_page()
    sheet = _Sheet(pdf, face)
    _draw_head(sheet, paper)
    for heading, text in paper.facts:
        if text:
            sheet.row([heading, text], [_LABEL, _WIDTH - _LABEL])
    if paper.columns:
        sheet.top += 5
        widths = [_WIDTH * one.share / sum(each.share for each in paper.columns) for one in paper.columns]
        _draw_table(sheet, paper, widths)
    if paper.signing:
        _draw_signature(sheet, paper)
    _draw_feet(sheet, paper.foot)
    return bytes(pdf.output())


def _draw_head(sheet: _Sheet, paper: Paper) -> None:
    title = sheet.set(paper.title, _WIDTH - _CODE, _HEAD)
    write(sheet.pdf, title, _SIDE, sheet.top, _INK, bold=True)
    office = sheet.set(paper.office, _WIDTH - _CODE)
    write(sheet.pdf, office, _SIDE, sheet.top + title.height + 2, _GREY)
    height = title.height + 2 + office.height
    if paper.url:
        code = qr_image(paper.url, module_px=_CODE_PX)
        sheet.pdf.image(code, x=_PAGE[0] - _SIDE - _CODE, y=_TOP - 6, w=_CODE, h=_CODE)
        height = max(height, _CODE - 6)
    sheet.top += height + 5


def _draw_table(sheet: _Sheet, paper: Paper, widths: Sequence[float]) -> None:
    """Write the table; neither its heading nor its last row stands alone on a page, where both fit on one."""
    rows = [[one.heading for one in paper.columns], *paper.rows]
    heights = [sheet.height(row, widths) for row in rows]
    if paper.signing:
        heights[-1] += _SIGNING
    for number, row in enumerate(rows):
        if number in {0, len(rows) - 2}:
            sheet.together(*heights[number : number + 2])
        sheet.row(row, widths, _GREY if number == 0 else _INK)


def _draw_signature(sheet: _Sheet, paper: Paper) -> None:
    """Draw what was signed, as high as there is room, or leave room to sign."""
    sheet.together(_SIGNING)
    width, height = _WIDTH - _LABEL - 2 * _PAD, _SIGNING - 2 * _PAD
    with sheet.pdf.local_context(draw_color=_LINE, line_width=0.2):
        sheet.pdf.rect(_SIDE, sheet.top, _LABEL, _SIGNING)
        sheet.pdf.rect(_SIDE + _LABEL, sheet.top, _WIDTH - _LABEL, _SIGNING)
    label = sheet.set(paper.signing, _LABEL - 2 * _PAD)
    write(sheet.pdf, label, _SIDE + _PAD, sheet.top + _PAD, _INK)
    if paper.signature is not None:
        drawn, left = io.BytesIO(paper.signature), _SIDE + _LABEL + _PAD
        sheet.pdf.image(drawn, x=left, y=sheet.top + _PAD, w=width, h=height, keep_aspect_ratio=True)
    sheet.top += _SIGNING


def _draw_feet(sheet: _Sheet, foot: str) -> None:
    """Say on each page what the paper is, and which page it is."""
    pages = sheet.pdf.pages_count
    for number in range(1, pages + 1):
        sheet.pdf.page = number
        write(sheet.pdf, sheet.set(foot, _WIDTH * 0.75, _SMALL), _SIDE, _PAGE[1] - _BOTTOM + 4, _GREY)
        page = sheet.set(f"第{number}页，共{pages}页", _WIDTH, _SMALL)
        left = _PAGE[0] - _SIDE - sheet.face.width_em(page.lines[0]) * _SMALL
        write(sheet.pdf, page, left, _PAGE[1] - _BOTTOM + 4, _GREY)
