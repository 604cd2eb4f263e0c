from pathlib import Path

import pytest
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from pylopdf_fonts_zh_cn import sans_path, serif_path

from app.typesetting.typeface import LEADING, UNDRAWN, Typeface, typeface

SANS = Typeface(sans_path())
ELLIPSIS = "…"
chinese = st.text("幸福家园塆垴村楼栋单元第一二三，。、（）()《》1234567890ABCWi. ", max_size=80)


def small_font(folder: Path, characters: str) -> Path:
    """Cut a font down to these characters."""
    with TTFont(serif_path()) as font:
        cutter = subset.Subsetter(subset.Options(notdef_outline=True))
        cutter.populate(text=characters)
        cutter.subset(font)
        font.save(folder / "small.otf")
    return folder / "small.otf"


def test_the_packaged_font_has_the_rare_characters_of_village_names() -> None:
    assert SANS.lacks("塆垴塝垸畈埫㘰㙟㟍堍塅堉洑渌潨") == set()
    assert SANS.lacks("𡒄") == {"𡒄"}


@pytest.mark.parametrize(
    "sent, shown",
    [
        ("塆里堆了纸箱，★①㎡", "塆里堆了纸箱，★①㎡"),
        ("堆了💩💩纸箱", "堆了〔表情〕纸箱"),
        ("👨\u200d👩\u200d👧来了", "〔表情〕来了"),
        ("👍🏽好", "〔表情〕好"),
        ("1\ufe0f\u20e3楼", "1楼"),
        ("🇨🇳", "〔表情〕"),
        ("王𡒄", "王〔缺字〕"),
        ("王\U000323b0", "王〔缺字〕"),
        ("\U0001fae9来了", "〔表情〕来了"),
        ("x\u0331线", "x〔缺字〕线"),
        ("𡒄😀", "〔缺字〕〔表情〕"),
        ("啊啊啊", "啊啊啊"),
        ("\ufe0f", ""),
    ],
)
def test_what_cannot_be_drawn_is_said_in_words_once(sent: str, shown: str) -> None:
    assert SANS.printable(sent) == shown


def test_what_stands_for_a_sign_is_not_broken() -> None:
    assert SANS.fill(f"张王{UNDRAWN}", 5, size=1, most_lines=3).lines == ("张王", UNDRAWN)


def test_without_a_choice_the_packaged_font_is_taken() -> None:
    assert typeface("塆垴") == SANS


def test_a_chosen_font_is_taken_if_it_has_the_characters(tmp_path: Path) -> None:
    chosen = small_font(tmp_path, "12栋")

    assert typeface("12栋", chosen).path == chosen
    assert typeface("12栋𡒄", chosen).path == chosen


def test_a_chosen_font_that_lacks_a_character_is_not_taken(tmp_path: Path) -> None:
    assert typeface("塆12栋", small_font(tmp_path, "12栋")) == SANS


def test_a_chinese_character_is_as_wide_as_its_size() -> None:
    assert SANS.width_em("幸福家园") == 4
    assert 0.9 < SANS.width_em("12") < 1.3


def test_a_short_text_is_one_line_of_the_largest_size() -> None:
    setting = SANS.fit("幸福", 1000, 500, largest=150, smallest=20)

    assert (setting.lines, setting.size) == (("幸福",), 150)


def test_a_text_a_little_too_long_shrinks_before_it_breaks() -> None:
    setting = SANS.fit("幸福家园安置社区", 1000, 500, largest=150, smallest=20)

    assert setting.lines == ("幸福家园安置社区",)
    assert setting.size == pytest.approx(125)


def test_a_long_text_breaks_into_lines_of_equal_length() -> None:
    setting = SANS.fit("一二三四五六七八九十甲乙", 1000, 1000, largest=200, smallest=20)

    assert setting.lines == ("一二三四五六", "七八九十甲乙")
    assert setting.size == pytest.approx(1000 / 6)


@pytest.mark.parametrize("width", range(300, 1_500, 50))
def test_numbers_keep_their_sign_and_marks_do_not_begin_a_line(width: int) -> None:
    setting = SANS.fit("幸福家园小区一组123号，（东）", width, 1000, largest=100, smallest=20, most_lines=4)

    assert any("123号，" in line for line in setting.lines)
    assert any("（东）" in line for line in setting.lines)


def test_the_height_counts_too() -> None:
    setting = SANS.fit("一二三四五六七八九十甲乙", 1000, 50, largest=200, smallest=10)

    assert setting.height <= 50
    assert setting.size == pytest.approx(50 / LEADING)
    assert setting.lines == ("一二三四五六七八九十甲乙",)


def test_what_is_too_long_at_the_smallest_size_is_cut_and_says_so() -> None:
    setting = SANS.fit("地" * 300, 1000, 130, largest=100, smallest=50, most_lines=2)

    assert setting.lines == ("地" * 20, "地" * 19 + ELLIPSIS)
    assert setting.size == 50


def test_a_box_without_room_for_a_sign_ends_in_the_mark_of_a_cut() -> None:
    assert SANS.fit("地" * 3, 10, 60, largest=50, smallest=50, most_lines=1).lines == (ELLIPSIS,)


def test_an_empty_text_is_nothing_to_draw() -> None:
    assert SANS.fit("", 1000, 100, largest=50, smallest=10).lines == ("",)


@given(chinese, st.integers(100, 2_000), st.integers(40, 600), st.integers(1, 4))
@settings(deadline=None, max_examples=300)
def test_no_text_leaves_its_box(text: str, width: int, height: int, most_lines: int) -> None:
    setting = SANS.fit(text, width, height, largest=150, smallest=20, most_lines=most_lines)

    assert 20 <= setting.size <= 150
    assert len(setting.lines) <= most_lines
    assert max(map(SANS.width_em, setting.lines)) * setting.size <= width + 0.01
    assert setting.height <= height + 0.01
    shown, sent = "".join("".join(setting.lines).split()), "".join(text.split())
    assert shown == sent or (shown.endswith(ELLIPSIS) and sent.startswith(shown[:-1]))


def test_baselines_stand_one_leading_apart() -> None:
    setting = SANS.fit("一二三四五六七八九十甲乙", 300, 1000, largest=100, smallest=20, most_lines=2)
    (first, upper), (second, lower) = setting.baselines(10)

    assert (first, second) == ("一二三四五六", "七八九十甲乙")
    assert lower - upper == pytest.approx(50 * LEADING)
    assert upper == pytest.approx(10 + 50 * (LEADING / 2 + 0.37))
