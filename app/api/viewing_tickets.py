"""Tickets to read minors' records."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api import decision_words
from app.api.http.allow import actor, allow
from app.api.http.askers import AskerOutput, MinorOutput
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Output, sent_moment, uid, whole
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note, transaction
from app.api.reveals import purpose
from app.identity import Permission

blueprint = Blueprint("viewing_tickets", __name__, description="未成年人资料查看单")


class TicketInput(Input):
    """Whose record, what for, and for how many days."""

    resident_id = uid(required=True)
    purpose = purpose()
    days = whole(1, visits.MOST_DAYS, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewTicket:
        """Give what the domain takes."""
        return visits.NewTicket(**data)


class TicketDecisionInput(Input):
    """Yes or no."""

    approved = Flag(required=True)


class TicketOutput(Output):
    """A ticket, in words too; ``minor`` is null once he lives where the reader's function does not reach."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    area_name = fields.String(required=True)
    text = fields.String(required=True)
    asker = fields.Nested(AskerOutput, required=True)
    minor = fields.Nested(MinorOutput, required=True, allow_none=True)
    resident_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    days = fields.Integer(required=True)
    asked_at = sent_moment(required=True)
    office_decides = fields.Boolean(required=True)
    decide_by = sent_moment(required=True)
    approved = fields.Boolean(required=True, allow_none=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    expires_at = sent_moment(required=True, allow_none=True)

    @ma.pre_dump
    def tell(self, told: visits.ToldTicket, **_: Any) -> dict[str, Any]:
        """Put it in words."""
        beside = {
            "area_name": told.area_name,
            "text": decision_words.of_ticket(told),
            "asker": told.asker,
            "minor": told.minor,
        }
        return {name: getattr(told.ticket, name) for name in self.fields if name not in beside} | beside


@blueprint.route("/viewing-tickets", methods=["GET"])
@allow(Permission.TICKET_READ)
@blueprint.answer(page_of(TicketOutput))
@blueprint.query(PageInput)
def list_tickets(limit: int, after: str | None) -> dict[str, Any]:
    """List my tickets and those I may decide on, the newest first."""

    def fetch(**span: Any) -> Any:
        return visits.told_tickets(session, actor(), visits.tickets(session, actor(), **span))

    with transaction() as session:
        return page(fetch, lambda told: told.ticket.id, limit=limit, after=after)


@blueprint.route("/viewing-tickets/<uuid:ticket_id>", methods=["PUT"])
@allow(Permission.CARE_READ)
@blueprint.made_once(TicketOutput)
@blueprint.body(TicketInput)
def put_ticket(new: visits.NewTicket, ticket_id: UUID) -> tuple[Any, int]:
    """Ask to read a minor's care record and visits."""
    with transaction() as session:
        note(purpose=new.purpose, resident_id=str(new.resident_id))
        row, made = visits.ask(session, actor(), ticket_id, new)
        (told,) = visits.told_tickets(session, actor(), [row])
    return told, once(made)


@blueprint.route("/viewing-tickets/<uuid:ticket_id>/decide", methods=["POST"])
@allow(Permission.TICKET_DECIDE, checked=True)
@blueprint.answer(TicketOutput)
@blueprint.body(TicketDecisionInput)
def decide_ticket(sent: dict[str, Any], ticket_id: UUID) -> Any:
    """Approve or refuse somebody else's ticket: a sensitive step, which opens a minor's record."""
    with transaction() as session:
        note(approved=sent["approved"])
        row = visits.decide_ticket(session, actor(), ticket_id, **sent)
        note(resident_id=str(row.resident_id), user_id=str(row.user_id))
        (told,) = visits.told_tickets(session, actor(), [row])
    return told
