"""Headings and words of a copy: every column and every code has one, and none is left over."""

import re
from enum import StrEnum

import pytest
from sqlalchemy import Enum

from app.actors import ProxyFunction, Role
from app.identity import Permission
from app.models import WageBand
from app.notices import NoticeKind
from app.notices.words import text_of
from app.own_data import COPIED, ClosingReason
from app.own_data.names import _NAMED
from app.own_data.page_parts import CARDS, GROUPS, PHOTOS, UNDER
from app.own_data.plain_words import heading, headings, words

_KINDS = {copied.name for copied in COPIED}
_OF_LISTS: dict[str, type[StrEnum]] = {
    kind.__name__: kind for kind in (ProxyFunction, ClosingReason, Permission, Role, WageBand)
}
_WITHOUT_ENUM = {"PresenceReason"}
"""Words that records hold as plain texts."""
_CHINESE = re.compile("[\u4e00-\u9fff]")


def _enumerations() -> dict[str, type[StrEnum]]:
    found = dict(_OF_LISTS)
    for copied in COPIED:
        for column in copied.columns:
            if isinstance(column.type, Enum):
                kind = column.type.enum_class
                assert kind is not None
                found[kind.__name__] = kind  # type: ignore[assignment]
    return found


def _named() -> set[tuple[str, str]]:
    return {
        (copied.table.name, column.name.removesuffix("_sealed"))
        for copied in COPIED
        for column in copied.columns
    }


def test_every_column_has_a_chinese_heading_and_no_heading_is_left_over() -> None:
    """S-76: a new column of a copy fails here until somebody says what people call it."""
    known = headings()
    missing = {f"{table}.{name}" for table, name in _named() if not {(table, name), ("*", name)} & set(known)}
    own = {(table, name) for table, name in known if table != "*"}
    shared = {name for table, name in known if table == "*"}

    assert missing == set()
    assert own - _named() == set()
    assert shared - {name for table, name in _named() if (table, name) not in known} == set()
    assert [one for one in known.values() if not _CHINESE.search(one.text)] == []


def test_a_code_that_was_typed_right_at_once_is_not_called_wrong() -> None:
    """S-76: each try is counted, the right one as well."""
    assert heading("sign_in_codes", "tries").text == "输入次数"


def test_a_pick_up_code_is_called_as_everywhere() -> None:
    """One word for one thing, the glossary's."""
    of_code = [one.text for (_, name), one in headings().items() if name.startswith("pickup_")]

    assert len(of_code) == 5
    assert [one for one in of_code if "取货码" not in one] == []


@pytest.mark.parametrize("what", ["consent_given", "consent_refused", "consent_withdrawn"])
def test_a_paper_is_not_said_to_be_the_readers(what: str) -> None:
    """S-74: the other guardian, who did not sign, is told by the same notice."""
    assert "您" not in text_of(NoticeKind.OWN_DATA, {"what": what})


def test_headings_of_one_kind_differ() -> None:
    """S-76: two columns of one table must not read the same."""
    for copied in COPIED:
        heads = [
            heading(copied.table.name, column.name.removesuffix("_sealed")).text for column in copied.columns
        ]
        assert len(heads) == len(set(heads)), copied.name


def test_every_code_has_a_word_and_no_word_is_left_over() -> None:
    """S-76: a new code of a copy fails here until somebody says what people call it."""
    codes = {(name, str(one.value)) for name, kind in _enumerations().items() for one in kind}
    told = {(kind, code) for kind, code in words() if kind not in _WITHOUT_ENUM}

    assert codes - told == set()
    assert told - codes == set()
    assert {word for word in words().values() if not _CHINESE.search(word)} == {"WGS-84", "GCJ-02"}


def test_every_kind_has_one_place_on_the_page() -> None:
    """S-76: else a kind would stand nowhere, or twice."""
    grouped = [kind for group in GROUPS for kind in group.kinds]
    below = {kind for kind, _ in UNDER.values()} | {"photo_links"}

    assert sorted([*grouped, *below]) == sorted(_KINDS)
    without_id = {copied.name for copied in COPIED if "id" not in copied.table.c}
    assert without_id & set(grouped) == set(), "the page finds the newest rows by it"
    assert set(grouped) >= CARDS | PHOTOS | set(UNDER)


@pytest.mark.parametrize("table", ["users", "residents", "households", "harm_cases"])
def test_no_people_can_be_named(table: str) -> None:
    """S-76: names are looked up for things alone."""
    assert table not in _NAMED
