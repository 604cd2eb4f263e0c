"""The pages of a notice of rectification."""

import io
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image
from pypdf import PageObject, PdfReader

from app.typesetting import Rectification, rectification_pdf
from tests.evidence.photos import file, scene
from tests.typesetting.paper import on_paper

NOTICE = Rectification(
    number="家园社区整改〔2026〕7号",
    to="帮扶车间负责人",
    opening="2026年11月28日，1号楼发现有下列安全隐患。请在2026年12月9日24:00前整改到位。",
    rows=[("地点", "1号楼"), ("存在的隐患", "楼道堆了纸箱"), ("依据", "")],
    office="家园社区",
    issuer="陈志强",
    day="2026年11月30日",
)


def pages(notice: Rectification) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(rectification_pdf(notice))).pages)


def text(page: PageObject) -> str:
    return page.extract_text().replace("\0", "")


def test_a_usual_notice_is_one_page_of_a4_with_room_to_sign() -> None:
    [page] = pages(replace(NOTICE, photos=[file(scene())] * 4))

    assert [round(float(side)) for side in page.mediabox.upper_right] == [595, 842]
    told = text(page)
    assert all(part in told for part in ("帮扶车间负责人：", "签收人（签名）", "复查情况", "签发人：陈志强"))
    assert "第1页" not in told


URL = "https://gongdi.a-county.example.cn/n/01934f00-0000-7000-8000-00000000abcd"


@pytest.mark.parametrize("dpi", [150, 300])
def test_its_code_is_read_off_the_printed_page(dpi: int) -> None:
    """As a printer and a phone blur it; it stands in nobody's way."""
    notice = replace(NOTICE, url=URL, to="某某县易地扶贫搬迁集中安置区帮扶车间运营管理有限责任公司负责人")
    page = on_paper(rectification_pdf(notice), dpi=dpi)

    [code] = zxingcpp.read_barcodes(page)

    assert code.text == URL
    side_mm = (code.position.top_right.x - code.position.top_left.x) / dpi * 25.4
    assert side_mm > 20
    told = text(pages(notice)[0])
    assert "工作人员扫码看隐患" in told
    assert len(pages(replace(notice, photos=[file(scene())] * 4))) == 1


def test_a_notice_without_an_address_has_no_code() -> None:
    assert zxingcpp.read_barcodes(on_paper(rectification_pdf(NOTICE), dpi=150)) == []


def test_a_row_that_says_nothing_is_left_out() -> None:
    assert "依据" not in text(pages(NOTICE)[0])


def test_long_words_go_on_and_lose_no_sign() -> None:
    words = "楼道堆了纸箱和沙发挡住了去路" * 70
    found = pages(replace(NOTICE, rows=[("存在的隐患", words), ("整改建议", "今天清走")]))

    assert "".join(text(page).replace("\n", "") for page in found).count("楼道堆了纸箱和沙发挡住了去路") == 70
    assert f"第1页，共{len(found)}页" in text(found[0])
    assert "复查情况" in text(found[-1])


def test_what_the_font_cannot_draw_is_said_and_no_box_stands_for_it() -> None:
    """The boxes of the form are to be ticked by hand: there are three, and one more would be read as one."""
    words = "堆了\N{PILE OF POO}\N{FIRE}纸箱\N{HEAVY BLACK HEART}\ufe0f，王\U00021484说"
    [page] = pages(replace(NOTICE, rows=[("存在的隐患", words)], to="\N{GRINNING FACE}负责人"))
    told = text(page)

    assert "堆了〔表情〕纸箱〔表情〕，王〔缺字〕说" in told
    assert "〔表情〕负责人：" in told
    assert told.count("□") == 3


@pytest.mark.parametrize("size", [(4000, 3000), (30, 4000), (5, 5)])
def test_photos_of_any_shape_fit_and_are_made_small(size: tuple[int, int]) -> None:
    width, height = size
    photos = [file(scene(width, height + more)) for more in range(6)]
    [page] = pages(replace(NOTICE, photos=photos))

    pictures = [picture.image for picture in page.images]
    assert len(pictures) == 4
    assert all(picture is not None and max(picture.size) <= 900 for picture in pictures)
    assert isinstance(pictures[0], Image.Image)


def test_nothing_in_it_is_fetched_or_run() -> None:
    """S-156: words that look like markup or an address are words."""
    bad = '<img src="file:///etc/passwd"> {{7*7}} http://evil.example/x.png'
    pdf = rectification_pdf(replace(NOTICE, rows=[("存在的隐患", bad)]))

    assert "file:///etc/passwd" in text(pages(replace(NOTICE, rows=[("存在的隐患", bad)]))[0])
    for mark in (b"/URI", b"/Launch", b"/JavaScript", b"/EmbeddedFile", b"root:"):
        assert mark not in pdf
