"""Entering rows of residents: new ones in a few statements, others by the verbs of the roster."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.clock import business_day
from app.errors import DomainError
from app.identity import ApprovalNeededError
from app.ids import new_id
from app.imports.findings import Finding, Found
from app.imports.resident_columns import BIRTH, DOOR, ID, NAME, PHONE, PLACE, PRESENCE, RELATION, SEX
from app.imports.scene import Judged, Scene
from app.imports.telling import Became
from app.models import (
    CorrectionField,
    ImportOutcome,
    ImportRowState,
    PresenceState,
    Relation,
    Resident,
    Sex,
    User,
)
from app.moves import Move, come_back
from app.people import (
    Entry,
    NewHousehold,
    NewResident,
    Numbers,
    correct,
    folded_door,
    home_behind,
    kept_door,
    lock_accounts,
    register_all,
    register_household,
)

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
    became = _of_those_there(scene, [(row_id, one) for row_id, one in rows if one.target is not None])
    new = [(row_id, one) for row_id, one in rows if one.target is None]
    made = register_all(
        scene.session, scene.actor, scene.sealer, [_entry(scene, row_id, one) for row_id, one in new]
    )
    since = Became(ImportOutcome.REFUSED, Finding(Found.CHANGED_SINCE).plain())
    return became | {row_id: Became(ImportOutcome.DONE) if row_id in made else since for row_id, _ in new}


def _of_those_there(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Put right what is said of those who are there, or let them be back: first accounts are locked."""
    by_target = {one.target: (row_id, one) for row_id, one in rows}
    back = [one.target for _, one in rows if one.state is ImportRowState.RETURNED]
    if back:
        lock_accounts(scene.session, User.resident_id.in_(back))
    query = select(Resident).where(Resident.id.in_(by_target)).order_by(Resident.id).with_for_update()
    became = {}
    for resident in scene.session.scalars(query.execution_options(populate_existing=True)).all():
        row_id, one = by_target[resident.id]
        became[row_id] = _written(scene, resident, row_id, one)
    return became


def _entry(scene: Scene, row_id: UUID, one: Judged) -> Entry:
    values = one.row.values
    spot = scene.spots(values[PLACE])[0]
    assert spot.id is not None, "places are entered before people"
    known = scene.doors.get((spot.id, folded_door(values[DOOR])))
    return Entry(
        row_id,
        spot.area_code,
        NewHousehold(spot.id, known[1] if known else kept_door(values[DOOR])),
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


def _written(scene: Scene, resident: Resident, row_id: UUID, one: Judged) -> Became:
    changed = {change.field for change in one.changes}
    try:
        with scene.session.begin_nested():
            if one.state is ImportRowState.RETURNED:
                _let_back(scene, resident.id, row_id, one)
                changed = (changed - {RELATION}) & one.row.values.keys()
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


def _let_back(scene: Scene, resident_id: UUID, row_id: UUID, one: Judged) -> None:
    """Let him live behind the door of his row from today on; the step has the row's own id."""
    values = one.row.values
    spot = scene.spots(values[PLACE])[0]
    assert spot.id is not None, "places are entered before people"
    home = scene.doors.get((spot.id, folded_door(values[DOOR])))
    household_id = home[0] if home else _home(scene, NewHousehold(spot.id, values[DOOR]))
    new = Move(household_id, Relation(values[RELATION]), business_day())
    come_back(scene.session, scene.actor, scene.sealer, resident_id, row_id, new)


def _home(scene: Scene, new: NewHousehold) -> UUID:
    """Give the household behind a door that had none when the rows were judged."""
    there = home_behind(scene.session, new.place_id, new.door)
    return there.id if there else register_household(scene.session, scene.actor, new_id(), new)[0].id


def _nobody_agreed(_: Resident) -> None:
    """Refuse what touches a minor's age, as the check does before. Raises ApprovalNeededError."""
    raise ApprovalNeededError
