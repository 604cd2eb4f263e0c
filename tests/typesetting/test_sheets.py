import io
import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import zxingcpp
from pylopdf_fonts_zh_cn import sans_path, serif_path
from pypdf import PageObject, PdfReader

from app.logs import hush_libraries
from app.typesetting import Label, code_sheet_pdf
from app.typesetting.typeface import Typeface

POINTS_PER_MM = 72 / 25.4
LONG = "湖北省咸宁市通城县麦市镇陈塅村易地扶贫搬迁集中安置区第十二号居民楼东侧第三单元"


def labels(count: int, prefix: str = "") -> list[Label]:
    return [
        Label(
            f"https://gongdi.example.cn/q/{prefix}{number:04}",
            f"{prefix}{number}栋",
            "东区二组",
            "塆垴安置区",
            f"NO-{number}",
        )
        for number in range(1, count + 1)
    ]


def pages_of(pdf: bytes) -> Sequence[PageObject]:
    return PdfReader(io.BytesIO(pdf)).pages


def text_of(page: PageObject) -> str:
    """Return the page's text; pypdf reads our two-byte codes one byte at a time, the first being zero."""
    return page.extract_text().replace("\0", "")


def codes_of(page: PageObject) -> list[str]:
    pictures = [picture.image for picture in page.images]
    return [
        code.text for picture in pictures if picture for code in zxingcpp.read_barcodes(picture.convert("L"))
    ]


@pytest.mark.parametrize(
    "count,per_page,pages", [(1, 8, 1), (8, 8, 1), (9, 8, 2), (19, 8, 3), (3, 2, 2), (13, 12, 2)]
)
def test_every_code_is_on_its_page_and_another_decoder_reads_it(
    count: int, per_page: int, pages: int
) -> None:
    asked = labels(count)
    sheet = pages_of(code_sheet_pdf(asked, "幸福家园", per_page=per_page))

    assert len(sheet) == pages
    for number, page in enumerate(sheet):
        assert codes_of(page) == [label.url for label in asked[number * per_page : (number + 1) * per_page]]


@pytest.mark.parametrize("per_page", [2, 6, 8, 10, 12])
def test_names_notes_numbers_and_page_numbers_are_text(per_page: int) -> None:
    sheet = pages_of(code_sheet_pdf(labels(13), "幸福家园点位码", per_page=per_page))

    for number, page in enumerate(sheet, start=1):
        text = text_of(page)
        shown = labels(13)[(number - 1) * per_page : number * per_page]
        assert text.count("幸福家园点位码") == 1
        assert f"第 {number} 页，共 {len(sheet)} 页" in text
        assert text.count("塆垴安置区") == text.count("东区二组") == len(shown)
        for label in shown:
            assert label.name in text
            assert f"编号 {label.number}" in text


def test_a_sheet_says_word_by_word_how_to_use_it_and_where_to_cut() -> None:
    [page] = pages_of(code_sheet_pdf(labels(2), "幸福家园点位码", per_page=8))

    assert sorted(line.strip() for line in text_of(page).splitlines() if line.strip()) == sorted(
        [
            "幸福家园点位码 沿十字标记裁开",
            *["塆垴安置区", "1栋", "东区二组", "扫一扫，报隐患", "编号 NO-1"],
            *["塆垴安置区", "2栋", "东区二组", "扫一扫，报隐患", "编号 NO-2"],
            "第 1 页，共 1 页",
        ]
    )


def test_a_page_is_a4_and_says_what_it_is() -> None:
    reader = PdfReader(io.BytesIO(code_sheet_pdf(labels(1), "幸福家园")))

    width, height = reader.pages[0].mediabox.width, reader.pages[0].mediabox.height
    assert (float(width), float(height)) == pytest.approx((210 * POINTS_PER_MM, 297 * POINTS_PER_MM), abs=0.1)
    assert reader.metadata is not None
    assert reader.metadata.title == "幸福家园"
    assert str(reader.root_object["/Lang"]) == "zh-CN"


@pytest.mark.parametrize(
    "name,note", [("12栋", ""), (LONG, LONG * 3), ("W" * 60, "x" * 200), ("地" * 60, "地" * 200)]
)
@pytest.mark.parametrize("per_page", [2, 6, 8, 10, 12])
@pytest.mark.parametrize("community", ["新城社区", LONG])
def test_no_text_leaves_its_label(name: str, note: str, community: str, per_page: int) -> None:
    asked = [
        Label(f"https://gongdi.example.cn/q/{number}", name, note, community, "7KQ2M9XA4T-12")
        for number in range(2)
    ]
    face, seen = Typeface(sans_path()), []

    def visit(text: str, _: Any, matrix: list[float], __: Any, size: float) -> None:
        line = text.replace("\0", "").strip()
        if line:
            seen.append((line, matrix[4] / POINTS_PER_MM, matrix[5] / POINTS_PER_MM, size / POINTS_PER_MM))

    pages_of(code_sheet_pdf(asked, "幸福家园" * 20, per_page=per_page))[0].extract_text(visitor_text=visit)

    assert len(seen) >= 2 * 3
    middle = 105 if per_page > 2 else 200
    for line, left, baseline, size in seen:
        in_a_left_label = 15 < baseline < 279 and left < middle
        right = left + face.width_em(line) * size
        assert 10 <= left < right <= (middle - 4 if in_a_left_label else 200.1), line
        assert 5 < baseline < 292, line


def test_the_font_is_embedded_in_part_so_a_sheet_is_small_and_needs_nothing() -> None:
    pdf = code_sheet_pdf(labels(8), "幸福家园")

    assert len(pdf) < 60_000
    assert len(re.findall(rb"/FontFile3 \d+ 0 R", pdf)) == pdf.count(b"/FontDescriptor\n") == 1


def test_another_font_may_be_chosen() -> None:
    pdf = code_sheet_pdf(labels(1), "幸福家园", font_file=serif_path())

    assert b"NotoSerifSC" in pdf
    assert "塆垴安置区" in text_of(pages_of(pdf)[0])


def test_eight_sheets_made_at_once_do_not_mix() -> None:
    with ThreadPoolExecutor(8) as threads:
        sheets = list(
            threads.map(lambda letter: code_sheet_pdf(labels(3, letter), f"{letter}社区"), "ABCDEFGH")
        )

    for letter, sheet in zip("ABCDEFGH", sheets, strict=True):
        page = pages_of(sheet)[0]
        assert codes_of(page) == [label.url for label in labels(3, letter)]
        assert f"{letter}社区" in text_of(page)
        assert f"{letter}3栋" in text_of(page)


@pytest.mark.parametrize("count,per_page", [(0, 8), (1, 0), (1, 7), (1, 100)])
def test_nothing_to_print_or_an_impossible_grid_is_refused(count: int, per_page: int) -> None:
    with pytest.raises(ValueError, match="labels"):
        code_sheet_pdf(labels(count), "幸福家园", per_page=per_page)


def test_the_libraries_that_draw_a_sheet_write_nothing_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    hush_libraries()

    code_sheet_pdf(labels(1), "😀 𠮷")

    assert [record.name for record in caplog.records if record.levelno >= logging.WARNING] == []
