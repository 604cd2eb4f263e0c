"""What residents live by, month by month: written down anew, put right, or as it was the month before."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import employment
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, StepInput, listed, sent_moment, uid, whole, word
from app.api.http.months import first_of, month_text
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leave, note_leaves, sensitive, transaction
from app.api.http.sentences import SENTENCES
from app.employment import WageBand, WorkPlace, WorkSource, WorkState, WorkWay
from app.identity import Permission

blueprint = Blueprint("employments", __name__, description="就业情况")
_WORKING = {WorkState.EMPLOYED, WorkState.SELF_EMPLOYED}
_OF_THE_WORK = ("state", "place", "way", "wage", "months", "source")
"""What is told of a minor to whoever has leave to read the record."""


class EmploymentInput(Input):
    """What somebody lives by: where for whoever works, by what way for whoever is employed."""

    resident_id = uid(required=True)
    month = month_text(required=True)
    state = word(WorkState, required=True)
    place = word(WorkPlace, load_default=None, allow_none=True)
    way = word(WorkWay, load_default=None, allow_none=True)
    wage = word(WageBand, load_default=None, allow_none=True)
    months = whole(1, employment.MOST_MONTHS, load_default=1)
    source = word(WorkSource, required=True)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Want what belongs to the state, and nothing else."""
        works, employed = data["state"] in _WORKING, data["state"] is WorkState.EMPLOYED
        errors = {
            name: ["请选一项" if belongs else "没有在干活，这一项请空着"]
            for name, belongs in (("place", works), ("way", employed))
            if (data[name] is not None) != belongs
        }
        if data["wage"] is not None and not works:
            errors["wage"] = ["没有在干活，这一项请空着"]
        if errors:
            raise ma.ValidationError(errors)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> employment.NewEmployment:
        """Give what the domain takes."""
        return employment.NewEmployment(**data | {"month": first_of(data["month"])})


class UnchangedInput(StepInput):
    """That all is as it was the month before."""

    month = month_text(required=True)
    source = word(WorkSource, required=True)


class UnchangedItemInput(Input):
    """One of several; the id is the new entry's, made by the phone."""

    id = uid(required=True)
    resident_id = uid(required=True)


class UnchangedListInput(Input):
    """Several of whom all is as it was the month before."""

    month = month_text(required=True)
    source = word(WorkSource, required=True)
    items = listed(fields.Nested(UnchangedItemInput), employment.MOST_AT_ONCE, least=1, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> list[tuple[UUID, employment.Unchanged]]:
        """Give what the domain takes."""
        month, source = first_of(data["month"]), data["source"]
        return [(one["id"], employment.Unchanged(one["resident_id"], month, source)) for one in data["items"]]


class EmploymentOutput(Output):
    """What is written down of a month; of a minor without a ticket only that it is.

    ``replaced_at`` is set where a correction of the same month took its place.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    resident_id = fields.UUID(required=True)
    month = fields.String(required=True)
    state = fields.Enum(WorkState, by_value=True, required=True, allow_none=True)
    place = fields.Enum(WorkPlace, by_value=True, required=True, allow_none=True)
    way = fields.Enum(WorkWay, by_value=True, required=True, allow_none=True)
    wage = fields.String(required=True, allow_none=True)
    months = fields.Integer(required=True, allow_none=True)
    source = fields.Enum(WorkSource, by_value=True, required=True, allow_none=True)
    written_by = fields.UUID(required=True)
    written_at = sent_moment(required=True)
    replaced_at = sent_moment(required=True, allow_none=True)
    ticket_needed = fields.Boolean(required=True)

    @ma.pre_dump
    def flatten(self, one: employment.ShownWork, **_: Any) -> dict[str, Any]:
        """Open what is sealed; leave out what is not shown."""
        row = one.row
        beside = {
            "month": f"{row.month:%Y-%m}",
            "wage": employment.wage_of(parts().showing, row) if one.whole else None,
            "ticket_needed": not one.whole,
        }
        told = {name: beside[name] if name in beside else getattr(row, name) for name in self.fields}
        return told if one.whole else told | dict.fromkeys(_OF_THE_WORK)


class UnchangedOutcomeOutput(Output):
    """What became of one: it is written, or ``code`` and ``title`` say why it was refused."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    written = fields.Boolean(required=True)
    code = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def say(self, one: employment.UnchangedOutcome, **_: Any) -> dict[str, Any]:
        """Put the sentence beside the code."""
        title = None if one.code is None else SENTENCES[one.code]
        return {**vars(one), "written": one.code is None, "title": title}


class UnchangedListOutput(Output):
    """What became of each, in the order they were sent."""

    results = fields.List(fields.Nested(UnchangedOutcomeOutput), required=True)


_PAGE = page_of(EmploymentOutput)


@blueprint.route("/employments/<uuid:entry_id>", methods=["PUT"])
@allow(Permission.WORK_WRITE)
@blueprint.made_once(EmploymentOutput)
@blueprint.body(EmploymentInput)
def put_employment(new: employment.NewEmployment, entry_id: UUID) -> tuple[Any, int]:
    """Write down what a resident lives by in a month; what stood of the same month stays in the history."""
    with transaction() as session:
        _, made = employment.write_down(session, actor(), parts().sealer, entry_id, new)
        return _known(session, entry_id), once(made)


@blueprint.route("/employments/unchanged", methods=["POST"])
@allow(Permission.WORK_WRITE)
@blueprint.answer(UnchangedListOutput)
@blueprint.body(UnchangedListInput)
def post_unchanged_employments(items: list[tuple[UUID, employment.Unchanged]]) -> dict[str, Any]:
    """Write down of several that all is as it was the month before; each is written or refused for itself."""
    note(resident_ids=sorted({str(new.resident_id) for _, new in items}))
    with transaction() as session:
        return {"results": employment.write_unchanged_each(session, actor(), parts().sealer, items)}


@blueprint.route("/residents/<uuid:resident_id>/employments/unchanged", methods=["POST"])
@allow(Permission.WORK_WRITE)
@blueprint.answer(EmploymentOutput)
@blueprint.body(UnchangedInput)
def post_unchanged_employment(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Write down that all is with a resident as it was the month before, one month longer."""
    entry_id = sent["step_id"]
    new = employment.Unchanged(resident_id, first_of(sent["month"]), sent["source"])
    with transaction() as session:
        employment.write_unchanged(session, actor(), parts().sealer, entry_id, new)
        return _known(session, entry_id)


@blueprint.route("/residents/<uuid:resident_id>/employments", methods=["GET"])
@allow(Permission.WORK_WRITE)
@sensitive
@blueprint.answer(_PAGE)
@blueprint.query(PageInput)
def list_employments(resident_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List what is written down of a resident, the newest month first, with what was replaced."""

    def fetch(**span: Any) -> Any:
        found = employment.work_of(session, actor(), resident_id, **span)
        note_leaves([one.leave for one in found])
        return found

    with transaction() as session:
        key = employment.WorkKey
        return page(fetch, key.of, limit=limit, after=after, parse=key.parse)


@blueprint.route("/me/employments", methods=["GET"])
@allow(Permission.WORK_OWN)
@blueprint.answer(_PAGE)
@blueprint.query(PageInput)
def list_own_employments(limit: int, after: str | None) -> dict[str, Any]:
    """List what is written down of me, the newest month first, with what was replaced."""

    def fetch(**span: Any) -> Any:
        return employment.own_work(session, actor(), **span)

    with transaction() as session:
        key = employment.WorkKey
        return page(fetch, key.of, limit=limit, after=after, parse=key.parse)


def _known(session: Any, entry_id: UUID) -> employment.ShownWork:
    found = employment.known_work(session, actor(), entry_id)
    note(resident_id=str(found.row.resident_id))
    note_leave(found.leave)
    return found
