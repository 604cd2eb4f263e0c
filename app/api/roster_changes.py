"""The history of the roster: what was changed of a resident or a household, by whom and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import people, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, sent_moment
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note_leaves, sensitive, transaction
from app.identity import Permission
from app.people import RosterChangeKind, history

blueprint = Blueprint("roster_changes", __name__, description="名册的变动")


@dataclass(frozen=True)
class ShownChange:
    """A change, and whether its reader may see what it says of somebody."""

    row: Any
    told: bool


class RosterChangeOutput(Output):
    """A change: what held ``before`` and what holds ``after``; of a minor only what kind, by a ticket all."""

    id = fields.UUID(required=True)
    kind = fields.Enum(RosterChangeKind, by_value=True, required=True)
    resident_id = fields.UUID(required=True, allow_none=True)
    household_id = fields.UUID(required=True)
    former_id = fields.UUID(required=True, allow_none=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    undoes_id = fields.UUID(required=True, allow_none=True)
    at = sent_moment(required=True)
    day = fields.Date(required=True)
    data = fields.Dict(required=True, allow_none=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def unseal(self, shown: ShownChange, **_: Any) -> dict[str, Any]:
        """Open what was said, where it may be seen."""
        beside: dict[str, Any] = dict.fromkeys(("data", "before", "after", "reason"))
        if shown.told:
            said = history.said_in(parts().showing, shown.row)
            beside = {**said, "data": shown.row.data, "reason": history.reason_in(parts().showing, shown.row)}
        return {name: beside[name] if name in beside else getattr(shown.row, name) for name in self.fields}


RosterChangePage = page_of(RosterChangeOutput)


def shown_changes(session: Any, rows: Sequence[Any]) -> list[ShownChange]:
    """Say of each change whether it is told whole, and note the leave by which it is."""
    whom = {row.resident_id for row in rows if row.resident_id is not None}
    seen = visits.seen(session, actor(), people.residents_reached(session, actor(), whom))
    note_leaves([one.leave for one in seen])
    whole = {one.resident.id for one in seen if one.whole}
    return [ShownChange(row, row.resident_id is None or row.resident_id in whole) for row in rows]


def _page(listed: Callable[..., Any], of: UUID, limit: int, after: str | None) -> dict[str, Any]:
    def fetch(**span: Any) -> Any:
        return shown_changes(session, listed(session, actor(), of, **span))

    with transaction() as session:
        return page(fetch, lambda shown: shown.row.id, limit=limit, after=after)


@blueprint.route("/residents/<uuid:resident_id>/changes", methods=["GET"])
@allow(Permission.ROSTER_HISTORY)
@sensitive
@blueprint.answer(RosterChangePage)
@blueprint.query(PageInput)
def list_resident_changes(resident_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List what was changed of a resident, the newest first."""
    return _page(history.changes_of_resident, resident_id, limit, after)


@blueprint.route("/households/<uuid:household_id>/changes", methods=["GET"])
@allow(Permission.ROSTER_HISTORY)
@sensitive
@blueprint.answer(RosterChangePage)
@blueprint.query(PageInput)
def list_household_changes(household_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List what was changed of a household and in it, the newest first."""
    return _page(history.changes_of_household, household_id, limit, after)
