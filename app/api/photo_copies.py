"""Photos taken out: marked with where they belong and who took them, with a signed manifest."""

import io
import zipfile
from typing import Any
from uuid import UUID

from flask import Response

from app import evidence
from app.adapters import PhotoMissingError, photo_key
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.api.photos import reading_reach
from app.clock import SHANGHAI, now
from app.errors import NotFoundError
from app.evidence import PhotoOwner, TakenOut
from app.identity import Permission
from app.typesetting import marked_jpeg

blueprint = Blueprint("photo_copies", __name__, description="照片留痕副本")
_KIND = "application/zip"
_RECORDS = {
    PhotoOwner.INSPECTION: "巡查",
    PhotoOwner.HAZARD: "隐患",
    PhotoOwner.HAZARD_EVENT: "隐患处理",
    PhotoOwner.CLAIM: "积分申报",
    PhotoOwner.SPOT_CHECK: "抽查",
}


@blueprint.route("/photos/<uuid:photo_id>/marked", methods=["GET"])
@allow(Permission.PHOTO_MARK)
@sensitive
@blueprint.file(_KIND)
def get_marked_photo(photo_id: UUID) -> Response:
    """Give a photo marked with the server's time, place, record and reader, and its signed manifest."""
    with transaction() as session:
        taken = evidence.take_out(session, photo_id, reading_reach(actor()))
        note(record_id=str(taken.record.record_id))
        try:
            photo = parts().photos.get(photo_key(photo_id, "large"))
        except PhotoMissingError:
            raise NotFoundError from None
    at = now()
    clock = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    received = taken.received_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    lines = [
        " ".join(name for name in (taken.area_name, taken.place_name) if name),
        f"{_RECORDS[taken.record.kind]} {taken.record.record_id}",
        f"上传 {received} 导出 {clock} {actor().name}",
    ]
    picture = marked_jpeg(photo, lines, font_file=parts().settings.font_file)
    manifest = parts().manifest_signer.sign(picture, _facts(taken, at.isoformat()))
    response = Response(_zipped(photo_id, picture, manifest), mimetype=_KIND)
    response.headers["Content-Disposition"] = f'attachment; filename="{photo_id}.zip"'
    return response


def _facts(taken: TakenOut, at: str) -> dict[str, Any]:
    return {
        "photo_id": str(taken.photo_id),
        "received_at": taken.received_at.isoformat(),
        "record_kind": taken.record.kind.value,
        "record_id": str(taken.record.record_id),
        "area_code": taken.record.area_code,
        "area_name": taken.area_name,
        "place_name": taken.place_name,
        "taken_out_at": at,
        "taken_out_by": str(actor().user_id),
    }


def _zipped(photo_id: UUID, picture: bytes, manifest: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr(f"{photo_id}.jpg", picture)
        made.writestr(f"{photo_id}.json", manifest)
    return out.getvalue()
