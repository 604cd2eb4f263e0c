"""The queue of those who say who they are: the community admin finds them on the roster, or says no."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from app import identity, people, visits
from app.api import decision_words
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leaves, sensitive, transaction
from app.identity import BindingEnd, BindingRequestState, Permission, binding_candidates, binding_doubts

blueprint = Blueprint("binding_requests", __name__, description="绑定申请")


class BindingRequestListInput(PageInput):
    """Which requests."""

    state = word(BindingRequestState, load_default=None)


class ApproveBindingInput(Input):
    """Who it is."""

    resident_id = uid(required=True)


class RejectBindingInput(Input):
    """Why not."""

    note = Text(200, least=1, required=True)


class BindingRequestOutput(Output):
    """Who somebody says he is, and what was decided."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    user_id = fields.UUID(required=True)
    name = fields.String(required=True)
    door = fields.String(required=True)
    note = fields.String(required=True)
    asked_at = sent_moment(required=True)
    state = fields.Enum(BindingRequestState, by_value=True, required=True)
    decided_at = sent_moment(required=True, allow_none=True)
    decision_note = fields.String(required=True)
    resident_id = fields.UUID(required=True, allow_none=True)


BindingRequestPage = page_of(BindingRequestOutput)


def _fits(**options: Any) -> Any:
    return fields.List(fields.Enum(binding_candidates.Fit, by_value=True), required=True, **options)


class CandidateEndOutput(Output):
    """That staff once said of the two that he is not this resident, or that the resident died."""

    end_reason = fields.Enum(BindingEnd, by_value=True, required=True)
    end_note = fields.String(required=True)
    ended_at = sent_moment(required=True)


class DoubtOutput(Output):
    """Why a proof by this resident's phone or papers decides nothing alone, and who has no say for it."""

    what = fields.Enum(binding_doubts.Doubt, by_value=True, required=True)
    user_id = fields.UUID(required=True)
    name = fields.String(required=True)
    at = sent_moment(required=True)
    text = fields.String(required=True)


class CandidateOutput(Output):
    """A resident who may be the one who asks; his year of birth as the roster shows it to the reader."""

    resident_id = fields.UUID(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True)
    door = fields.String(required=True)
    age_group = fields.Enum(people.AgeGroup, by_value=True, required=True)
    birth_year = fields.Integer(required=True, allow_none=True)
    fits = _fits()
    bound = fields.Boolean(required=True)
    ended = fields.Nested(CandidateEndOutput, required=True, allow_none=True)
    doubts = fields.List(fields.Nested(DoubtOutput), required=True)


class OneBindingRequestOutput(BindingRequestOutput):
    """A request, and who of the community's roster fits it; null where the reader has nothing to decide."""

    candidates = fields.List(
        fields.Nested(CandidateOutput),
        required=True,
        allow_none=True,
        validate=validate.Length(max=binding_candidates.MOST_CANDIDATES),
    )


class ApprovedRequestOutput(BindingRequestOutput):
    """A request, and in what the resident fits it: an empty list says that he fits in nothing.

    Null where the words are gone by now, or he left the community.
    """

    fits = _fits(allow_none=True)


@blueprint.route("/binding-requests", methods=["GET"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(BindingRequestPage)
@blueprint.query(BindingRequestListInput)
@sensitive
def list_requests(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the requests of my communities, the newest first."""

    def fetch(**span: Any) -> Any:
        return identity.binding_requests(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/binding-requests/<uuid:request_id>", methods=["GET"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(OneBindingRequestOutput)
@sensitive
def get_request(request_id: UUID) -> Any:
    """Show one request, and the residents who fit what was typed, or the phone that WeChat vouches for."""
    with transaction() as session:
        row = identity.request_in_scope(session, actor(), request_id)
        found = binding_candidates.candidates(session, actor(), parts().sealer, row)
        return _beside(row, candidates=None if found is None else _shown(session, found))


@blueprint.route("/binding-requests/<uuid:request_id>/approve", methods=["POST"])
@allow(Permission.BINDING_DECIDE, checked=True)
@blueprint.answer(ApprovedRequestOutput)
@blueprint.body(ApproveBindingInput)
def approve(sent: dict[str, Any], request_id: UUID) -> Any:
    """Make the user this resident: a sensitive step, which opens what is kept of him.

    Whoever decides knows people, and may choose one who fits in nothing; answer and trail say so.
    """
    with transaction() as session:
        row = identity.approve_request(session, actor(), request_id, **sent)
        fits = binding_candidates.fits_of(session, parts().sealer, row)
        note(resident_id=str(row.resident_id), fits=None if fits is None else [one.value for one in fits])
        return _beside(row, fits=fits)


@blueprint.route("/binding-requests/<uuid:request_id>/reject", methods=["POST"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(BindingRequestOutput)
@blueprint.body(RejectBindingInput)
def reject(sent: dict[str, Any], request_id: UUID) -> Any:
    """Say no, and why."""
    with transaction() as session:
        return identity.reject_request(session, actor(), request_id, **sent)


def _shown(session: Any, found: list[binding_candidates.Candidate]) -> list[dict[str, Any]]:
    """Say who fits, and note whose data are read and by which leave."""
    seen = visits.seen(session, actor(), [one.resident for one in found])
    note(resident_ids=sorted(str(one.resident.id) for one in found))
    note_leaves([one.leave for one in seen])
    return [
        {
            "resident_id": one.resident.id,
            "name": one.resident.name,
            "place": one.resident.household.place.name,
            "door": one.resident.household.door,
            "age_group": people.age_group(one.resident),
            "birth_year": one.resident.birth_date.year if how.whole else None,
            "fits": one.fits,
            "bound": one.bound,
            "ended": one.ended,
            "doubts": [_doubt(doubted) for doubted in one.doubts],
        }
        for one, how in zip(found, seen, strict=True)
    ]


def _doubt(one: binding_candidates.Doubted) -> dict[str, Any]:
    return {
        "what": one.known.doubt,
        "user_id": one.known.user_id,
        "name": one.staff.name,
        "at": one.known.at,
        "text": decision_words.of_doubt(one),
    }


def _beside(row: identity.BindingRequest, **more: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in BindingRequestOutput().fields} | more
