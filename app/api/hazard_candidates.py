"""Whom a hazard may be given to."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from app import hazards
from app.actors import Role
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission

blueprint = Blueprint("hazard_candidates", __name__, description="隐患派给谁")


class HazardCandidatePostOutput(Output):
    """A role in the hazard's community, and where."""

    role = fields.Enum(Role, by_value=True, required=True)
    area_code = fields.String(required=True)
    area_name = fields.String(required=True)


class HazardCandidateOutput(Output):
    """Somebody of the field staff who may be given it; ``stands_in`` for one who has a post there."""

    user_id = fields.UUID(required=True)
    name = fields.String(required=True)
    posts = fields.List(fields.Nested(HazardCandidatePostOutput), required=True)
    stands_in = fields.Boolean(required=True)
    away_until = fields.Date(required=True, allow_none=True)


@blueprint.route("/hazards/<uuid:hazard_id>/candidates", methods=["GET"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(page_of(HazardCandidateOutput))
@blueprint.query(PageInput)
def list_candidates(hazard_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List whom a hazard may be given to now, as whoever gives it out needs to know."""

    def fetch(**span: Any) -> Any:
        return hazards.candidates(session, actor(), hazard_id, **span)

    with transaction() as session:
        return page(fetch, lambda one: one.user_id, limit=limit, after=after)
