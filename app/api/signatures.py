"""Signatures of who was visited, drawn on the worker's phone."""

from typing import Any
from uuid import UUID

from flask import request
from marshmallow import fields

from app import evidence
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import SIGNATURE_BYTES, takes
from app.api.http.fields import Output
from app.api.http.parts import parts
from app.api.http.photo_quota import PhotoQuota
from app.api.http.recording import transaction
from app.identity import Permission

blueprint = Blueprint("signatures", __name__, description="探访签名")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "required": True,
    "description": f"签名图片，PNG或JPEG，最多{SIGNATURE_BYTES // 1024}KB",
    "content": dict.fromkeys(("image/png", "image/jpeg", "application/octet-stream"), _BINARY),
}


class SignatureOutput(Output):
    """A signature that was received; the visit that names it shows it to whoever reads the visit."""

    id = fields.UUID(required=True)


@blueprint.route("/signatures/<uuid:signature_id>", methods=["PUT"])
@allow(Permission.VISIT_FILE)
@blueprint.doc(requestBody=_BODY)
@blueprint.made_once(SignatureOutput)
@takes(SIGNATURE_BYTES)
def put_signature(signature_id: UUID) -> tuple[Any, int]:
    """Upload a signature, before or after the visit that names it; the body is the image."""
    data = request.get_data(cache=False)
    settings = parts().settings
    quota = PhotoQuota(
        actor().user_id, photos=settings.photos_a_day, megabytes=settings.photo_megabytes_a_day
    )
    with quota.spent_if_kept(len(data)) as spend, transaction() as session:
        photo, made = evidence.keep(
            session, parts().photos, actor(), signature_id, data, check_new=spend, is_signature=True
        )
    return {"id": photo.id}, once(made)
