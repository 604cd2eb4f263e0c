"""Rules: what earns points."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from app import points
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, area_code
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.points import AutomaticSource, CapOf, Evidence, Period, Rule, Verifier

blueprint = Blueprint("rules", __name__, description="积分细则")


class RuleListInput(PageInput):
    """Whose rules."""

    area_code = area_code(load_default=None)


class CapOutput(Output):
    """How many points a rule gives to one household or resident within a period."""

    points = fields.Integer(required=True)
    period = fields.Enum(Period, by_value=True, required=True)
    of = fields.Enum(CapOf, by_value=True, required=True)


class RuleOutput(Output):
    """A rule in force."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    category = fields.String(required=True)
    points_min = fields.Integer(required=True)
    points_max = fields.Integer(required=True)
    cap = fields.Nested(CapOutput, required=True, allow_none=True)
    evidence = fields.Enum(Evidence, by_value=True, required=True)
    verifier = fields.Enum(Verifier, by_value=True, required=True)
    notice_days = fields.Integer(required=True)
    automatic = fields.Enum(AutomaticSource, by_value=True, required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    origin = fields.String(required=True)

    @ma.pre_dump
    def gather_cap(self, rule: Rule, **_: Any) -> dict[str, Any]:
        """Put the cap's three columns together."""
        shown = {name: getattr(rule, name) for name in self.fields if name != "cap"}
        cap = {"points": rule.cap_points, "period": rule.cap_period, "of": rule.cap_of}
        return shown | {"cap": None if rule.cap_points is None else cap}


@blueprint.route("/rules", methods=["GET"])
@allow(Permission.RULE_READ)
@blueprint.answer(page_of(RuleOutput))
@blueprint.query(RuleListInput)
def list_rules(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the rules in force today, the newest first."""

    def fetch(**span: Any) -> Any:
        return points.rules(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda rule: rule.id, limit=limit, after=after)
