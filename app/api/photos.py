"""Photos: uploading one, and the short-lived addresses of its two copies."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, request
from marshmallow import fields

from app import evidence, hazards
from app.actors import Actor, Scope
from app.adapters import PhotoMissingError, photo_key
from app.api.http.allow import PUBLIC, actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import MAX_PHOTO_BYTES, takes
from app.api.http.fields import Output
from app.api.http.parts import parts
from app.api.http.photo_links import LinkInput, check_link, photo_urls
from app.api.http.photo_quota import PhotoQuota
from app.api.http.recording import transaction
from app.errors import NotFoundError
from app.evidence import Copy, NamedPhoto, PhotoOwner, SeenPhoto
from app.identity import Permission, scope_of

blueprint = Blueprint("photos", __name__, description="照片")
_READING = {
    PhotoOwner.INSPECTION: Permission.INSPECTION_READ,
    PhotoOwner.HAZARD: Permission.HAZARD_READ,
    PhotoOwner.HAZARD_EVENT: Permission.HAZARD_READ,
    PhotoOwner.CLAIM: Permission.CLAIM_READ,
    PhotoOwner.SPOT_CHECK: Permission.SPOT_CHECK_DO,
}
"""What it takes to look up a photo by its id. A visit's photos are shown with the visit only, to those
who may read it (domain.md, visits)."""
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_SENT_AS = ("image/jpeg", "image/png", "image/webp", "image/heic")
_IMAGE_BODY = {
    "required": True,
    "description": "照片本身；格式由内容决定，最多12MB",
    "content": dict.fromkeys(
        ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream"), _BINARY
    ),
}


def reading_reach(reader: Actor) -> dict[PhotoOwner, Scope]:
    """Say per kind of record how far somebody reads its photos."""
    scopes = {kind: scope_of(reader, permission) for kind, permission in _READING.items()}
    return {kind: scope for kind, scope in scopes.items() if scope is not None}


class PhotoOutput(Output):
    """A photo that a record names; its addresses are short-lived, and null until it has arrived."""

    id = fields.UUID(required=True)
    arrived = fields.Boolean(required=True)
    thumb_url = fields.String(required=True, allow_none=True)
    large_url = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def add_urls(self, named: NamedPhoto, **_: Any) -> dict[str, Any]:
        """Show addresses of what has arrived."""
        urls = photo_urls(named.photo_id) if named.arrived else {"thumb_url": None, "large_url": None}
        return {"id": named.photo_id, "arrived": named.arrived, **urls}


class PhotosFields:
    """Response fields of a record that names photos: it is whole without them, and says how many arrived."""

    photos = fields.List(fields.Nested(PhotoOutput), required=True)
    photos_named = fields.Integer(required=True)
    photos_arrived = fields.Integer(required=True)


def with_counts(photos: Sequence[NamedPhoto]) -> dict[str, Any]:
    """Give the values of ``PhotosFields``."""
    arrived = sum(photo.arrived for photo in photos)
    return {"photos": photos, "photos_named": len(photos), "photos_arrived": arrived}


class SeenPhotoOutput(PhotoOutput):
    """A photo by itself, with the size of its large copy in pixels.

    One that is quarantined has been received, is not shown, and need not be sent again.
    """

    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    quarantined = fields.Boolean(required=True)

    @ma.pre_dump
    def add_urls(self, named: NamedPhoto, **_: Any) -> dict[str, Any]:
        """Show the size too."""
        assert isinstance(named, SeenPhoto), "the views of this module give nothing else"
        shown: dict[str, Any] = super().add_urls(named)
        return shown | {"width": named.width, "height": named.height, "quarantined": named.quarantined}


@blueprint.route("/photos/<uuid:photo_id>", methods=["PUT"])
@allow(Permission.PHOTO_UPLOAD)
@blueprint.doc(requestBody=_IMAGE_BODY)
@blueprint.made_once(SeenPhotoOutput)
@takes(MAX_PHOTO_BYTES)
def put_photo(photo_id: UUID) -> tuple[Any, int]:
    """Upload a photo, before or after the record that names it; the body is the image."""
    data = request.get_data(cache=False)
    settings = parts().settings
    quota = PhotoQuota(
        actor().user_id, photos=settings.photos_a_day, megabytes=settings.photo_megabytes_a_day
    )
    with quota.spent_if_kept(len(data)) as spend, transaction() as session:
        photo, made = evidence.keep(session, parts().photos, actor(), photo_id, data, check_new=spend)
    return SeenPhoto.of(photo_id, photo), once(made)


@blueprint.route("/photos/<uuid:photo_id>", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(SeenPhotoOutput)
def get_photo(photo_id: UUID) -> Any:
    """Show one's own photo, or one named by a record within reach, whether or not it has arrived."""
    reach = reading_reach(actor())
    with transaction() as session:
        try:
            return evidence.photo_in_reach(session, actor(), photo_id, reach)
        except NotFoundError:
            reader = actor().within(reach.get(PhotoOwner.HAZARD, Scope()))
            records = hazards.hazards_showing_photo(session, reader, photo_id)
            return evidence.photo_in_reach(session, actor(), photo_id, {}, records=records)


@blueprint.route("/photos/<uuid:photo_id>/<any(thumb, large):copy>", methods=["GET"])
@allow(PUBLIC)
@blueprint.file("image/jpeg")
@blueprint.query(LinkInput)
def get_photo_file(photo_id: UUID, copy: Copy, **link: Any) -> Response:
    """Give one copy's file by its address, as long as whoever was shown it may still have it."""
    check_link(photo_id, copy, **link)
    try:
        data = parts().photos.get(photo_key(photo_id, copy))
    except PhotoMissingError:
        raise NotFoundError from None
    response = Response(data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = f"private, max-age={evidence.LINK_LIFE_S}, immutable"
    response.headers["Content-Disposition"] = f'inline; filename="{photo_id}-{copy}.jpg"'
    return response
