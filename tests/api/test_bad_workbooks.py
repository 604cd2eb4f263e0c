"""Workbooks that are none, hold too much, or something that acts."""

import stat
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from tests.checklist_world import draft_body, draft_of, given, published, refused, sent
from tests.client import Client


@pytest.fixture
def admin(be: Callable[[str], Client]) -> Client:
    return be("admin")


def archive(data: bytes, **more: bytes) -> bytes:
    """Add parts to a workbook; ``__`` in a name stands for a slash, ``_dot_`` for a point."""
    made = BytesIO(data)
    with ZipFile(made, "a", ZIP_DEFLATED) as file:
        for name, part in more.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return made.getvalue()


def linked(data: bytes) -> bytes:
    made = BytesIO(data)
    entry = ZipInfo("xl/link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(made, "a") as file:
        file.writestr(entry, "/etc/passwd")
    return made.getvalue()


def with_entity(data: bytes) -> bytes:
    """Let the sheet's XML define an entity that grows."""
    made = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/sharedStrings.xml":
                head, _, rest = part.partition(b"?>")
                part = head + b'?><!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + rest
            new.writestr(name, part)
    return made.getvalue()


_SPOILT: dict[str, tuple[Callable[[bytes], bytes], tuple[int, str]]] = {
    "no archive": (lambda _: b"code,text\n1,2\n", (415, "workbook_unreadable")),
    "nothing": (lambda _: b"", (415, "workbook_unreadable")),
    "cut off": (lambda data: data[: len(data) // 2], (415, "workbook_unreadable")),
    "another archive": (lambda _: archive(b"", a_dot_txt=b"x"), (415, "workbook_unreadable")),
    "macros": (lambda data: archive(data, xl__vbaProject_dot_bin=b"x"), (415, "workbook_active")),
    "another workbook or DDE": (
        lambda data: archive(data, xl__externalLinks__externalLink1_dot_xml=b"<x/>"),
        (415, "workbook_active"),
    ),
    "something put in": (
        lambda data: archive(data, xl__embeddings__oleObject1_dot_bin=b"x"),
        (415, "workbook_active"),
    ),
    "a connection": (lambda data: archive(data, xl__connections_dot_xml=b"<x/>"), (415, "workbook_active")),
    "a path outside": (lambda data: archive(data, **{"..__x": b"x"}), (415, "workbook_unreadable")),
    "a link": (linked, (415, "workbook_unreadable")),
    "entities": (with_entity, (415, "workbook_unreadable")),
    "many parts": (
        lambda data: archive(data, **{f"part{number}": b"x" for number in range(100)}),
        (413, "workbook_too_large"),
    ),
    "a bomb": (lambda data: archive(data, bomb=bytes(8 * 1024 * 1024)), (413, "workbook_too_large")),
    "much": (
        lambda data: archive(data, **{f"part{number}": bytes(60 * 1024) for number in range(280)}),
        (413, "workbook_too_large"),
    ),
}


@pytest.mark.parametrize("how", _SPOILT)
def test_archives_are_limited_and_nothing_active_is_read(admin: Client, how: str) -> None:
    """S-147: entries, unpacked size, ratio, links, outside paths, macros, external links, DDE."""
    made, draft = published(admin, draft_body()), draft_of(admin)
    spoil, told = _SPOILT[how]

    assert refused(sent(admin, draft, spoil(given(admin, made)))) == told
    assert admin.get(f"/v1/checklist-drafts/{draft['id']}").json == draft


def test_a_file_that_is_too_long_is_refused_unread(admin: Client) -> None:
    answer = sent(admin, draft_of(admin), bytes(2 * 1024 * 1024 + 1))

    assert refused(answer) == (413, "too_large")
