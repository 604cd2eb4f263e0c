"""Photos: uploading one, and the short-lived addresses of its two copies."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import url_for
from marshmallow import fields

from app import evidence
from app.api.blueprint import Blueprint
from app.api.fields import Output
from app.api.parts import parts

blueprint = Blueprint("photos", __name__, description="照片")


def photo_urls(photo_id: UUID) -> dict[str, str]:
    """Give ``thumb_url`` and ``large_url`` of a photo that arrived; each holds for at most ten minutes."""
    return {f"{copy}_url": _url(photo_id, copy) for copy in evidence.COPIES}


class PhotoOutput(Output):
    """A photo that a record names; its addresses are short-lived, and null until it has arrived."""

    id = fields.UUID(required=True)
    arrived = fields.Boolean(required=True)
    thumb_url = fields.String(required=True, allow_none=True)
    large_url = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def add_urls(self, named: evidence.NamedPhoto, **_: Any) -> dict[str, Any]:
        """Show addresses of what has arrived."""
        urls = photo_urls(named.photo_id) if named.arrived else {"thumb_url": None, "large_url": None}
        return {"id": named.photo_id, "arrived": named.arrived, **urls}


def _url(photo_id: UUID, copy: evidence.Copy) -> str:
    sealed: dict[str, Any] = evidence.seal_link(parts().link_key, photo_id, copy)
    return url_for("photos.get_photo_file", photo_id=photo_id, copy=copy, **sealed)
