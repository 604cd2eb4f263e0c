"""Care records: residents somebody looks after, by the day their next visit is due."""

from functools import partial
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, day, sent_moment, uid, whole, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note_leave, note_leaves, transaction
from app.api.visit_drafts import VisitDraftOutput
from app.identity import Permission
from app.visits import (
    CareCategory,
    CareLevel,
    CareSort,
    Due,
    LeavingReason,
    PresenceState,
    SaidBy,
    WeatherKind,
    Willingness,
)

blueprint = Blueprint("care_records", __name__, description="关爱对象")
MOST_DAYS = 92
MAX_REASON = 300
_OF_THE_CARE = {
    "category",
    "level",
    "every_days",
    "worker_id",
    "substitute_id",
    "doer_id",
    "willingness",
    "willing_on",
    "willing_speaker",
    "started_on",
    "last_visited_on",
    "ended_why",
    "risk",
    "not_reached",
    "escalated_at",
}
"""What is told of a minor's care to whoever has leave to read the record."""
_WHEN_DUE = {
    "next_due_on",
    "regular_due_on",
    "alert_id",
    "alert_kind",
    "overdue_days",
    "due",
    "due_in_days",
}
"""What is told besides to the worker who is to make the visit."""


class CareRecordInput(Input):
    """A resident to look after; without ``every_days`` the level says how often."""

    resident_id = uid(required=True)
    category = word(CareCategory, required=True)
    level = word(CareLevel, required=True)
    worker_id = uid(required=True)
    every_days = whole(1, MOST_DAYS, load_default=None, allow_none=True)
    reason = Text(MAX_REASON, lines=True, load_default="")
    substitute_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewCare:
        """Give what the domain takes."""
        return visits.NewCare(**data)


class CareRecordListInput(PageInput):
    """Which care records; who lives elsewhere or refuses visits appears only where that is asked for."""

    presence = word(PresenceState, load_default=None)
    category = word(CareCategory, load_default=None)
    level = word(CareLevel, load_default=None)
    willingness = word(Willingness, load_default=None)
    due = word(Due, load_default=None)
    due_by = day(load_default=None)
    worker_id = uid(load_default=None)
    place_id = uid(load_default=None)
    sort = word(CareSort, load_default=CareSort.DUE)


class EndCareInput(Input):
    """The last day of the care, and why it ends: a word, and what else is to be said."""

    ended_on = day(required=True)
    why = word(LeavingReason, required=True)
    reason = Text(MAX_REASON, lines=True, load_default="")


class CareRecordOutput(Output):
    """A care record; nothing of what visits found, and of a minor's as much as its reader may see.

    ``doer_id`` is who is to call there today: the worker, or whoever stands in for him; null where only the
    admins can. ``due`` and ``due_in_days`` are null where nobody is awaited. ``risk`` is 0 to 3 by the level,
    and 2 each if the visit is late and if the last one reached nobody. Where weather brings the visit forward
    ``regular_due_on`` is its own day.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    resident_id = fields.UUID(required=True)
    resident_name = fields.String(required=True)
    presence = fields.Enum(PresenceState, by_value=True, required=True)
    back_on = fields.Date(required=True, allow_none=True)
    household_id = fields.UUID(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    door = fields.String(required=True)
    category = fields.Enum(CareCategory, by_value=True, required=True, allow_none=True)
    level = fields.Enum(CareLevel, by_value=True, required=True, allow_none=True)
    every_days = fields.Integer(required=True, allow_none=True)
    worker_id = fields.UUID(required=True, allow_none=True)
    substitute_id = fields.UUID(required=True, allow_none=True)
    doer_id = fields.UUID(required=True, allow_none=True)
    willingness = fields.Enum(Willingness, by_value=True, required=True, allow_none=True)
    willing_on = fields.Date(required=True, allow_none=True)
    willing_speaker = fields.Enum(SaidBy, by_value=True, required=True, allow_none=True)
    started_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    ended_why = fields.Enum(LeavingReason, by_value=True, required=True, allow_none=True)
    last_visited_on = fields.Date(required=True, allow_none=True)
    next_due_on = fields.Date(required=True, allow_none=True)
    regular_due_on = fields.Date(required=True, allow_none=True)
    alert_id = fields.UUID(required=True, allow_none=True)
    alert_kind = fields.Enum(WeatherKind, by_value=True, required=True, allow_none=True)
    overdue_days = fields.Integer(required=True, allow_none=True)
    due = fields.Enum(Due, by_value=True, required=True, allow_none=True)
    due_in_days = fields.Integer(required=True, allow_none=True)
    risk = fields.Integer(required=True, allow_none=True)
    not_reached = fields.Integer(required=True, allow_none=True)
    escalated_at = sent_moment(required=True, allow_none=True)
    ticket_needed = fields.Boolean(required=True)

    @ma.pre_dump
    def flatten(self, one: visits.ShownCare, **_: Any) -> dict[str, Any]:
        """Add where the resident lives and how late the visit is; leave out what is not shown."""
        record, resident = one.record, one.record.resident
        household = resident.household
        beside = {
            "resident_name": resident.name,
            "presence": resident.presence,
            "back_on": resident.back_on,
            "household_id": household.id,
            "place_id": household.place_id,
            "place_name": household.place.name,
            "door": household.door,
            "overdue_days": visits.overdue_days(record),
            "ticket_needed": not one.whole,
            "doer_id": one.doer_id,
            "alert_kind": record.alert and record.alert.kind,
            "due": visits.due_of(visits.due_in_days(record)),
            "due_in_days": visits.due_in_days(record),
            "risk": visits.risk_of(record),
        }
        told = {name: getattr(record, name) for name in self.fields if name not in beside} | beside
        left_out = set[str]() if one.whole else _OF_THE_CARE
        return told | dict.fromkeys(left_out if one.tells_due else left_out | _WHEN_DUE)


@blueprint.route("/care-records", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(page_of(CareRecordOutput))
@blueprint.query(CareRecordListInput)
def list_care_records(limit: int, after: str | None, sort: CareSort, **filters: Any) -> dict[str, Any]:
    """List the open care records I answer for: the longest overdue first, by risk, or as places are walked.

    Of minors for whom I need a ticket only what the roster tells; they come last, and filters leave them out.
    """

    def fetch(**span: Any) -> Any:
        found = visits.care_records(session, actor(), visits.CareFilter(**filters), sort=sort, **span)
        note_leaves([one.leave for one in found])
        return found

    with transaction() as session:
        parse = partial(visits.CareKey.parse, sort=sort)
        return page(fetch, lambda one: one.key(sort), limit=limit, after=after, parse=parse)


@blueprint.route("/care-records/<uuid:record_id>", methods=["PUT"])
@allow(Permission.CARE_WRITE)
@blueprint.made_once(CareRecordOutput)
@blueprint.body(CareRecordInput)
def put_care_record(new: visits.NewCare, record_id: UUID) -> tuple[Any, int]:
    """Begin to look after a resident."""
    with transaction() as session:
        _, made = visits.open_care(session, actor(), parts().sealer, record_id, new)
        return shown(session, record_id), once(made)


@blueprint.route("/care-records/<uuid:record_id>", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(CareRecordOutput)
def get_care_record(record_id: UUID) -> Any:
    """Show one care record."""
    with transaction() as session:
        found = visits.seen_care_record(session, actor(), record_id)
        note_leave(found.leave)
        return found


@blueprint.route("/care-records/<uuid:record_id>/visit-draft", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(VisitDraftOutput)
@blueprint.query(Input)
def get_visit_draft(record_id: UUID) -> Any:
    """Show what the next visit begins with: what the last complete one was told that lasts."""
    with transaction() as session:
        draft = visits.visit_draft(session, actor(), record_id)
        note_leave(draft.leave)
        return draft


@blueprint.route("/care-records/<uuid:record_id>/end", methods=["POST"])
@allow(Permission.CARE_WRITE)
@blueprint.answer(CareRecordOutput)
@blueprint.body(EndCareInput)
def end_care(sent: dict[str, Any], record_id: UUID) -> Any:
    """End the care with a day."""
    with transaction() as session:
        visits.end_care(session, actor(), parts().sealer, record_id, **sent)
        return shown(session, record_id)


def shown(session: Any, record_id: UUID) -> visits.ShownCare:
    """Give as much of a record as I may see, though I wrote it."""
    (found,) = visits.shown(session, actor(), [visits.opened_care_record(session, record_id)])
    note_leave(found.leave)
    return found
