"""The matrix: photos."""

from typing import Any
from uuid import UUID

from app.ids import new_id
from app.models import PhotoOwner
from tests.matrix.lines import ANYBODY, Call, Line, with_json
from tests.matrix.routes_base import NOT_SEEN, at, picture
from tests.matrix.stage import Stage

UPLOADERS = dict.fromkeys(("resident", "lead", "worker", "clerk", "admin"), 201)
INSPECTION_READERS = dict.fromkeys(("worker", "admin", "county", "city"), 200)
MARKERS = ("lead", "worker", "admin", "county", "city")
"""They may ask; the files of these rows are nowhere."""
REVIEWERS = dict.fromkeys(("admin", "county"), 200)


def _photo(suffix: str) -> Any:
    def call(stage: Stage) -> Call:
        photo_id: UUID = stage.photo(stage.inspection(), PhotoOwner.INSPECTION)
        return Call(f"/v1/photos/{photo_id}{suffix}")

    return call


def _settle(stage: Stage) -> Call:
    body = {"verdict": "not_reuse", "note": "两次拍的是同一个楼道"}
    return Call(f"/v1/photo-matches/{stage.match()}/settle", with_json(body))


PHOTOS = [
    Line(
        "PUT",
        "/v1/photos/<uuid:photo_id>",
        UPLOADERS,
        lambda _: Call(f"/v1/photos/{new_id()}", {"data": picture()}),
        201,
    ),
    Line(
        "PUT",
        "/v1/signatures/<uuid:signature_id>",
        {"worker": 201, "admin": 201},
        lambda _: Call(f"/v1/signatures/{new_id()}", {"data": picture()}),
        201,
    ),
    Line("GET", "/v1/photos/<uuid:photo_id>", NOT_SEEN | INSPECTION_READERS, _photo("")),
    Line("GET", "/v1/photos/<uuid:photo_id>/marked", dict.fromkeys(MARKERS, 404), _photo("/marked")),
    Line("GET", "/v1/photo-matches", REVIEWERS | {"city": 200}, at("/v1/photo-matches"), 200),
    Line(
        "POST",
        "/v1/photo-matches/<uuid:match_id>/settle",
        REVIEWERS,
        _settle,
    ),
    Line("GET", "/v1/photos/<uuid:photo_id>/<any(thumb, large):copy>", {ANYBODY: 404}, _photo("/thumb")),
]
