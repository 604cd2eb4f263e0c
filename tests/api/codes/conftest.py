"""A printed code, and a visitor's browser at it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from app.ids import new_id
from tests.client import Answer, Client
from tests.hazard_world import write_code


@pytest.fixture
def code(app: Flask, session: Session) -> str:
    """Give the code of the first block, as printed."""
    return write_code(session, app)


@pytest.fixture
def send(visitor: Client, code: str, address: str) -> Callable[..., Answer]:
    """Send the report form as a browser does: photos as files, everything else as text."""

    def sent(
        *,
        photos: list[bytes] | None = None,
        body: bytes | None = None,
        content_type: str = "",
        **changes: Any,
    ) -> Answer:
        fields = {"id": str(new_id()), "category": "fire", "text": "楼道停电动车", **changes}
        chosen = [FileStorage(io.BytesIO(photo), "照片.jpg") for photo in photos or []]
        chosen = chosen or [FileStorage(io.BytesIO(b""), "")]
        parts = MultiDict([*fields.items(), *(("photo", one) for one in chosen)])
        stream, _, boundary = stream_encode_multipart(parts, use_tempfile=False)
        return visitor.post(
            f"/q/{code}/reports",
            input_stream=stream if body is None else io.BytesIO(body),
            content_type=content_type or f"multipart/form-data; boundary={boundary}",
            environ_overrides={"REMOTE_ADDR": address},
        )

    return sent
