"""By what a name is found: its signs, how they sound, and what each sound begins with."""

import unicodedata
from itertools import islice, product

from app.actors import community_of
from app.adapters import sounds_of

_SOUNDS_OF_FIRST, _SOUNDS_OF_OTHERS, _MOST_READINGS = 4, 2, 12
"""Of a surname more sounds are in use than of a given name: 单 is Shan, Dan or Chan."""
_LONG_NAME, _MOST_SIGNS = 6, 20
"""From so many signs on each has one sound, the first six begin words, and no sign after the twentieth is in
them: so all that is written of a name is bounded."""


def found_by(area_code: str, name: str) -> str:
    """Give the words by which a name is found in the community of an area, as PostgreSQL's ``tsvector``.

    Of 张建国 these are the name, zhangjianguo and zjg, and the same from each sign on: 建国, jianguo, jg. So
    what somebody types begins one of them. Each has the community's code before it, which keeps a search from
    reading what lies elsewhere.
    """
    signs = list(plain_signs(name))[:_MOST_SIGNS]
    readings = list(islice(product(*(_sounds(signs, place) for place in range(len(signs)))), _MOST_READINGS))
    words: set[str] = set()
    for start in range(min(len(signs), _LONG_NAME)):
        words.add("".join(signs[start:]))
        for reading in readings:
            words |= {"".join(reading[start:]), "".join(sound[0] for sound in reading[start:])}
    return " ".join(sorted(community_of(area_code) + word for word in words))


def plain_signs(text: str) -> str:
    """Give the letters, digits and characters of a text as they are compared."""
    return "".join(filter(str.isalnum, spelled(text)))


def spelled(text: str) -> str:
    """Give a text as it is compared: wide signs as plain ones, small letters, and v for ü."""
    return unicodedata.normalize("NFKC", text).lower().replace("ü", "v")


def _sounds(signs: list[str], place: int) -> tuple[str, ...]:
    if signs[place].isascii():
        return (signs[place],)
    most = _SOUNDS_OF_OTHERS if place else _SOUNDS_OF_FIRST
    return sounds_of(signs[place])[: 1 if len(signs) >= _LONG_NAME else most]
