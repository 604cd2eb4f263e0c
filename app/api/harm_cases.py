"""Cases of harm to minors; the community's admins only."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import harm
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, sent_moment
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import sensitive, transaction
from app.identity import Permission

blueprint = Blueprint("harm_cases", __name__, description="强制报告")


class CloseHarmCaseInput(Input):
    """What was done: who was told, and what came of it."""

    result = Text(1000, least=2, lines=True, required=True)


class HarmCaseOutput(Output):
    """A case; what was told stands in the record that it names."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    resident_id = fields.UUID(required=True, allow_none=True)
    record_kind = fields.Enum(harm.HarmRecord, by_value=True, required=True)
    record_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    told_id = fields.UUID(required=True)
    signals = fields.List(fields.String(), required=True)
    opened_at = sent_moment(required=True)
    opened_by = fields.UUID(required=True, allow_none=True)
    closed_at = sent_moment(required=True, allow_none=True)
    closed_by = fields.UUID(required=True, allow_none=True)
    result = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def unseal(self, row: harm.HarmCase, **_: Any) -> dict[str, Any]:
        """Open the result."""
        result = harm.case_result_of(parts().showing, row)
        return {name: getattr(row, name) for name in self.fields if name != "result"} | {"result": result}


@blueprint.route("/harm-cases", methods=["GET"])
@allow(Permission.HARM_CASE)
@blueprint.answer(page_of(HarmCaseOutput))
@blueprint.query(PageInput)
@sensitive
def list_harm_cases(limit: int, after: str | None) -> dict[str, Any]:
    """List the cases of my community, the newest first."""

    def fetch(**span: Any) -> Any:
        return harm.harm_cases(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/harm-cases/<uuid:case_id>", methods=["GET"])
@allow(Permission.HARM_CASE)
@blueprint.answer(HarmCaseOutput)
@sensitive
def get_harm_case(case_id: UUID) -> Any:
    """Show one case."""
    with transaction() as session:
        return harm.harm_case(session, actor(), case_id)


@blueprint.route("/harm-cases/<uuid:case_id>/close", methods=["POST"])
@allow(Permission.HARM_CASE)
@blueprint.answer(HarmCaseOutput)
@blueprint.body(CloseHarmCaseInput)
def close_harm_case(sent: dict[str, Any], case_id: UUID) -> Any:
    """Close a case with what was done."""
    with transaction() as session:
        return harm.close_case(session, actor(), parts().sealer, case_id, **sent)
