"""The written notice that something must be put right (整改通知书): pages of A4 to sign and hand over."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fpdf import FPDF
from PIL import Image

from app.clock import now
from app.typesetting.drawing import FAMILY, POINT, write
from app.typesetting.qr import QUIET_MODULES, qr_image
from app.typesetting.typeface import LEADING, STAND_INS, Setting, Typeface, typeface

TITLE = "安全隐患整改通知书"
PHOTOS_MOST = 4
# All measures are millimetres.
_PAGE = (210.0, 297.0)
_SIDE, _TOP, _BOTTOM = 22.0, 20.0, 18.0
_WIDTH = _PAGE[0] - 2 * _SIDE
_LABEL = 30.0
_PAD = 2.0
_TEXT, _SMALL, _TINY, _HEAD = 11 * POINT, 9 * POINT, 7 * POINT, 22 * POINT
_MOST_LINES = 34
"""Of one row: more than a hazard's thousand signs take."""
_PHOTO_GAP = 3.0
_PHOTO_PX = 900
_INK, _GREY, _LINE = (26, 26, 26), (89, 89, 89), (120, 120, 120)
_HANDED = "签收人（签名）：＿＿＿＿＿＿＿＿＿＿", "签收日期：　　　　年　　　月　　　日"
_RECHECK = (
    "□ 已整改到位　　□ 部分整改　　□ 没有整改",
    "复查意见：",
    "复查人（签名）：＿＿＿＿＿＿",
    "复查日期：　　　年　　月　　日",
)
_FOOT = "本通知书一式两份，一份交整改方，一份由社区存档。本通知书只要求消除隐患，不是处罚决定。"
_PHOTOS, _PAGES = "隐患照片", "第页，共"
_CODE, _CODE_TOP, _CODE_PX = 26.0, 10.0, 12
"""The side and the height of the code with its white rim, and the pixels of one of its squares."""
_SCAN = "工作人员扫码看隐患"
_FIXED = "".join(
    (
        TITLE,
        *_HANDED,
        *_RECHECK,
        _FOOT,
        _PHOTOS,
        _PAGES,
        _SCAN,
        STAND_INS,
        "致：签发单位人盖章（）日期复查情况…□0123456789 ",
    )
)


@dataclass(frozen=True, slots=True)
class Rectification:
    """What a notice says."""

    number: str
    to: str
    opening: str
    """The sentence below the address: who found it, where, and what is asked for."""
    rows: Sequence[tuple[str, str]]
    """Headings and what stands beside them; a row that says nothing is left out."""
    office: str
    issuer: str
    day: str
    photos: Sequence[bytes] = ()
    """Pictures of what was found."""
    url: str = ""
    """Where the hazard is found by whoever is signed in; printed as a code, and not at all if empty."""

    @property
    def text(self) -> str:
        """Everything of it that is written."""
        told = [self.number, self.to, self.opening, self.office, self.issuer, self.day]
        return "".join([*told, *(part for row in self.rows for part in row)])


@dataclass
class _Paper:
    """The pages, and how far the present one is filled."""

    pdf: FPDF
    face: Typeface
    top: float = field(default=_TOP)

    def room_for(self, height: float) -> None:
        """Begin a new page if this one has no room for so much."""
        if self.top + height > _PAGE[1] - _BOTTOM:
            self.pdf.add_page()
            self.top = _TOP

    def set(self, text: str, width: float, size: float = _TEXT) -> Setting:
        """Break a text into lines."""
        return self.face.fill(self.face.printable(text), width, size=size, most_lines=_MOST_LINES)

    def line(self, text: str, *, size: float = _TEXT, at: float = 0.0, of: float = _WIDTH) -> None:
        """Write a text from somewhere of the width on, and go on below it."""
        setting = self.set(text, of - at, size)
        self.room_for(setting.height)
        write(self.pdf, setting, _SIDE + at, self.top, _INK)
        self.top += setting.height

    def box(self, left: float, height: float, width: float) -> None:
        """Draw a frame at the present height."""
        with self.pdf.local_context(draw_color=_LINE, line_width=0.2):
            self.pdf.rect(left, self.top, width, height)


def rectification_pdf(notice: Rectification, *, font_file: Path | None = None) -> bytes:
    """Make the PDF; its text can be searched, and nothing in it is fetched from anywhere."""
    face = typeface(_FIXED + notice.text, font_file)
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_creation_date(now())
    pdf.set_title(f"{TITLE} {notice.number}")
    pdf.set_lang("zh-CN")
    pdf.add_font(FAMILY, fname=face.path)
    pdf.add_page()
    paper = _Paper(pdf, face)
    if notice.url:
        _draw_code(paper, notice.url)
    _draw_head(paper, notice)
    for heading, text in notice.rows:
        if text:
            _draw_row(paper, heading, text)
    _draw_photos(paper, notice.photos[:PHOTOS_MOST])
    _draw_signatures(paper, notice)
    _draw_recheck(paper)
    _draw_feet(paper)
    return bytes(pdf.output())


def _draw_code(paper: _Paper, url: str) -> None:
    """Print the code at the left of the title, large enough for any phone, and say what it is for."""
    code = qr_image(url, module_px=_CODE_PX)
    left = _SIDE - _CODE * QUIET_MODULES * _CODE_PX / code.width  # so that its squares begin with the text
    paper.pdf.image(code, x=left, y=_CODE_TOP, w=_CODE, h=_CODE)
    said = paper.set(_SCAN, _WIDTH, _TINY)
    write(paper.pdf, said, _SIDE, _CODE_TOP + _CODE - 1.5, _GREY)


def _draw_head(paper: _Paper, notice: Rectification) -> None:
    title = paper.set(TITLE, _WIDTH, _HEAD)
    left = (_PAGE[0] - paper.face.width_em(TITLE) * _HEAD) / 2
    write(paper.pdf, title, left, paper.top, _INK, bold=True)
    paper.top += title.height + 1
    number = paper.set(notice.number, _WIDTH)
    left = _PAGE[0] - _SIDE - paper.face.width_em(number.lines[0]) * _TEXT
    write(paper.pdf, number, left, paper.top, _GREY)
    paper.top += number.height + 4
    paper.line(f"{notice.to}：")
    paper.top += 1.5
    paper.line(f"　　{notice.opening}")
    paper.top += 3


def _draw_row(paper: _Paper, heading: str, text: str) -> None:
    setting = paper.set(text, _WIDTH - _LABEL - 2 * _PAD)
    height = setting.height + 2 * _PAD
    paper.room_for(height)
    paper.box(_SIDE, height, _LABEL)
    paper.box(_SIDE + _LABEL, height, _WIDTH - _LABEL)
    name = paper.set(heading, _LABEL - 2 * _PAD)
    write(paper.pdf, name, _SIDE + _PAD, paper.top + (height - name.height) / 2, _INK)
    write(paper.pdf, setting, _SIDE + _LABEL + _PAD, paper.top + _PAD, _INK)
    paper.top += height


def _draw_photos(paper: _Paper, photos: Sequence[bytes]) -> None:
    """Set the pictures side by side in one row, each whole."""
    if not photos:
        return
    width = (_WIDTH - _LABEL - _PHOTO_GAP * (PHOTOS_MOST - 1) - 2 * _PAD) / PHOTOS_MOST
    side = width * 4 / 3
    height = side + 2 * _PAD
    paper.room_for(height)
    paper.box(_SIDE, height, _LABEL)
    paper.box(_SIDE + _LABEL, height, _WIDTH - _LABEL)
    name = paper.set(_PHOTOS, _LABEL - 2 * _PAD)
    write(paper.pdf, name, _SIDE + _PAD, paper.top + (height - name.height) / 2, _INK)
    for place, photo in enumerate(photos):
        left = _SIDE + _LABEL + _PAD + place * (width + _PHOTO_GAP)
        small = io.BytesIO(_smaller(photo))
        paper.pdf.image(small, x=left, y=paper.top + _PAD, w=width, h=side, keep_aspect_ratio=True)
    paper.top += height


def _smaller(photo: bytes) -> bytes:
    """Give the picture as large as a printer shows it there, so that the file can be sent on."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as picture:
        picture.thumbnail((_PHOTO_PX, _PHOTO_PX))
        picture.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _draw_signatures(paper: _Paper, notice: Rectification) -> None:
    """Set whoever issues it at the left and whoever gets it at the right, with room to sign and stamp."""
    height = 4 * _TEXT * LEADING + 12
    paper.room_for(height + 4)
    paper.top += 4
    begun, half = paper.top, _WIDTH / 2
    paper.line(f"签发单位（盖章）：{notice.office}", of=half)
    paper.line(f"签发人：{notice.issuer}", of=half)
    paper.line(f"签发日期：{notice.day}", of=half)
    left_end, paper.top = paper.top, begun
    for text in _HANDED:
        paper.line(text, at=half + 4)
        paper.top += 3
    paper.top = max(left_end, paper.top) + 3


def _draw_recheck(paper: _Paper) -> None:
    boxes, said, who, when = _RECHECK
    height = 44.0
    paper.room_for(height)
    paper.box(_SIDE, height, _LABEL)
    paper.box(_SIDE + _LABEL, height, _WIDTH - _LABEL)
    name = paper.set("复查情况", _LABEL - 2 * _PAD)
    write(paper.pdf, name, _SIDE + _PAD, paper.top + (height - name.height) / 2, _INK)
    begun, left = paper.top, _LABEL + _PAD
    for text, down in ((boxes, 3.0), (said, 11.0), (who, 35.0)):
        paper.top = begun + down
        paper.line(text, at=left)
    paper.top = begun + 35.0
    paper.line(when, at=left + (_WIDTH - _LABEL) / 2)
    paper.top = begun + height


def _draw_feet(paper: _Paper) -> None:
    """Say on each page what the paper is, and which page it is."""
    pages = paper.pdf.pages_count
    for number in range(1, pages + 1):
        paper.pdf.page = number
        foot = paper.set(_FOOT, _WIDTH, _SMALL)
        write(paper.pdf, foot, _SIDE, _PAGE[1] - _BOTTOM + 3, _GREY)
        if pages > 1:
            page = paper.set(f"第{number}页，共{pages}页", _WIDTH, _SMALL)
            left = _PAGE[0] - _SIDE - paper.face.width_em(page.lines[0]) * _SMALL
            write(paper.pdf, page, left, _PAGE[1] - _BOTTOM + 8, _GREY)
