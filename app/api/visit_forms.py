"""Visit forms."""

from typing import Any

from marshmallow import fields, validate

from app import visits
from app.api.http.allow import allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, sent_moment, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.visits import CareCategory, FieldKind

blueprint = Blueprint("visit_forms", __name__, description="探访表")


class VisitFormListInput(PageInput):
    """Which forms."""

    category = word(CareCategory, load_default=None)


class OptionOutput(Output):
    """A word to choose: the one to send and the one to show."""

    value = fields.String(required=True)
    label = fields.String(required=True)


class QuestionOutput(Output):
    """A question; options are shown in their order."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(FieldKind)))
    required = fields.Boolean(required=True)
    section = fields.String()
    lasting = fields.Boolean()
    """Its answer holds until somebody says otherwise: a phone shows that of the last visit."""
    options = fields.List(fields.Nested(OptionOutput))
    least = fields.Integer()
    """Bounds of a number; ``most`` also of a text's length."""
    most = fields.Integer()


class VisitFormOutput(Output):
    """One version of the questions for a care category."""

    id = fields.UUID(required=True)
    category = fields.Enum(CareCategory, by_value=True, required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    source = fields.String(required=True)
    fields_ = fields.List(fields.Nested(QuestionOutput), attribute="fields", data_key="fields", required=True)
    published_at = sent_moment(required=True)


@blueprint.route("/visit-forms", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(page_of(VisitFormOutput))
@blueprint.query(VisitFormListInput)
def list_visit_forms(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List published forms by category, the newest version first."""

    def fetch(**span: Any) -> Any:
        return visits.forms(session, **filters, **span)

    with transaction() as session:
        return page(fetch, visits.FormKey.of, limit=limit, after=after, parse=visits.FormKey.parse)
