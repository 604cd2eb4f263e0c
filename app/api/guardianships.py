"""Guardians of children: recorded with proof, verified by an admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import people, visits
from app.api.http.allow import actor, allow
from app.api.http.askers import AskerOutput
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, day, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leaves, sensitive, transaction
from app.identity import Permission, children, guardian_notices, naming
from app.people import GuardianRelation, GuardianshipState

blueprint = Blueprint("guardianships", __name__, description="监护人")


class GuardianshipInput(Input):
    """A guardian to put on record; ``proof`` names the document that was shown."""

    child_id = uid(required=True)
    guardian_id = uid(required=True)
    relation = word(GuardianRelation, required=True)
    proof = Text(200, least=2, required=True)
    valid_until = day(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> people.NewGuardianship:
        """Give what the domain takes."""
        return people.NewGuardianship(**data)


class GuardianshipListInput(PageInput):
    """Which guardianships."""

    state = word(GuardianshipState, load_default=None)


class RosterPersonOutput(Output):
    """Somebody of the roster, and where he lives."""

    name = fields.String(required=True)
    age_group = fields.Enum(people.AgeGroup, by_value=True, required=True)
    place = fields.String(required=True)
    door = fields.String(required=True)


class GuardianshipOutput(Output):
    """A guardian of a child; the two in words, null who lives where the reader's function ends.

    With ``until_of_age`` the last day is that before the child's eighteenth birthday, and null to whoever may
    not read the day of birth.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    child_id = fields.UUID(required=True)
    child = fields.Nested(RosterPersonOutput, required=True, allow_none=True)
    guardian_id = fields.UUID(required=True)
    guardian = fields.Nested(RosterPersonOutput, required=True, allow_none=True)
    recorder = fields.Nested(AskerOutput, required=True)
    relation = fields.Enum(GuardianRelation, by_value=True, required=True)
    proof = fields.String(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    until_of_age = fields.Boolean(required=True)
    verified_at = sent_moment(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)

    @ma.pre_dump
    def unseal(self, shown: "_Shown", **_: Any) -> dict[str, Any]:
        """Open the proof, and put the people in words."""
        row = shown.told.guardianship
        beside = {
            "proof": people.proof_of(parts().showing, row),
            "child": shown.told.child,
            "guardian": shown.told.guardian,
            "recorder": shown.recorder,
            "valid_until": row.valid_until if shown.tells_day else None,
            "until_of_age": shown.told.until_of_age,
        }
        return {name: getattr(row, name) for name in self.fields if name not in beside} | beside


@dataclass(frozen=True)
class _Shown:
    """A guardianship in words, and who put it on record."""

    told: people.ToldGuardianship
    recorder: naming.Named
    tells_day: bool
    """Also the last day, from which the child's day of birth follows where it lasts until that is of age."""


def _shown(session: Any, rows: Sequence[people.Guardianship]) -> list[_Shown]:
    recorders = naming.named(session, {row.recorded_by for row in rows})
    found = people.told_guardianships(session, actor(), rows)
    minors = {one.minor.id: one.minor for one in found if one.until_of_age}
    seen = {one.resident.id: one for one in visits.seen(session, actor(), list(minors.values()))}
    note_leaves([one.leave for one in seen.values()])
    return [
        _Shown(
            told,
            recorders[told.guardianship.recorded_by].over(told.guardianship.area_code),
            told.minor.id not in seen or seen[told.minor.id].whole,
        )
        for told in found
    ]


GuardianshipPage = page_of(GuardianshipOutput)


def _note_two(row: people.Guardianship) -> None:
    note(child_id=str(row.child_id), guardian_id=str(row.guardian_id))


@blueprint.route("/guardianships/<uuid:guardianship_id>", methods=["PUT"])
@allow(Permission.GUARDIAN_RECORD)
@blueprint.made_once(GuardianshipOutput)
@blueprint.body(GuardianshipInput)
def put_guardianship(new: people.NewGuardianship, guardianship_id: UUID) -> tuple[Any, int]:
    """Put a guardian on record; admins are told that he is to be verified."""
    with transaction() as session:
        row, made = people.record_guardian(session, actor(), parts().sealer, guardianship_id, new)
        if made:
            guardian_notices.tell_verifiers(session, actor(), row)
        _note_two(row)
        (shown,) = _shown(session, [row])
    return shown, once(made)


@blueprint.route("/guardianships", methods=["GET"])
@allow(Permission.GUARDIAN_VERIFY)
@blueprint.answer(GuardianshipPage)
@blueprint.query(GuardianshipListInput)
@sensitive
def find_guardianships(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the guardianships of my areas, the newest first, on request those that wait to be verified."""

    def fetch(**span: Any) -> Any:
        return _shown(session, people.guardianships(session, actor(), **filters, **span))

    with transaction() as session:
        return page(fetch, lambda shown: shown.told.guardianship.id, limit=limit, after=after)


@blueprint.route("/guardianships/<uuid:guardianship_id>/verify", methods=["POST"])
@allow(Permission.GUARDIAN_VERIFY, checked=True)
@blueprint.answer(GuardianshipOutput)
def verify_guardianship(guardianship_id: UUID) -> Any:
    """Note that I have seen the proof; the guardian is told.

    A sensitive step: from then on the guardian reads, and decides on, what is kept of the child.
    """
    with transaction() as session:
        row, is_new = people.verify_guardian(session, actor(), guardianship_id)
        if is_new:
            guardian_notices.tell_guardian(session, row, ended=False)
        _note_two(row)
        (shown,) = _shown(session, [row])
    return shown


@blueprint.route("/guardianships/<uuid:guardianship_id>/end", methods=["POST"])
@allow(Permission.GUARDIAN_VERIFY)
@blueprint.answer(GuardianshipOutput)
def end_guardianship(guardianship_id: UUID) -> Any:
    """End a guardianship now; the sessions of a child whom no other consent carries end with it."""
    with transaction() as session:
        row, is_new = people.end_guardianship(session, actor(), guardianship_id)
        if is_new and row.verified_at is not None:
            guardian_notices.tell_guardian(session, row, ended=True)
        _note_two(row)
        if children.shut_out_child(session, row.child_id):
            note(child_shut_out=True)
        (shown,) = _shown(session, [row])
    return shown


@blueprint.route("/residents/<uuid:resident_id>/guardianships", methods=["GET"])
@allow(Permission.GUARDIAN_RECORD)
@blueprint.answer(GuardianshipPage)
@blueprint.query(PageInput)
@sensitive
def list_guardianships(resident_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List the guardians of a child, the newest first."""

    def fetch(**span: Any) -> Any:
        return _shown(session, people.guardians_of(session, actor(), resident_id, **span))

    with transaction() as session:
        return page(fetch, lambda shown: shown.told.guardianship.id, limit=limit, after=after)
