import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path, serif_path

from app.typesetting import Label, poster_png

URL = "https://gongdi.example.cn/q/17KQ2M9XA4TBC3.9fk2ls8d"
HEAD = (0, 36, 1240, 530)
BAND = (0, 1430, 1240, 1630)
FOOT = (0, 1630, 1240, 1754)
NAMES = [
    ("12栋", "幸福家园安置社区"),
    ("塆垴村3号楼2单元", "咸宁市通山县大路乡塆垴安置区"),
    ("湖北省咸宁市通城县麦市镇陈塅村易地扶贫搬迁集中安置区第十二号居民楼东侧第三单元", "二组" * 30),
    ("W" * 60, "x" * 200),
    ("地" * 60, "地" * 200),
    ("公共厕所", ""),
]


def drawn(
    name: str, note: str, number: str = "7KQ2-1", font_file: Path | None = None, community: str = "新城社区"
) -> Image.Image:
    label = Label(URL, name, note, community, number)
    return Image.open(io.BytesIO(poster_png(label, font_file=font_file))).convert("RGB")


def strong(difference: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of what the eye sees of a difference, not of what reducing the colours made."""
    return difference.convert("L").point(lambda value: 255 * (value > 40)).getbbox()


def ink_of(image: Image.Image, zone: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Return the box of what differs from the zone's ground."""
    part = image.crop(zone)
    return strong(ImageChops.difference(part, Image.new("RGB", part.size, part.getpixel((2, 60)))))


@pytest.mark.parametrize("name,note", NAMES, ids=range(len(NAMES)))
def test_another_decoder_reads_every_poster(name: str, note: str) -> None:
    poster = drawn(name, note)

    assert poster.size == (1240, 1754)
    assert [code.text for code in zxingcpp.read_barcodes(poster.convert("L"))] == [URL]


def test_the_code_is_read_from_a_photo_of_the_poster_taken_afar() -> None:
    """A poster 150 px wide is how 1,080 px across see it from a little over a metre."""
    far = drawn("12栋", "幸福家园").convert("L").resize((150, 212), Image.Resampling.BILINEAR)
    scene = Image.new("L", (1080, 1440), 150)
    scene.paste(far.rotate(7, expand=True, fillcolor=150), (400, 500))

    assert [code.text for code in zxingcpp.read_barcodes(scene)] == [URL]


@pytest.mark.parametrize("name,note", NAMES, ids=range(len(NAMES)))
@pytest.mark.parametrize("zone", [HEAD, BAND, FOOT])
def test_no_text_touches_an_edge(name: str, note: str, zone: tuple[int, int, int, int]) -> None:
    ink = ink_of(drawn(name, note, number="7KQ2M9XA4TBC3-12", community="长" * 60), zone)

    assert ink is not None
    assert ink[0] >= 70
    assert ink[2] <= 1240 - 70
    assert ink[1] >= 10
    assert ink[3] <= zone[3] - zone[1] - 10


def test_a_short_name_can_be_read_from_two_metres() -> None:
    """Letters are read at 1/200 of the distance: 10 mm, which is 84 px of this poster."""
    ink = ink_of(drawn("12栋", "", community=""), HEAD)

    assert ink is not None
    assert ink[3] - ink[1] > 110
    assert abs((ink[0] + ink[2]) / 2 - 620) < 8


def test_name_note_community_and_number_are_each_drawn() -> None:
    plain = drawn("12栋", "幸福家园", "7KQ2-1")
    for other, zone in (
        (drawn("13栋", "幸福家园", "7KQ2-1"), HEAD),
        (drawn("12栋", "幸福新村", "7KQ2-1"), HEAD),
        (drawn("12栋", "幸福家园", "7KQ2-1", community="润田村委会"), HEAD),
        (drawn("12栋", "幸福家园", "7KQ2-2"), FOOT),
    ):
        changed = strong(ImageChops.difference(plain, other))
        assert changed is not None
        assert zone[1] <= changed[1] < changed[3] <= zone[3]


@pytest.mark.parametrize(
    "words,zone,size,ink,ground,stroke",
    [("扫一扫，报隐患", BAND, 96, "white", "#0b6b4f", 2), ("编号 7KQ2-1", FOOT, 48, "#1a1a1a", "white", 0)],
)
def test_a_poster_says_word_by_word_how_to_use_it_and_which_it_is(
    words: str, zone: tuple[int, int, int, int], size: int, ink: str, ground: str, stroke: int
) -> None:
    """Nobody reads words out of pixels here, so the same words are written beside them."""
    written = Image.new("RGB", (1240, 1754), ground)
    pen = ImageDraw.Draw(written)
    baseline = (zone[1] + zone[3]) / 2 + 0.37 * size
    font = ImageFont.truetype(sans_path(), size, layout_engine=ImageFont.Layout.BASIC)
    pen.text((620, baseline), words, font=font, fill=ink, anchor="ms", stroke_width=stroke, stroke_fill=ink)

    assert strong(ImageChops.difference(drawn("12栋", "幸福家园").crop(zone), written.crop(zone))) is None


def test_rare_characters_are_not_drawn_as_empty_boxes() -> None:
    """A character that no font has shows the box; the rare ones must look otherwise, and unlike."""
    box, wan, nao = (drawn(sign, "").crop(HEAD).tobytes() for sign in "\ue123塆垴")

    assert len({box, wan, nao}) == 3


def test_another_font_may_be_chosen() -> None:
    assert drawn("12栋", "", font_file=serif_path()).tobytes() != drawn("12栋", "").tobytes()


def test_the_same_label_gives_the_same_file() -> None:
    label = Label(URL, "12栋", "幸福家园", "新城社区", "7KQ2-1")

    assert poster_png(label) == poster_png(label)
    assert Image.open(io.BytesIO(poster_png(label))).info["dpi"] == pytest.approx((213, 213), abs=0.1)
