"""The matrix: changes of the roster."""

from app.ids import new_id
from app.models import RosterChange, RosterChangeKind
from tests import cast
from tests.matrix.lines import Call, Line
from tests.matrix.stage import Stage

_CARERS = {"worker": 200, "admin": 200}


def _changed(stage: Stage) -> None:
    """Write that the household's head went away for work."""
    change = RosterChange(
        id=new_id(),
        area_code=stage.area,
        kind=RosterChangeKind.PRESENCE,
        resident_id=stage.resident_id,
        household_id=stage.household_id,
        actor_id=stage.user("admin"),
        at=cast.LONG_AGO,
        day=cast.LONG_AGO.date(),
        data={},
        content_hash=b"",
    )
    stage.add(change)


def _of_resident(stage: Stage) -> Call:
    _changed(stage)
    return Call(f"/v1/residents/{stage.resident_id}/changes")


def _of_household(stage: Stage) -> Call:
    _changed(stage)
    return Call(f"/v1/households/{stage.household_id}/changes")


ROSTER = [
    Line("GET", "/v1/residents/<uuid:resident_id>/changes", _CARERS, _of_resident),
    Line("GET", "/v1/households/<uuid:household_id>/changes", _CARERS, _of_household),
]
