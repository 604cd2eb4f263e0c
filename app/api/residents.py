"""Residents of the roster; their phone and ID number are shown masked."""

from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import people, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Output, Text, area_code, day, id_number, phone, uid, whole, word
from app.api.http.paging import DEFAULT_LIMIT, MAX_LIMIT, PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note_approval, note_leave, note_leaves, sensitive, transaction
from app.identity import Permission, changed_ages
from app.people import LeftWhy, PresenceState, Relation, Sex

_AS_THEY_ARE = (
    "id",
    "area_code",
    "household_id",
    "name",
    "sex",
    "relation",
    "presence",
    "back_on",
    "left_on",
    "left_why",
    "same_as_id",
)
"""Of a resident, neither masked nor left out."""
blueprint = Blueprint("residents", __name__, description="居民")


class ResidentInput(Input):
    """A resident to register; ``another_person`` than whoever has his name and age on the roster."""

    household_id = uid(required=True)
    name = Text(40, least=1, required=True)
    sex = word(Sex, required=True)
    birth_date = day(required=True)
    relation = word(Relation, required=True)
    presence = word(PresenceState, load_default=PresenceState.HOME)
    another_person = Flag(load_default=False)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> people.NewResident:
        """Give what the domain takes."""
        return people.NewResident(**data)


class NumbersInput(Input):
    """Phone and ID number; null takes one away, a minor's ID number by an approval; one left out stays."""

    phone = phone(allow_none=True)
    id_number = id_number(allow_none=True)
    approval_id = uid(load_default=None, allow_none=True)


class ResidentOutput(Output):
    """A resident, as staff and his own household see him; a minor's day of birth takes a ticket."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    household_id = fields.UUID(required=True)
    name = fields.String(required=True)
    sex = fields.Enum(Sex, by_value=True, required=True)
    birth_date = fields.Date(required=True, allow_none=True)
    age_group = fields.Enum(people.AgeGroup, by_value=True, required=True)
    relation = fields.Enum(Relation, by_value=True, required=True)
    presence = fields.Enum(PresenceState, by_value=True, required=True)
    back_on = fields.Date(required=True, allow_none=True)
    left_on = fields.Date(required=True, allow_none=True)
    left_why = fields.Enum(LeftWhy, by_value=True, required=True, allow_none=True)
    same_as_id = fields.UUID(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def mask(self, seen: visits.Seen, **_: Any) -> dict[str, Any]:
        """Put what is masked or left out beside the rest."""
        return self.told(seen)

    def told(self, seen: visits.Seen) -> dict[str, Any]:
        """Give what is shown of a resident, but not of his home."""
        resident = seen.resident
        beside = asdict(people.masked_numbers(parts().sealer, resident)) | {
            "age_group": people.age_group(resident),
            "birth_date": resident.birth_date if seen.whole else None,
        }
        return {name: getattr(resident, name) for name in _AS_THEY_ARE} | beside


class SearchInput(PageInput):
    """What is remembered of somebody, and how much of what was found."""

    words = Text(40, least=1, required=True)
    area_code = area_code(load_default=None)
    limit = whole(1, MAX_LIMIT, load_default=DEFAULT_LIMIT)


class FoundResidentOutput(ResidentOutput):
    """A resident, and where he lives."""

    place_name = fields.String(required=True)
    door = fields.String(required=True)

    @ma.pre_dump
    def mask(self, seen: visits.Seen, **_: Any) -> dict[str, Any]:
        """Add the home to what is shown of him."""
        home = seen.resident.household
        return self.told(seen) | {"place_name": home.place.name, "door": home.door}


@blueprint.route("/residents/<uuid:resident_id>", methods=["PUT"])
@allow(Permission.ROSTER_WRITE)
@blueprint.made_once(ResidentOutput)
@blueprint.body(ResidentInput)
def put_resident(new: people.NewResident, resident_id: UUID) -> tuple[Any, int]:
    """Register a resident, once."""
    with transaction() as session:
        resident, made = people.register_resident(session, actor(), resident_id, new)
        return _seen(session, resident), once(made)


@blueprint.route("/residents/<uuid:resident_id>", methods=["GET"])
@allow(Permission.ROSTER_READ)
@sensitive
@blueprint.answer(ResidentOutput)
def get_resident(resident_id: UUID) -> Any:
    """Show one resident."""
    with transaction() as session:
        return _seen(session, visits.called_on(session, actor(), resident_id))


@blueprint.route("/residents/search", methods=["POST"])
@allow(Permission.ROSTER_READ)
@blueprint.answer(page_of(FoundResidentOutput))
@blueprint.body(SearchInput)
def search_residents(sent: dict[str, Any]) -> dict[str, Any]:
    """Find residents by name, pinyin or its first letters, door, building, or the end of a phone.

    What is looked for is sent as a body: addresses are kept in logs, and names do not belong there.
    """

    def fetch(**span: Any) -> Any:
        asked = {"words": sent["words"], "area_code": sent["area_code"]}
        found = people.search_residents(session, actor(), parts().sealer, **asked, **span)
        seen = visits.seen(session, actor(), found)
        note_leaves([one.leave for one in seen])
        return seen

    with transaction() as session:
        span = {"limit": sent["limit"], "after": sent["after"]}
        return page(fetch, _place_found, **span, parse=people.Named.parse)


def _place_found(seen: visits.Seen) -> people.Named:
    return people.Named(seen.resident.name, seen.resident.id)


@blueprint.route("/residents/<uuid:resident_id>/numbers", methods=["PUT"])
@allow(Permission.ROSTER_WRITE, checked=True)
@blueprint.answer(ResidentOutput)
@blueprint.body(NumbersInput)
def put_numbers(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Keep a resident's phone, ID number or both in the place of those before.

    A sensitive step: whoever holds the phone on the roster can bind himself to the resident. A minor's
    ID number is taken away only with the approval of a second person.
    """
    approval_id = sent["approval_id"]
    given = {name: value for name, value in sent.items() if name != "approval_id"}
    note_approval(approval_id)
    with transaction() as session:
        agreed = partial(
            changed_ages.agreed_to_age, session, actor(), request_id=None, approval_id=approval_id
        )
        row = people.set_numbers(session, actor(), parts().sealer, resident_id, given, agreed=agreed)
        return _seen(session, row)


def _seen(session: Any, resident: people.Resident) -> visits.Seen:
    """Say how much of him is seen, and note the leave by which it is."""
    (one,) = visits.seen(session, actor(), [resident])
    note_leave(one.leave)
    return one
