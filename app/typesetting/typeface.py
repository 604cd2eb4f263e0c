"""Which font file a text is set in, and how a text breaks into lines that fill a box and never leave it.

Sizes and widths are in whatever unit the caller draws in: a glyph's width grows in proportion to its size.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pylopdf_fonts_zh_cn import sans_path

LEADING = 1.3
"""From one baseline to the next, in sizes."""
MIDDLE = 0.37
"""How far the middle of a Chinese character is above its baseline, in sizes."""
EMOJI, UNDRAWN = "〔表情〕", "〔缺字〕"
"""Stand where somebody wrote what the font has no sign for: a picture, and a letter or another sign."""
STAND_INS = EMOJI + UNDRAWN
_PICTURED = {"So", "Sk"}
"""Kinds of emoji: symbols, and their skins."""
_UNSEEN = {"Cf", "Cc"}
_DRESSING = re.compile("[\ufe00-\ufe0f\u20e3\U000e0100-\U000e01ef]")
"""What only says how the sign before it looks: variation selectors, and the frame of a key."""
_IDEOGRAPHS = range(0x20000, 0x40000)
"""Planes 2 and 3, where Unicode goes on taking in characters of names."""
_GOOD_SHARE = 0.7  # fewer lines look better than a larger size, down to this share of the largest
_NARROW_GAPS = re.compile(r"[ \t\r\n]+")
_ROUNDS = 12  # of halving: finer than a hundredth of a character
_OPENING, _CLOSING = "（《“「【(", "，。、；：？！）》”」】…·,.:;?!)"
# What stays together: a number or word with the sign behind it, a mark with its sign, what stands for one.
_PIECE = re.compile(
    rf"[{_OPENING}]*(?:{EMOJI}|{UNDRAWN}|[A-Za-z0-9#_-]+[^\sA-Za-z0-9]?|\s+|.)[{_CLOSING}]*", re.DOTALL
)

_Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A text broken into lines, all of one size."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Of all lines together."""
        return len(self.lines) * self.size * LEADING

    def baselines(self, top: float) -> Iterator[tuple[str, float]]:
        """Yield each line and where its baseline is, downwards from the block's top."""
        for number, line in enumerate(self.lines):
            yield line, top + self.size * ((number + 0.5) * LEADING + MIDDLE)


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file: what it can draw, and how wide."""

    path: Path

    def lacks(self, text: str) -> set[str]:
        """Return the characters of the text that the file has no glyph for."""
        return {sign for sign in text if not sign.isspace() and sign not in _advances_em(self.path)}

    def width_em(self, text: str) -> float:
        """Return the width of a line, in sizes."""
        advances_em = _advances_em(self.path)
        return sum(advances_em.get(sign, 1.0) for sign in text)

    def fill(self, text: str, width: float, *, size: float, most_lines: int) -> Setting:
        """Set the text at one size, each line as full as it gets; what is too long ends in "…".

        Wide blanks stay, as before a paragraph or where somebody is to write.
        """
        return Setting(_cut(_NARROW_GAPS.sub(" ", text), most_lines, width / size, self.width_em), size)

    def printable(self, text: str) -> str:
        """Say in words what the file cannot draw, once for all that stand side by side.

        An empty square would do as ill as a strange one: on a form it is there to be ticked.
        """
        missing, parts = self.lacks(text), [""]
        for sign in text:
            part = _stand_in(sign) if sign in missing else sign
            if part and (part == sign or part != parts[-1]):
                parts.append(part)
        return "".join(parts)

    def fit(
        self, text: str, width: float, height: float, *, largest: float, smallest: float, most_lines: int = 3
    ) -> Setting:
        """Set the text as large as the box allows, in at most so many lines of about equal length.

        What is too long even at the smallest size ends in "…".
        """
        text = " ".join(text.split())
        measure = self.width_em
        best = Setting((), 0)
        for count in range(1, most_lines + 1):
            lines = _even(text, count, measure)
            widest = max(map(measure, lines)) or 1
            size = min(largest, width / widest, height / (len(lines) * LEADING))
            if size > best.size:
                best = Setting(lines, size)
            if size >= largest * _GOOD_SHARE:
                break
        if best.size >= smallest:
            return best
        room = max(1, min(most_lines, int(height / (smallest * LEADING))))
        return Setting(_cut(text, room, width / smallest, measure), smallest)


def typeface(text: str, font_file: Path | None = None) -> Typeface:
    """Return the chosen font, or the packaged Noto Sans SC if none is chosen or it draws more of the text.

    The packaged one has the rare characters of village names, such as 塆, 垴 and 㘰.
    """
    packaged = Typeface(sans_path())
    if font_file is None:
        return packaged
    chosen = Typeface(font_file)
    return packaged if len(packaged.lacks(text)) < len(chosen.lacks(text)) else chosen


@lru_cache(maxsize=4)
def _advances_em(path: Path) -> Mapping[str, float]:
    """Read how wide each character is, in sizes: 0.2 s, so once for a file; nobody changes it after."""
    with TTFont(path, lazy=True) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {chr(code): widths[glyph][0] / units for code, glyph in font.getBestCmap().items()}


def _stand_in(sign: str) -> str:
    """Give what is written for a sign; nothing for one that only changes how its neighbour looks."""
    kind = unicodedata.category(sign)
    if kind in _UNSEEN or _DRESSING.match(sign):
        return ""
    since_python = kind == "Cn" and ord(sign) not in _IDEOGRAPHS
    return EMOJI if kind in _PICTURED or since_python else UNDRAWN


def _broken(text: str, room_em: float, measure: _Measure) -> tuple[str, ...]:
    """Break into lines greedily; a piece wider than a line is broken anywhere."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        for part in [piece] if measure(piece.strip()) <= room_em else piece:
            if line and measure((line + part).rstrip()) > room_em:
                lines.append(line.rstrip())
                line = part.lstrip()
            else:
                line += part
    return (*lines, line.rstrip())


def _even(text: str, count: int, measure: _Measure) -> tuple[str, ...]:
    """Break into at most ``count`` lines, the longest as short as can be."""
    room_em = measure(text)
    too_narrow = room_em / (count + 1)
    best: tuple[str, ...] = (text,)
    for _ in range(_ROUNDS if count > 1 else 0):
        middle = (too_narrow + room_em) / 2
        lines = _broken(text, middle, measure)
        if len(lines) <= count:
            room_em, best = middle, lines
        else:
            too_narrow = middle
    return best


def _cut(text: str, count: int, room_em: float, measure: _Measure) -> tuple[str, ...]:
    """Break into ``count`` lines and leave out what is more."""
    lines = _broken(text, room_em, measure)
    if len(lines) <= count:
        return lines
    last = "".join(lines[count - 1 :])
    while last and measure(last + "…") > room_em:
        last = last[:-1]
    return (*lines[: count - 1], last + "…")
