"""Hostile and broken input: a clear 4xx, nothing stored, no growth of memory."""

import resource
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from app.clock import now
from app.ids import new_id
from app.models import Base
from tests.cast import named
from tests.client import Client

_GROWTH_KB = 50 * 1024


def _rows(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def _hazard(**changes: Any) -> dict[str, Any]:
    return {
        "place_id": str(named("block")),
        "category": "fire",
        "text": "楼道堆放杂物",
        "captured_at": now().isoformat(),
        "position": {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 20, "datum": "wgs84"},
        **changes,
    }


def _position(**changes: Any) -> dict[str, Any]:
    return _hazard(position=_hazard()["position"] | changes)


def _png(width: int, height: int) -> bytes:
    """Give a PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"").ljust(17, b"\0"))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


@pytest.fixture
def stores_nothing(connection: Connection) -> Callable[[], None]:
    """Say afterwards that no table has another number of rows, and that memory has not grown."""
    before, memory = _rows(connection), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def check() -> None:
        assert _rows(connection) == before
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < _GROWTH_KB

    return check


@pytest.mark.parametrize(
    "body, status, field",
    [
        (_position(lng=29.6063, lat=114.4826), 422, "经度和纬度写反了"),
        (_position(lng=0, lat=0), 422, "中国境内"),
        (_position(lng=114.4826, lat=91), 422, "中国境内"),
        (_position(accuracy_m=-5), 422, "accuracy_m"),
        (_position(lng="114.4826"), 422, "lng"),
        (_position(datum="mars"), 422, "datum"),
        (_hazard(points=1000), 422, "points"),
        (_hazard(status="closed"), 422, "status"),
        (_hazard(text=""), 422, "text"),
        (_hazard(text="字" * 5000), 422, "text"),
        (_hazard(captured_at="yesterday"), 422, "captured_at"),
        (_hazard(captured_at="2026-11-24T08:00:00"), 422, "captured_at"),
        (_hazard(photo_ids=[str(new_id()) for _ in range(100)]), 422, "photo_ids"),
        (_hazard(photo_ids="x"), 422, "photo_ids"),
        ([], 422, ""),
        ("text", 422, ""),
        (None, 422, ""),
    ],
)
def test_wrong_values_name_the_field(
    worker: Client, stores_nothing: Callable[[], None], body: Any, status: int, field: str
) -> None:
    answer = worker.put(f"/v1/hazards/{new_id()}", json=body)

    assert answer.status_code == status, answer.text
    assert field in answer.text
    stores_nothing()


@pytest.mark.parametrize(
    "text",
    [
        '{"position": {"lng": NaN, "lat": 29.6, "accuracy_m": 1, "datum": "wgs84"}}',
        '{"position": {"lng": Infinity}}',
        '{"position": {"lng": 1e400}}',
        '{"text": "a", "text": "b"}',
        '{"a":' * 5000 + "1" + "}" * 5000,
        "[" * 5000 + "]" * 5000,
        '{"text": ' + "9" * 5000 + "}",
        '{"text": "\ud800"}',
        "{",
        "",
    ],
    ids=[
        "nan",
        "infinity",
        "1e400",
        "twice",
        "deep-objects",
        "deep-lists",
        "long",
        "surrogate",
        "cut",
        "none",
    ],
)
def test_what_is_no_json_is_a_bad_request(
    worker: Client, stores_nothing: Callable[[], None], text: str
) -> None:
    data = text.encode("utf-8", "surrogatepass")
    answer = worker.put(f"/v1/hazards/{new_id()}", data=data, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 422}, answer.text
    assert answer.json["code"] in {"bad_request", "invalid"}
    stores_nothing()


@pytest.mark.parametrize(
    "data, status, code",
    [
        (_png(9000, 9000), 413, "photo_too_many_pixels"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 415, "photo_not_a_picture"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", 415, "photo_not_a_picture"),
        (b"%PDF-1.7", 415, "photo_not_a_picture"),
        (b"", 415, "photo_not_a_picture"),
    ],
    ids=["81-megapixels", "svg", "gif", "pdf", "empty"],
)
def test_what_is_no_photo_is_refused(
    worker: Client, stores_nothing: Callable[[], None], data: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="photo.jpg"'}
    answer = worker.put(f"/v1/photos/{new_id()}", data=data, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    stores_nothing()


def test_the_claiming_picture_is_as_small_as_it_claims_to_be_large() -> None:
    assert len(_png(9000, 9000)) == 74
