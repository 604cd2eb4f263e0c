"""The file that people get: a ZIP of a page to read, their data as JSON and CSV, and their photos."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters import PhotoMissingError, PhotoStore, photo_key
from app.clock import SHANGHAI, now
from app.models import Photo
from app.own_data import reach
from app.own_data.copied import COPIED
from app.own_data.held import counted
from app.own_data.kinds import Copied, Whose
from app.own_data.names import Names
from app.own_data.page import Page
from app.own_data.plain_words import heading
from app.own_data.rows import told
from app.own_data.saying import Saying
from app.sealed_files import SealingSink
from app.sealing import Sealer, Showing

PAGE = "我的资料.html"
"""The page for people, the first member."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Beginnings that spreadsheets take for a formula (ASVS 5.0, 1.2.10)."""
_PHOTOS_AT_ONCE = 500


def pack(
    session: Session, sealer: Sealer, photos: PhotoStore, whose: Whose, sink: SealingSink, *, of_ward: bool
) -> None:
    """Write the whole file, the page for people first; rows and photos pass through memory a few at a time.

    ``of_ward`` says that a guardian reads it: the page then says who is meant by "I".

    Each kind of rows is read thrice, once for each format: read it in one snapshot.
    """
    counts, showing = counted(session, whose), Showing(sealer)
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as made:
        with _member(made, PAGE) as file:
            Page(session, showing, whose, counts).write(file, of_ward=of_ward)
        names = Names(session, whose)
        for copied in COPIED:
            if counts[copied.name]:
                with _member(made, f"data/{copied.name}.json") as file:
                    _write_json(file, told(session, showing, copied, whose))
                with _member(made, f"data/{copied.name}.csv") as file:
                    _write_csv(file, copied, names, told(session, showing, copied, whose))
        for photo_id in _photos(session, whose):
            _add_photo(made, photos, photo_id)
    sink.close()


def _member(made: zipfile.ZipFile, name: str) -> IO[str]:
    info = zipfile.ZipInfo(name, now().astimezone(SHANGHAI).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
    return io.TextIOWrapper(made.open(info, "w", force_zip64=True), encoding=encoding, newline="")


def _write_json(file: IO[str], batches: Iterator[list[dict[str, Any]]]) -> None:
    file.write("[")
    for number, row in enumerate(chain.from_iterable(batches)):
        file.write(",\n" if number else "\n")
        json.dump(row, file, ensure_ascii=False)
    file.write("\n]\n")


def _write_csv(file: IO[str], copied: Copied, names: Names, batches: Iterator[list[dict[str, Any]]]) -> None:
    """Write a table in words: people open it, programs read the JSON."""
    saying = Saying(names)
    writer = csv.writer(file)
    heads = [heading(copied.table.name, column.name.removesuffix("_sealed")) for column in copied.columns]
    writer.writerow([head.text for head in heads])
    for batch in batches:
        names.learn(copied, batch)
        writer.writerows(
            [[_cell(saying.value(copied, column, row)) for column in copied.columns] for row in batch]
        )


def _cell(value: Any) -> Any:
    """Give a value as a table's cell: text that looks like a formula gets a sign before it."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _photos(session: Session, whose: Whose) -> Iterator[UUID]:
    after: UUID | None = None
    while True:
        query = select(Photo.id).where(reach.pictures(whose), Photo.quarantine.is_(None)).order_by(Photo.id)
        if after is not None:
            query = query.where(Photo.id > after)
        batch = session.scalars(query.limit(_PHOTOS_AT_ONCE)).all()
        yield from batch
        if len(batch) < _PHOTOS_AT_ONCE:
            return
        after = batch[-1]


def _add_photo(made: zipfile.ZipFile, photos: PhotoStore, photo_id: UUID) -> None:
    """Add a photo as it is kept; one whose file was removed meanwhile is named in its row all the same."""
    try:
        data = photos.get(photo_key(photo_id, "large"))
    except PhotoMissingError:
        return
    made.writestr(zipfile.ZipInfo(f"photos/{photo_id}.jpg", now().timetuple()[:6]), data)
