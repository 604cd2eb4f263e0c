"""Consents: the texts, what I decided for myself or my child, and what others signed on paper."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import identity, people, visits
from app.api.http.allow import PUBLIC, actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Output, sent_moment, uid
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.identity import Permission, children, consent_notices
from app.people import ConsentChannel, ConsentPurpose, ConsentState

blueprint = Blueprint("consents", __name__, description="知情同意")


class ConsentInput(Input):
    """A decision on one text, which has one purpose."""

    text_id = uid(required=True)
    given = Flag(required=True)
    resident_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> people.NewDecision:
        """Give what the domain takes."""
        return people.NewDecision(**data)


class PaperConsentInput(Input):
    """A decision signed on paper, by the resident himself or his guardian."""

    text_id = uid(required=True)
    given = Flag(required=True)
    resident_id = uid(required=True)
    decided_by = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> people.PaperDecision:
        """Give what the domain takes."""
        return people.PaperDecision(**data)


class WhoseInput(Input):
    """Mine, or my ward's."""

    resident_id = uid(load_default=None)


class ConsentOutput(Output):
    """A decision."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    decided_by = fields.UUID(required=True)
    purpose = fields.Enum(ConsentPurpose, by_value=True, required=True)
    text_id = fields.UUID(required=True)
    given = fields.Boolean(required=True)
    channel = fields.Enum(ConsentChannel, by_value=True, required=True)
    decided_at = sent_moment(required=True)
    withdrawn_at = sent_moment(required=True, allow_none=True)


class StandingOutput(Output):
    """One purpose: the text in force, and how somebody stands to it."""

    purpose = fields.Enum(ConsentPurpose, by_value=True, required=True)
    text_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.Enum(ConsentState, by_value=True, required=True)
    consent_id = fields.UUID(required=True, allow_none=True)
    ask_again_on = fields.Date(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, standing: people.Standing, **_: Any) -> dict[str, Any]:
        """Put the text beside the decision."""
        text = standing.text
        return {
            "purpose": text.purpose,
            "text_id": text.id,
            "version": text.version,
            "title": text.title,
            "text": text.text,
            "state": standing.state,
            "consent_id": standing.consent.id if standing.consent else None,
            "ask_again_on": standing.ask_again_on,
        }


class StandingsOutput(Output):
    """All purposes."""

    items = fields.List(fields.Nested(StandingOutput), required=True)


class ParagraphOutput(Output):
    """One thing that people must be told."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class PrivacyNoticeOutput(Output):
    """What happens to personal data here."""

    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(ParagraphOutput), required=True)


@blueprint.route("/notice-of-privacy", methods=["GET"])
@allow(PUBLIC)
@blueprint.answer(PrivacyNoticeOutput)
def notice_of_privacy() -> dict[str, Any]:
    """Tell anybody what happens to personal data here, before anything is asked of him."""
    return {"version": people.NOTICE_VERSION, "items": people.privacy_notice(parts().settings.months_kept)}


@blueprint.route("/me/consents", methods=["GET"])
@allow(Permission.CONSENT_OWN)
@blueprint.answer(StandingsOutput)
@blueprint.query(WhoseInput)
def my_consents(resident_id: UUID | None) -> dict[str, Any]:
    """Show what I am asked to agree to, for myself or my ward, and from when on the app may ask again."""
    with transaction() as session:
        return {"items": people.standings(session, actor(), resident_id)}


@blueprint.route("/me/consents/<uuid:consent_id>", methods=["PUT"])
@allow(Permission.CONSENT_OWN)
@blueprint.made_once(ConsentOutput)
@blueprint.body(ConsentInput)
def put_my_consent(new: people.NewDecision, consent_id: UUID) -> tuple[Any, int]:
    """Agree to one text or refuse it, for myself or my ward; after a no of mine with a fresh proof only.

    A yes for a ward in a session that a code of staff's let in is told as one on paper is, and to an admin.
    """
    with transaction() as session:
        try:
            row, made = people.decide(session, actor(), consent_id, new, proven=identity.is_checked(actor()))
        except people.SaidNoError:
            raise identity.ReauthRequiredError from None
        note(resident_id=row.resident_id, text_id=row.text_id, given=row.given)
        if row.channel is ConsentChannel.CODE:
            note(handed_out_by=str(row.let_in_by))
            if made:
                consent_notices.tell_of_code(session, row)
        _shut_out(session, row)
    return row, once(made)


@blueprint.route("/me/consents/<uuid:consent_id>/withdraw", methods=["POST"])
@allow(Permission.CONSENT_OWN)
@blueprint.answer(ConsentOutput)
def withdraw_mine(consent_id: UUID) -> Any:
    """Take my consent back, or my ward's, whose sessions end then; it counts no longer from now on."""
    with transaction() as session:
        return _shut_out(session, people.withdraw(session, actor(), consent_id))


@blueprint.route("/residents/<uuid:resident_id>/consents", methods=["GET"])
@allow(Permission.CONSENT_RECORD)
@blueprint.answer(StandingsOutput)
@sensitive
def resident_consents(resident_id: UUID) -> dict[str, Any]:
    """Show the texts to be read to a resident who signs on paper, and what he decided on each."""
    with transaction() as session:
        return {"items": people.standings_of(session, visits.called_on(session, actor(), resident_id))}


@blueprint.route("/consents/<uuid:consent_id>", methods=["PUT"])
@allow(Permission.CONSENT_RECORD)
@blueprint.made_once(ConsentOutput)
@blueprint.body(PaperConsentInput)
def put_consent(new: people.PaperDecision, consent_id: UUID) -> tuple[Any, int]:
    """Record what a resident, or a child's verified guardian, signed on paper; they are told."""
    with transaction() as session:
        row, made = people.record_on_paper(session, actor(), consent_id, new, reached=visits.called_on)
        note(resident_id=row.resident_id, text_id=row.text_id, given=row.given)
        if made:
            consent_notices.tell_of_paper(session, actor(), row)
        _shut_out(session, row)
    return row, once(made)


@blueprint.route("/consents/<uuid:consent_id>/withdraw", methods=["POST"])
@allow(Permission.CONSENT_RECORD)
@blueprint.answer(ConsentOutput)
def withdraw(consent_id: UUID) -> Any:
    """Take a consent back for a resident who says so; he, or a child's guardian, is told."""
    with transaction() as session:
        row, is_new = people.withdraw_on_paper(session, actor(), consent_id, reached=visits.called_on)
        if is_new:
            consent_notices.tell_of_paper(session, actor(), row)
        return _shut_out(session, row)


def _shut_out(session: Any, row: people.Consent) -> people.Consent:
    """End the sessions of the child whom the decision leaves without a basis, and say so in the trail."""
    if children.shut_out_child(session, row.resident_id):
        note(child_shut_out=True)
    return row
