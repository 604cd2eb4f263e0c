"""What a door may mean as somebody typed it."""

import pytest

from app.people.door_words import buildings_alike, readings


@pytest.mark.parametrize(
    "typed, read",
    [
        ("三号楼101", [["3号楼", "101"]]),
        ("十栋", [["10栋"]]),
        ("十二栋二单元", [["12栋", "2单元"]]),
        ("二十幢", [["20幢"]]),
        ("二十三号101", [["23号", "101"]]),
        ("一二座", [["12座"]]),
        ("十十号楼", [["十10号楼"]]),
        ("十一", [["十一"]]),
        ("3#101", [["3#", "101"]]),
        ("3#楼1-101", [["3#楼", "1-101"], ["3#楼", "1单元", "101"]]),
        ("1-101", [["1-101"], ["1号楼", "101"], ["1单元", "101"]]),
        ("3-1-1001", [["3-1-1001"], ["3号楼", "1单元", "1001"]]),
        ("1-1-1-101", [["1-1-1-101"]]),
        ("张三", [["张三"]]),
        ("#", [["#"]]),
    ],
)
def test_a_word_is_read_as_people_write_doors(typed: str, read: list[list[str]]) -> None:
    assert readings(typed) == read


@pytest.mark.parametrize(
    "word, alike", [("3栋", {"3号楼", "三号楼", "3#", "3幢"}), ("10号楼", {"十栋"}), ("21#", {"二十一幢"})]
)
def test_a_building_has_many_ways_to_be_written(word: str, alike: set[str]) -> None:
    assert alike | {word} <= set(buildings_alike(word))


@pytest.mark.parametrize("word", ["100", "张三", "栋", "1单元"])
def test_what_names_no_building_stands_for_itself(word: str) -> None:
    assert buildings_alike(word) == [word]
