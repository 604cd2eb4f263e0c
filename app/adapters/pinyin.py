"""How Chinese signs sound, without tones, by pypinyin's dictionary of single signs."""

import json
import unicodedata
from functools import cache
from importlib.metadata import distribution
from pathlib import Path


@cache
def sounds_of(sign: str) -> tuple[str, ...]:
    """Give the sounds of a sign, the most frequent first, ü as v; of one that has none, the sign itself."""
    heard = _dictionary().get(str(ord(sign)), sign)
    return tuple(dict.fromkeys(map(_toneless, heard.split(","))))


@cache
def _dictionary() -> dict[str, str]:
    """Read sounds by a sign's number, once a process that needs them.

    From the file alone: the package itself reads all its phrases at once, which no name needs, into 50 MB.
    """
    file = Path(str(distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json")))
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _toneless(sound: str) -> str:
    plain = unicodedata.normalize("NFD", sound).replace("u\N{COMBINING DIAERESIS}", "v")
    return "".join(part for part in plain if not unicodedata.combining(part))
