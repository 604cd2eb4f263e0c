"""Hostile and broken input: a clear 4xx, nothing stored. Memory is in test_bad_input_memory.py."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from app.clock import now
from app.config import Settings
from app.ids import new_id
from tests.api.bad_files import HUGE, SVG
from tests.cast import named
from tests.client import Client
from tests.snapshot import files, stored


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


@pytest.fixture
def stores_nothing(connection: Connection, settings: Settings) -> Callable[[], None]:
    """Say afterwards that every row of every table and every photo file is as it was."""
    before = stored(connection), files(settings.photo_dir)

    def check() -> None:
        assert (stored(connection), files(settings.photo_dir)) == before

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
    """S-119: unknown fields, wrong types, too long texts and lists."""
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

    expected = (400, "bad_request") if text else (422, "invalid")
    assert (answer.status_code, answer.json["code"]) == expected, answer.text
    assert answer.json["errors"], "it says where"
    stores_nothing()


@pytest.mark.parametrize(
    "data, status, code",
    [
        (HUGE, 413, "photo_too_many_pixels"),
        (SVG, 415, "photo_not_a_picture"),
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
    assert len(HUGE) == 74
