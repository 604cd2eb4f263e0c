from pathlib import Path

import pytest

from app.typesetting import Label, UnprintableError, check_printable
from tests.typesetting.test_typeface import small_font

LABEL = {"name": "塆垴12栋", "note": "东区，二组（北）", "community": "新城社区", "number": "7KQ2M9XA4-1"}
RARE = "𠮷𡒄"


def label(**changes: str) -> Label:
    return Label(url="https://gongdi.example.cn/q/1", **LABEL | changes)


def test_ordinary_texts_pass() -> None:
    check_printable([label()], "幸福家园点位码 2026·第1批")


def test_a_title_is_refused_by_its_field_with_each_missing_sign_once() -> None:
    with pytest.raises(UnprintableError) as refused:
        check_printable([label()], f"😀😀 楼栋 {RARE}\ufe0f")

    assert refused.value.data == {
        "text": f"😀😀 楼栋 {RARE}\ufe0f",
        "signs": "😀、𠮷、𡒄、U+FE0F",
        "field": "title",
    }


@pytest.mark.parametrize("part", ["name", "note", "community", "number"])
def test_every_text_of_every_label_counts(part: str) -> None:
    with pytest.raises(UnprintableError) as refused:
        check_printable([label(), label(**{part: f"{RARE}楼"})], "幸福家园")

    assert refused.value.data == {"text": f"{RARE}楼", "signs": "𠮷、𡒄"}


def test_a_chosen_font_that_has_too_few_signs_does_no_harm(tmp_path: Path) -> None:
    check_printable([label()], font_file=small_font(tmp_path, "12栋"))
