"""Workbooks that are none, hold too much, or something that acts: nothing of them is read."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.imports import template
from tests.api.test_bad_workbooks import archive, linked, with_entity
from tests.client import Client
from tests.import_world import checked, count, person, residents, rows_of, send, shown_of

GOOD = residents(person("赵大"))


@pytest.mark.parametrize(
    "data, told",
    [
        (b"a,b\n1,2\n", (415, "workbook_unreadable")),
        (GOOD[: len(GOOD) // 2], (415, "workbook_unreadable")),
        (archive(GOOD, xl__vbaProject_dot_bin=b"x"), (415, "workbook_active")),
        (archive(GOOD, xl__externalLinks__externalLink1_dot_xml=b"<x/>"), (415, "workbook_active")),
        (linked(GOOD), (415, "workbook_unreadable")),
        (archive(GOOD, bomb=bytes(8 * 1024 * 1024)), (413, "workbook_too_large")),
        (bytes(8 * 1024 * 1024 + 1), (413, "too_large")),
    ],
    ids=["no archive", "cut off", "macros", "links", "a link", "a bomb", "too long"],
)
def test_what_an_archive_says_of_itself_is_refused_when_it_is_sent(
    admin: Client, data: bytes, told: tuple[int, str]
) -> None:
    """S-147: entries, unpacked size, ratio, links, macros, external links."""
    answer = send(admin, data)

    assert (answer.status_code, answer.json["code"]) == told
    assert admin.get("/v1/imports").json["items"] == []


@pytest.mark.parametrize(
    "spoilt",
    [with_entity(template()), archive(b"", a_dot_txt=b"x")],
    ids=["entities", "another archive"],
)
def test_what_only_reading_shows_fails_in_words(
    app: Flask, session: Session, admin: Client, spoilt: bytes
) -> None:
    import_id = checked(app, session, admin, spoilt)

    shown = shown_of(admin, import_id)
    assert (shown["state"], shown["failure"]["code"]) == ("failed", "unreadable")
    assert shown["failure"]["text"] == "这个文件打不开，请另存成 .xlsx 再传"
    assert rows_of(admin, import_id) == []


def test_a_merge_over_everything_is_no_more_than_the_sheet(
    app: Flask, session: Session, admin: Client
) -> None:
    """Spans that lie over each other, as no program writes them, cost no more than the sheet is large."""
    before = count(session)
    spans = b"".join(b'<mergeCell ref="A1:ZZ20000"/>' for _ in range(3_000))
    data = with_merges(GOOD, b"<mergeCells>" + spans + b"</mergeCells>")

    import_id = checked(app, session, admin, data)

    assert shown_of(admin, import_id)["state"] in {"checked", "failed"}
    assert count(session) == before


def with_merges(data: bytes, merges: bytes) -> bytes:
    """Put spans of merged cells into the first sheet's XML."""
    made = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", b"</sheetData>" + merges)
            new.writestr(name, part)
    return made.getvalue()
