"""The file that people get: a ZIP of their data as JSON and CSV, with their photos, written as a stream."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters import PhotoMissingError, PhotoStore, photo_key
from app.clock import SHANGHAI, now
from app.models import Photo
from app.own_data import reach
from app.own_data.copied import COPIED
from app.own_data.kinds import Copied, Whose
from app.own_data.rows import told
from app.sealed_files import SealingSink
from app.sealing import Sealer

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Beginnings that spreadsheets take for a formula (ASVS 5.0, 1.2.10)."""
_PHOTOS_AT_ONCE = 500


def pack(
    session: Session, sealer: Sealer, photos: PhotoStore, whose: Whose, sink: SealingSink, *, of_ward: bool
) -> None:
    """Write the whole file; rows and photos pass through memory a few at a time.

    ``of_ward`` says that a guardian reads it: the explanation then says who is meant by "I".

    Each kind of rows is read twice, once for each format: read it in one snapshot.
    """
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as made:
        with _member(made, "说明.txt") as file:
            file.write(_explained(whose, of_ward=of_ward))
        for copied in COPIED:
            with _member(made, f"data/{copied.name}.json") as file:
                _write_json(file, told(session, sealer, copied, whose))
            with _member(made, f"data/{copied.name}.csv") as file:
                _write_csv(file, copied, told(session, sealer, copied, whose))
        for photo_id in _photos(session, whose):
            _add_photo(made, photos, photo_id)
    sink.close()


def _member(made: zipfile.ZipFile, name: str) -> IO[str]:
    info = zipfile.ZipInfo(name, now().astimezone(SHANGHAI).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
    return io.TextIOWrapper(made.open(info, "w", force_zip64=True), encoding=encoding, newline="")


def _explained(whose: Whose, *, of_ward: bool) -> str:
    meant = "您监护的孩子的资料，里面写的“我”是这个孩子" if of_ward else "您的资料"
    lines = [
        f"这里是{now().astimezone(SHANGHAI):%Y年%m月%d日%H时%M分}系统里保存的{meant}。",
        "每一类有两个文件，内容一样：json 给程序读，csv 可以用表格软件打开。时间都带时区。",
        "别人的编号已经去掉，这样的格子是空的。密码、登录码这类凭据不给出。",
        "照片在 photos 文件夹里，文件名是照片编号。",
        "",
        *(f"data/{copied.name}　{copied.title}" for copied in COPIED),
    ]
    if whose.is_minor:
        lines += ["", "未成年人的副本里没有家里的积分账户，只有本人得的积分。"]
    return "\n".join(lines) + "\n"


def _write_json(file: IO[str], rows: Iterator[dict[str, Any]]) -> None:
    file.write("[")
    for number, row in enumerate(rows):
        file.write(",\n" if number else "\n")
        json.dump(row, file, ensure_ascii=False)
    file.write("\n]\n")


def _write_csv(file: IO[str], copied: Copied, rows: Iterator[dict[str, Any]]) -> None:
    names = [column.name.removesuffix("_sealed") for column in copied.columns]
    writer = csv.writer(file)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    """Give a value as a table's cell: text that looks like a formula gets a sign before it."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _photos(session: Session, whose: Whose) -> Iterator[UUID]:
    after: UUID | None = None
    while True:
        query = select(Photo.id).where(reach.pictures(whose)).order_by(Photo.id)
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
