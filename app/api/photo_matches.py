"""Pairs of photos that may be one and the same, and what a person found who looked at them."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import evidence
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, area_code, has_words, sent_moment, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.photo_links import photo_urls
from app.api.http.recording import note, transaction
from app.api.photos import reading_reach
from app.evidence import MatchedPhoto, MatchKind, MatchVerdict, PhotoOwner, Settled, ToldMatch
from app.hazards import HazardStep
from app.identity import Permission

blueprint = Blueprint("photo_matches", __name__, description="照片重复核对")


class MatchListInput(PageInput):
    """Which pairs."""

    settled = word(Settled, load_default=Settled.OPEN)
    kind = word(MatchKind, load_default=None)
    area_code = area_code(load_default=None)


class SettleInput(Input):
    """What was found."""

    verdict = word(MatchVerdict, required=True)
    note = Text(500, least=1, lines=True, required=True, checks=[has_words])


class NamingRecordOutput(Output):
    """A record that names the photo; a step of a hazard with the hazard in whose course it stands."""

    kind = fields.Enum(PhotoOwner, by_value=True, required=True)
    record_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    hazard_id = fields.UUID(required=True, allow_none=True)
    step = fields.Enum(HazardStep, by_value=True, required=True, allow_none=True)


class MatchedPhotoOutput(Output):
    """One of the two photos; its addresses are short-lived."""

    photo_id = fields.UUID(required=True)
    received_at = sent_moment(required=True)
    thumb_url = fields.String(required=True)
    large_url = fields.String(required=True)
    records = fields.List(fields.Nested(NamingRecordOutput), required=True)

    @ma.pre_dump
    def add_urls(self, told: MatchedPhoto, **_: Any) -> dict[str, Any]:
        """Add the addresses."""
        shown = {"photo_id": told.photo_id, "received_at": told.received_at, "records": told.records}
        return shown | photo_urls(told.photo_id)


class MatchOutput(Output):
    """Two photos that may be one; a photo that the reader may not see is null."""

    id = fields.UUID(required=True)
    kind = fields.Enum(MatchKind, by_value=True, required=True)
    found_at = sent_moment(required=True)
    photo = fields.Nested(MatchedPhotoOutput, required=True, allow_none=True)
    earlier = fields.Nested(MatchedPhotoOutput, required=True, allow_none=True)
    settled_at = sent_moment(required=True, allow_none=True)
    settled_by = fields.UUID(required=True, allow_none=True)
    verdict = fields.Enum(MatchVerdict, by_value=True, required=True, allow_none=True)
    note = fields.String(required=True)

    @ma.pre_dump
    def tell(self, told: ToldMatch, **_: Any) -> dict[str, Any]:
        """Put both photos beside what is kept of the pair."""
        both = {"photo": told.photo, "earlier": told.earlier}
        return {name: getattr(told.match, name) for name in self.fields if name not in both} | both


@blueprint.route("/photo-matches", methods=["GET"])
@allow(Permission.PHOTO_MATCH_READ)
@blueprint.answer(page_of(MatchOutput))
@blueprint.query(MatchListInput)
def list_matches(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List pairs of photos that may be one, the newest first."""

    def fetch(**span: Any) -> Any:
        return evidence.matches(session, actor(), reading_reach(actor()), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda told: told.match.id, limit=limit, after=after)


@blueprint.route("/photo-matches/<uuid:match_id>/settle", methods=["POST"])
@allow(Permission.PHOTO_REVIEW)
@blueprint.answer(MatchOutput)
@blueprint.body(SettleInput)
def settle_match(sent: dict[str, Any], match_id: UUID) -> Any:
    """Note whether it is reuse: what is to follow from it people decide."""
    with transaction() as session:
        note(verdict=sent["verdict"])
        return evidence.settle(session, actor(), match_id, reading_reach(actor()), **sent)
