"""Whether the process lives, and whether it can serve."""

from http import HTTPStatus
from typing import Any

from marshmallow import fields

from app import migrating
from app.adapters import ping
from app.api.http.allow import PUBLIC, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output
from app.api.http.parts import parts
from app.db import db

blueprint = Blueprint("health", __name__, description="运行状况", url_prefix=None)


class HealthOutput(Output):
    """The process answers."""

    status = fields.String(required=True)


class ReadyOutput(Output):
    """What the process needs, each true or false."""

    ready = fields.Boolean(required=True)
    database = fields.Boolean(required=True)
    migrations = fields.Boolean(required=True)
    redis = fields.Boolean(required=True)


@blueprint.route("/healthz", methods=["GET"])
@allow(PUBLIC)
@blueprint.response(HTTPStatus.OK, HealthOutput)
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@blueprint.route("/readyz", methods=["GET"])
@allow(PUBLIC)
@blueprint.alt_response(HTTPStatus.SERVICE_UNAVAILABLE, schema=ReadyOutput)
@blueprint.response(HTTPStatus.OK, ReadyOutput)
def readyz() -> tuple[dict[str, Any], int]:
    """Say whether the database answers, is migrated, and Redis answers; only the first two must."""
    connection = db.session().connection()
    migrated = migrating.present(connection) == migrating.newest()
    state = {"ready": migrated, "database": True, "migrations": migrated, "redis": ping(parts().redis)}
    return state, HTTPStatus.OK if migrated else HTTPStatus.SERVICE_UNAVAILABLE
