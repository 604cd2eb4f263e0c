"""The check that finds migrations which do not form one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.migrating import FOLDER
from dev.migrations import trouble

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give what writes a migration into a folder that has two, one after the other."""
    (tmp_path / "versions").mkdir()

    def write(name: str, *, follows: str | None, revision: str = "") -> None:
        text = f"revision = {(revision or name)!r}\ndown_revision = {follows!r}\n"
        (tmp_path / "versions" / f"{name}.py").write_text(text)

    write("20260101_0800_first", follows=None)
    write("20260102_0800_second", follows="20260101_0800_first")
    return write


@pytest.mark.usefixtures("write")
def test_one_line_is_no_trouble(tmp_path: Path) -> None:
    assert trouble(tmp_path) == []
    assert trouble(FOLDER) == []


def test_two_newest_ones_are_both_named(tmp_path: Path, write: Write) -> None:
    write("20260103_0800_third", follows="20260101_0800_first")

    (said,) = trouble(tmp_path)

    assert said.startswith("There are 2 newest migrations: 20260102_0800_second.py, 20260103_0800_third.py. ")


def test_a_name_given_twice_is_told(tmp_path: Path, write: Write) -> None:
    write("20260103_0800_third", follows="20260101_0800_first", revision="20260102_0800_second")

    assert trouble(tmp_path) == ["Revision 20260102_0800_second is present more than once."]


def test_one_that_follows_nothing_known_is_told(tmp_path: Path, write: Write) -> None:
    write("20260103_0800_third", follows="20260102_0900_gone")

    (said,) = trouble(tmp_path)

    assert "20260102_0900_gone" in said
    assert "20260103_0800_third" in said
