"""How people write a door: 3号楼1单元101, 三栋101, 3#1-101 or 3-1-101 for the same one."""

import re

_BUILDINGS = ("号楼", "栋", "幢", "座", "#楼", "#", "号")
"""What stands behind the number of a building; of one thing, as people write it."""
_STAIRCASE = "单元"
_PARTS = re.compile(f"(?<=[0-9])({'|'.join((*_BUILDINGS, _STAIRCASE))})")
_BUILDING = re.compile(f"([0-9]{{1,4}})({'|'.join(_BUILDINGS)})")
_FIGURES, _TEN = "一二三四五六七八九", "十"
_IN_WORDS = re.compile(
    f"(?:([{_FIGURES}])?{_TEN}([{_FIGURES}])?|([{_FIGURES}]{{1,4}}))(?=号楼|栋|幢|座|号|#|{_STAIRCASE})"
)
_JOINED = re.compile(r"(?:([0-9]{1,3})[-~_/—－])?([0-9]{1,3})[-~_/—－]([0-9]{3,4})")
_SAID = range(1, 100)
"""Numbers of buildings that are written in words, too."""


def readings(typed: str) -> list[list[str]]:
    """Give what a word that somebody typed may say: of one reading each word fits.

    It is cut behind the words for a building and a staircase. Of figures with a line between them, the first
    may be a building's or a staircase's.
    """
    plain = _IN_WORDS.sub(_in_figures, typed)
    read = [_PARTS.sub(r"\1 ", plain).split()]
    if joined := _JOINED.fullmatch(plain):
        building, staircase, door = joined.groups()
        if building:
            read.append([f"{building}号楼", f"{staircase}{_STAIRCASE}", door])
        else:
            read += [[f"{staircase}号楼", door], [f"{staircase}{_STAIRCASE}", door]]
    elif joined := _JOINED.fullmatch(_last(read[0])):
        read.append([*read[0][:-1], f"{joined[2]}{_STAIRCASE}", joined[3]])
    return [words for words in read if words]


def is_joined(word: str) -> bool:
    """Say whether a word is figures with lines between them, such as 3-1-101."""
    return _JOINED.fullmatch(word) is not None


def buildings_alike(word: str) -> list[str]:
    """Give how else a building's number is written, or the word alone."""
    found = _BUILDING.fullmatch(word)
    if found is None:
        return [word]
    numbers = [found[1], *([_in_words(int(found[1]))] if int(found[1]) in _SAID else [])]
    return [number + one for number in numbers for one in _BUILDINGS]


def _last(words: list[str]) -> str:
    return words[-1] if words else ""


def _in_figures(found: re.Match[str]) -> str:
    """Write 三 as 3, 十二 as 12, 二十 as 20, and 一二 as 12."""
    tens, ones, others = found.groups()
    if others:
        return "".join(str(_FIGURES.index(one) + 1) for one in others)
    return str(10 * (_FIGURES.index(tens) + 1 if tens else 1) + (_FIGURES.index(ones) + 1 if ones else 0))


def _in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    begun = "" if tens == 0 else ("" if tens == 1 else _FIGURES[tens - 1]) + _TEN
    return begun + (_FIGURES[ones - 1] if ones else "")
