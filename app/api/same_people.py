"""People who were entered twice: who may be, what making them one would do, and doing it."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import moves, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, StepInput, Text, area_code, uid
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leaves, sensitive, transaction
from app.api.outlooks import ObstacleOutput
from app.api.residents import FoundResidentOutput
from app.api.roster_changes import RosterChangeOutput, shown_changes
from app.identity import Permission

blueprint = Blueprint("same_people", __name__, description="重复登记的人")
_ABOUT = ("name", "sex", "birth_date", "relation", "presence", "phone", "id_number", "place_name", "door")
"""What is compared, field by field."""


class DuplicatesQuery(PageInput):
    """Where, and how much of the list."""

    area_code = area_code(load_default=None)


class PairOutput(Output):
    """Two of one name who live in one community, and what else is alike."""

    first = fields.Nested(FoundResidentOutput, required=True)
    second = fields.Nested(FoundResidentOutput, required=True)
    alike = fields.List(fields.Enum(moves.Alike, by_value=True), required=True)


class TwoPeopleInput(StepInput):
    """Who is another one."""

    other_id = uid(required=True)


class DuplicateQuery(Input):
    """Who may be the duplicate."""

    duplicate_id = uid(required=True)


class SamePersonInput(StepInput):
    """Who is the duplicate, and why."""

    duplicate_id = uid(required=True)
    reason = Text(200, lines=True, load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": moves.SamePerson(**data)}


class ComparedOutput(Output):
    """What a field says of each; ``goes`` where the duplicate's goes over, else that of who stays holds."""

    field = fields.String(required=True)
    stays = fields.String(required=True, allow_none=True)
    duplicate = fields.String(required=True, allow_none=True)
    goes = fields.Boolean(required=True)


class CarriedOutput(Output):
    """How many rows of a kind go over; other records go as well."""

    what = fields.Enum(moves.Counted, by_value=True, required=True)
    count = fields.Integer(required=True)


class LikenessOutput(Output):
    """What would become of two; ``obstacles`` is empty where they can be made one.

    ``last_of_home`` says that nobody lives any more where the duplicate does. A phone of the duplicate's that
    does not go is gone.
    """

    compared = fields.List(fields.Nested(ComparedOutput), required=True)
    carried = fields.List(fields.Nested(CarriedOutput), required=True)
    last_of_home = fields.Boolean(required=True)
    obstacles = fields.List(fields.Nested(ObstacleOutput), required=True)

    @ma.pre_dump
    def compare(self, likeness: moves.Likeness, **_: Any) -> dict[str, Any]:
        """Put what both say beside each other, masked as everywhere."""
        said = [FoundResidentOutput().dump(visits.Seen(one, whole=True)) for one in likeness.two]
        compared = [
            {
                "field": name,
                "stays": said[0][name],
                "duplicate": said[1][name],
                "goes": name in likeness.numbers,
            }
            for name in _ABOUT
        ]
        carried = [{"what": what, "count": count} for what, count in likeness.counts.items() if count]
        return {
            "compared": compared,
            "carried": carried,
            "last_of_home": likeness.last_of_home,
            "obstacles": likeness.obstacles,
        }


@blueprint.route("/duplicates", methods=["GET"])
@allow(Permission.ROSTER_WRITE)
@sensitive
@blueprint.answer(page_of(PairOutput))
@blueprint.query(DuplicatesQuery)
def list_duplicates(area_code: str | None, limit: int, after: str | None) -> dict[str, Any]:
    """List pairs who may be one person: of one name and community, with one birthday or one phone."""

    def fetch(**span: Any) -> Any:
        found = moves.likely_duplicates(session, actor(), area_code=area_code, **span)
        named = {one.id: one for pair in found for one in (pair.first, pair.second)}
        seen = {one.resident.id: one for one in visits.seen(session, actor(), list(named.values()))}
        note_leaves([one.leave for one in seen.values()])
        return [
            {
                "key": pair.key,
                "first": seen[pair.first.id],
                "second": seen[pair.second.id],
                "alike": [what for what in moves.Alike if what in pair.alike],
            }
            for pair in found
        ]

    with transaction() as session:
        return page(fetch, lambda pair: pair["key"], limit=limit, after=after, parse=moves.TwoIds.parse)


@blueprint.route("/residents/<uuid:resident_id>/two-people", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(TwoPeopleInput)
def say_two(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Note that two who read alike are two people: they are listed no more."""
    note(other_id=str(sent["other_id"]))
    with transaction() as session:
        row = moves.say_two(session, actor(), parts().sealer, resident_id, **sent)
        return shown_changes(session, [row])[0]


@blueprint.route("/residents/<uuid:resident_id>/same-person", methods=["GET"])
@allow(Permission.ROSTER_WRITE)
@sensitive
@blueprint.answer(LikenessOutput)
@blueprint.query(DuplicateQuery)
def show_likeness(resident_id: UUID, duplicate_id: UUID) -> Any:
    """Show what would become of the two if this one stays, and all that stands in the way."""
    with transaction() as session:
        found = moves.preview_likeness(session, actor(), parts().sealer, resident_id, duplicate_id)
        note_leaves(found.leaves)
        return found


@blueprint.route("/residents/<uuid:resident_id>/same-person", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(SamePersonInput)
def make_one(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Let another row be this one's duplicate: all that hangs on it goes to this one."""
    note(duplicate_id=str(sent["new"].duplicate_id))
    with transaction() as session:
        row = moves.make_one(session, actor(), parts().sealer, resident_id, **sent)
        return shown_changes(session, [row])[0]
