"""Entering rows of residents: who is new in a few statements, what changes by the verbs of corrections."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.errors import DomainError
from app.identity import ApprovalNeededError
from app.imports.findings import Finding, Found
from app.imports.resident_columns import BIRTH, DOOR, ID, NAME, PHONE, PLACE, PRESENCE, RELATION, SEX
from app.imports.scene import Judged, Scene, folded
from app.imports.telling import Became
from app.models import (
    CorrectionField,
    ImportOutcome,
    PresenceState,
    Relation,
    Resident,
    Sex,
)
from app.people import Entry, NewHousehold, NewResident, Numbers, correct, register_all

_NOBODY = UUID(int=0)
_FIELDS = {
    ID: CorrectionField.ID_NUMBER,
    NAME: CorrectionField.NAME,
    SEX: CorrectionField.SEX,
    BIRTH: CorrectionField.BIRTH_DATE,
    RELATION: CorrectionField.RELATION,
    PRESENCE: CorrectionField.PRESENCE,
    PHONE: CorrectionField.PHONE,
}
"""In the order in which they are put right: an ID number brings sex and day of birth with it."""


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Enter rows that are as they were when they were shown; give what became of each."""
    new = [(row_id, one) for row_id, one in rows if one.target is None]
    made = register_all(
        scene.session, scene.actor, scene.sealer, [_entry(scene, row_id, one) for row_id, one in new]
    )
    since = Became(ImportOutcome.REFUSED, Finding(Found.CHANGED_SINCE).plain())
    became = {row_id: Became(ImportOutcome.DONE) if row_id in made else since for row_id, _ in new}
    changed = {one.target: (row_id, one) for row_id, one in rows if one.target is not None}
    query = select(Resident).where(Resident.id.in_(changed)).order_by(Resident.id).with_for_update()
    for resident in scene.session.scalars(query.execution_options(populate_existing=True)):
        row_id, one = changed[resident.id]
        became[row_id] = _corrected(scene, resident, one)
    return became


def _entry(scene: Scene, row_id: UUID, one: Judged) -> Entry:
    values = one.row.values
    spot = scene.spots(values[PLACE])[0]
    assert spot.id is not None, "places are entered before people"
    known = scene.doors.get((spot.id, folded(values[DOOR])))
    return Entry(
        row_id,
        spot.area_code,
        NewHousehold(spot.id, known[1] if known else values[DOOR]),
        NewResident(
            _NOBODY,
            values[NAME],
            Sex(values[SEX]),
            date.fromisoformat(values[BIRTH]),
            Relation(values[RELATION]),
            PresenceState(values.get(PRESENCE, PresenceState.HOME)),
        ),
        Numbers(phone=values.get(PHONE), id_number=values.get(ID)),
    )


def _corrected(scene: Scene, resident: Resident, one: Judged) -> Became:
    changed = {change.field for change in one.changes}
    try:
        with scene.session.begin_nested():
            for name, field in _FIELDS.items():
                if name in changed:
                    correct(
                        scene.session,
                        scene.actor,
                        scene.sealer,
                        resident,
                        field,
                        one.row.values[name],
                        agreed=_nobody_agreed,
                    )
    except DomainError as refusal:
        scene.session.expire(resident)
        return Became.refused(refusal)
    return Became(ImportOutcome.DONE)


def _nobody_agreed(_: Resident) -> None:
    """Refuse what touches a minor's age, as the check does before. Raises ApprovalNeededError."""
    raise ApprovalNeededError
