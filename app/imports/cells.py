"""Reading cells as people fill them: what can be understood is taken and remarked on, the rest is named."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from app.adapters import ReadCell
from app.imports.findings import CellFault, Finding, Found

_SAFE_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:\s*0{1,2}:00(?::00)?)?")
_EIGHT = re.compile(r"\d{8}")
_LOST = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_PHONE = re.compile(r"1\d{10}")
_ID = re.compile(r"\d{17}[0-9X]")
_TIME = re.compile(r"(\d{1,2})[:点时](\d{1,2})分?(?::\d{2})?")
_DASHES = "-\N{HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_INVISIBLE = {"Cc", "Cf", "Cs"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LIKE = 0.3
"""How much a word must be like one of the list to be offered; else the first is."""
Reader = Callable[["Seen"], Any]


@dataclass
class Seen:
    """A cell that is being read, and what is remarked on."""

    cell: ReadCell
    heading: str
    epoch: date
    findings: list[Finding] = field(default_factory=list)

    def remark(self, found: Found, said: str = "") -> None:
        """Tell something of the cell, once."""
        finding = Finding(found, self.cell.address, self.heading, said)
        if finding not in self.findings:
            self.findings.append(finding)

    @property
    def words(self) -> str:
        """Give what stands there as text: plain signs, no blanks around it nor doubled within."""
        value = self.cell.value
        if isinstance(value, bool):
            value = "是" if value else "否"
        if isinstance(value, int | float):
            value = _figure(value)
        if isinstance(value, datetime):
            value = value.date().isoformat()
        raw = str(value)
        plain = unicodedata.normalize("NFKC", raw)
        if any(one != unicodedata.normalize("NFKC", one) for one in raw if one.isalnum() or one in _WIDE):
            self.remark(Found.FULL_WIDTH)
        kept = "".join(one for one in plain if one == "\n" or unicodedata.category(one) not in _INVISIBLE)
        tidy = " ".join(kept.split())
        if tidy != plain.replace("\n", " "):
            self.remark(Found.SPACES)
        return tidy


_WIDE = {chr(sign) for sign in range(0xFF01, 0xFF5F)} - {"，", "。", "；", "：", "！", "？", "（", "）"}


def text(most: int) -> Reader:
    """Read words of at most so many signs."""

    def read(seen: Seen) -> str:
        words = seen.words
        if len(words) > most:
            raise CellFault(Found.TOO_LONG, str(most))
        return words

    return read


def name(most: int) -> Reader:
    """Read a name; between two Chinese signs stands no blank, however it was spread over its cell."""
    spread = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

    def read(seen: Seen) -> str:
        words = text(most)(seen)
        tidy = spread.sub("", words)
        if tidy != words:
            seen.remark(Found.SPACES)
        return tidy

    return read


def phone(seen: Seen) -> str:
    """Read a mobile phone number."""
    signs = _signs(seen)
    signs = signs.removeprefix("+86").removeprefix("0086") if len(signs) > len("13800000000") else signs
    if not _PHONE.fullmatch(signs):
        raise CellFault(Found.PHONE_FORM)
    return signs


def id_number(seen: Seen) -> str:
    """Read an ID number of 18 signs; whether they fit is seen later."""
    signs = _signs(seen).upper()
    if not _ID.fullmatch(signs):
        raise CellFault(Found.ID_FORM)
    return signs


def day(seen: Seen) -> str:
    """Read a day, in any way in which it is written."""
    value = seen.cell.value
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    words = seen.words.replace(" ", "")
    if _EIGHT.fullmatch(words):
        found = _calendar(words[:4], words[4:6], words[6:])
    elif is_figure:
        found = _counted(seen.epoch, value)
        seen.remark(Found.DATE_AS_NUMBER, found)
        return found
    elif shape := _DAY.fullmatch(words):
        found = _calendar(*shape.groups()[:3])
    else:
        raise CellFault(Found.NOT_A_DATE)
    if is_figure or words != found:
        seen.remark(Found.DATE_AS_NUMBER if is_figure else Found.DATE_AS_TEXT, found)
    return found


def clock(seen: Seen) -> str:
    """Read a time of day."""
    value = seen.cell.value
    if isinstance(value, datetime | time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    shape = _TIME.fullmatch(seen.words.replace(" ", ""))
    if shape is None or int(shape[1]) > 23 or int(shape[2]) > 59:  # noqa: PLR2004 - a day's hours, minutes
        raise CellFault(Found.NOT_A_TIME)
    return f"{int(shape[1]):02}:{int(shape[2]):02}"


def whole(least: int, most: int) -> Reader:
    """Read a whole number."""

    def read(seen: Seen) -> int:
        words = seen.words
        if not re.fullmatch(r"\d{1,9}", words) or not least <= int(words) <= most:
            raise CellFault(Found.NOT_A_NUMBER, f"{least}到{most}")
        return int(words)

    return read


def choice(words: Mapping[str, str], also: Mapping[str, str] | None = None) -> Reader:
    """Read one of some words as its code; ``also`` are others that mean the same."""
    known = {**(also or {}), **words}

    def read(seen: Seen) -> str:
        said = seen.words.replace(" ", "")
        if said not in known:
            raise CellFault(Found.UNKNOWN_WORD, nearest(said, list(words)))
        return known[said]

    return read


def nearest(said: str, words: Sequence[str]) -> str:
    """Give the word that is most like what was said, or the first one."""
    like = get_close_matches(said, words, n=1, cutoff=_LIKE)
    return like[0] if like else next(iter(words), "")


def _signs(seen: Seen) -> str:
    """Give digits and letters without gaps and dashes."""
    value = seen.cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= 10**_SAFE_DIGITS or value != int(value):
            raise CellFault(Found.NUMBER_LOST)
        seen.remark(Found.NUMBER_CELL)
    words = seen.words
    if _LOST.fullmatch(words):
        raise CellFault(Found.NUMBER_LOST)
    return "".join(one for one in words if not one.isspace() and one not in _DASHES and one != "'")


def _figure(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _counted(epoch: date, value: float) -> str:
    """Give the day that a spreadsheet shows for a figure; a year alone is none, nor is what nobody saw."""
    if _FIRST_YEAR <= value <= _LAST_YEAR:
        raise CellFault(Found.NOT_A_DATE)
    try:
        found = epoch + timedelta(days=int(value))
    except OverflowError:
        raise CellFault(Found.NOT_A_DATE) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise CellFault(Found.NOT_A_DATE)
    return found.isoformat()


def _calendar(year: str, month: str, in_month: str) -> str:
    try:
        return date(int(year), int(month), int(in_month)).isoformat()
    except ValueError:
        raise CellFault(Found.NOT_A_DATE) from None
