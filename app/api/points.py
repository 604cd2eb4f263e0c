"""A household's points: what it has, and each entry."""

from typing import Any

from marshmallow import fields

from app import points
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, sent_moment, uid
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.points import SourceKind, TransferKind

blueprint = Blueprint("points", __name__, description="积分账户")
_MAX_NUMBER = 2**63 - 1


class AccountInput(Input):
    """Whose account; by default one's own."""

    household_id = uid(load_default=None)


class EntryListInput(PageInput):
    """Whose entries; by default one's own."""

    household_id = uid(load_default=None)


class ExpiryOutput(Output):
    """The next points to expire."""

    points = fields.Integer(required=True)
    use_by = fields.Date(required=True)


class AccountOutput(Output):
    """What a household has; ``held`` is the part of the balance that open redemptions have reserved."""

    household_id = fields.UUID(required=True)
    balance = fields.Integer(required=True)
    held = fields.Integer(required=True)
    available = fields.Integer(required=True)
    next_expiry = fields.Nested(ExpiryOutput, required=True, allow_none=True)


class EntryOutput(Output):
    """One entry; ``change`` is below zero where points were spent."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    at = sent_moment(required=True)
    kind = fields.Enum(TransferKind, by_value=True, required=True)
    change = fields.Integer(required=True)
    balance = fields.Integer(required=True)
    source_kind = fields.Enum(SourceKind, by_value=True, required=True)
    source_id = fields.UUID(required=True)
    rule_title = fields.String(required=True, allow_none=True)
    resident_name = fields.String(required=True, allow_none=True)
    approved_by = fields.String(required=True, allow_none=True)
    acted_by = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)


@blueprint.route("/points/account", methods=["GET"])
@allow(Permission.POINTS_READ)
@blueprint.answer(AccountOutput)
@blueprint.query(AccountInput)
def get_account(**whose: Any) -> Any:
    """Show what a household has."""
    with transaction() as session:
        return points.statement(session, actor(), **whose)


@blueprint.route("/points/entries", methods=["GET"])
@allow(Permission.POINTS_READ)
@blueprint.answer(page_of(EntryOutput))
@blueprint.query(EntryListInput)
def list_entries(limit: int, after: str | None, **whose: Any) -> dict[str, Any]:
    """List a household's entries, the newest first, each with its reason and approver."""

    def fetch(**span: Any) -> Any:
        return points.entries(session, actor(), **whose, **span)

    with transaction() as session:
        return page(fetch, lambda entry: entry.number, limit=limit, after=after, parse=_number)


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MAX_NUMBER:
        raise ValueError(text)
    return number
