"""The matrix: changes of the roster."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from app.clock import business_day
from app.ids import new_id
from app.models import Household, LeftWhy, Relation, Resident, RosterChange, RosterChangeKind, Sex
from tests import cast
from tests.matrix.lines import Call, Line, with_json, with_step
from tests.matrix.stage import Stage

_CARERS = {"worker": 200, "admin": 200}


def _changed(stage: Stage) -> None:
    """Write that the household's head went away for work."""
    change = _change(stage, RosterChangeKind.PRESENCE, household_id=stage.household_id)
    change.resident_id = stage.resident_id
    stage.add(change)


def _change(stage: Stage, kind: RosterChangeKind, *, household_id: UUID) -> RosterChange:
    return RosterChange(
        id=new_id(),
        area_code=stage.area,
        kind=kind,
        household_id=household_id,
        actor_id=stage.user("admin"),
        at=cast.LONG_AGO,
        day=cast.LONG_AGO.date(),
        data={},
        content_hash=b"",
    )


def _of_resident(stage: Stage) -> Call:
    _changed(stage)
    return Call(f"/v1/residents/{stage.resident_id}/changes")


def _of_household(stage: Stage) -> Call:
    _changed(stage)
    return Call(f"/v1/households/{stage.household_id}/changes")


def _leave(stage: Stage) -> Call:
    body = {"left_on": business_day().isoformat(), "why": "moved_out"}
    return Call(f"/v1/residents/{stage.neighbour()}/leave", with_step(body))


def _move(stage: Stage) -> Call:
    return Call(f"/v1/residents/{stage.neighbour()}/move", with_step(_into(stage)))


def _return(stage: Stage) -> Call:
    resident = stage.session.get_one(Resident, stage.neighbour())
    resident.left_on, resident.left_why = business_day(), LeftWhy.MOVED_OUT
    stage.session.flush()
    return Call(f"/v1/residents/{resident.id}/return", with_step(_into(stage)))


def _into(stage: Stage) -> dict[str, Any]:
    return {
        "household_id": str(stage.household_id),
        "relation": "other",
        "moved_on": business_day().isoformat(),
    }


def _presence(stage: Stage) -> Call:
    return Call(f"/v1/residents/{stage.neighbour()}/presence", with_step(_away()))


def _presence_of_home(stage: Stage) -> Call:
    one = stage.session.get_one(Resident, stage.neighbour())
    body = {**_away(), "resident_ids": [str(one.id)]}
    return Call(f"/v1/households/{one.household_id}/presence", with_step(body))


def _away() -> dict[str, Any]:
    return {"presence": "away", "since": business_day().isoformat()}


def _move_home(stage: Stage) -> Call:
    home = stage.session.get_one(Resident, stage.neighbour()).household_id
    body = {"place_id": str(stage.place_id), "door": "9单元909", "moved_on": business_day().isoformat()}
    return Call(f"/v1/households/{home}/move", with_step(body))


def _birth(stage: Stage) -> Call:
    body = {
        "id": str(new_id()),
        "name": "王小小",
        "sex": "female",
        "birth_date": business_day().isoformat(),
        "relation": "grandchild",
        "guardianship_id": str(new_id()),
        "guardian_id": str(stage.resident_id),
        "guardian_relation": "grandparent",
        "proof": "出生证",
    }
    return Call(f"/v1/households/{stage.household_id}/births", with_json(body))


def _empty_home(stage: Stage) -> UUID:
    """Give the neighbour's household, which he left."""
    resident = stage.session.get_one(Resident, stage.neighbour())
    resident.left_on, resident.left_why = business_day(), LeftWhy.MOVED_OUT
    stage.session.flush()
    return resident.household_id


def _closing(verb: str) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        body = {"closed_on": business_day().isoformat()}
        return Call(f"/v1/households/{_empty_home(stage)}/{verb}", with_step(body))

    return call


def _twin(stage: Stage) -> Resident:
    """Enter the household's head once more."""
    like = stage.session.get_one(Resident, stage.resident_id)
    copied = ("area_code", "household_id", "name", "sex", "birth_date", "created_at")
    values = {name: getattr(like, name) for name in copied}
    twin = Resident(id=new_id(), relation=Relation.OTHER, content_hash=b"", **values)
    stage.add(twin)
    return twin


def _duplicates(stage: Stage) -> Call:
    _twin(stage)
    return Call("/v1/duplicates")


def _two_people(stage: Stage) -> Call:
    body = {"other_id": str(stage.resident_id)}
    return Call(f"/v1/residents/{_twin(stage).id}/two-people", with_step(body))


def _likeness(stage: Stage) -> Call:
    return Call(f"/v1/residents/{_twin(stage).id}/same-person?duplicate_id={stage.resident_id}")


def _same_person(stage: Stage) -> Call:
    body = {"duplicate_id": str(stage.resident_id)}
    return Call(f"/v1/residents/{_twin(stage).id}/same-person", with_step(body))


def _split(verb: str) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        goes = stage.neighbour()
        home = stage.session.get_one(Resident, goes).household_id
        stays = new_id()
        like = {
            "area_code": stage.area,
            "household_id": home,
            "content_hash": b"",
            "created_at": cast.LONG_AGO,
        }
        person = {"name": "李小山", "sex": Sex.MALE, "birth_date": date(1995, 6, 1)}
        stage.add(Resident(id=stays, relation=Relation.CHILD, **like, **person))
        body = {
            "id": str(new_id()),
            "place_id": str(stage.place_id),
            "door": "9单元910",
            "people": [{"resident_id": str(goes), "relation": "head"}],
            "moved_on": business_day().isoformat(),
            "head_id": str(stays),
        }
        return Call(f"/v1/households/{home}/{verb}", with_step(body))

    return call


def _merge(verb: str) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        goes = stage.neighbour()
        home = stage.session.get_one(Resident, goes).household_id
        body = {
            "into_id": str(stage.household_id),
            "people": [{"resident_id": str(goes), "relation": "other"}],
            "moved_on": business_day().isoformat(),
        }
        return Call(f"/v1/households/{home}/{verb}", with_step(body))

    return call


def _merged(stage: Stage) -> str:
    """Write that the neighbour's empty household went into that of the resident; give where it is undone."""
    home = stage.session.get_one(Household, _empty_home(stage))
    home.closed_on, home.merged_into = business_day(), stage.household_id
    change = _change(stage, RosterChangeKind.MERGED, household_id=home.id)
    change.data = {"into_id": str(stage.household_id), "points": 0}
    stage.add(change)
    return f"/v1/roster-changes/{change.id}/undo"


_ADMIN = {"admin": 200}
ROSTER = [
    Line("POST", "/v1/residents/<uuid:resident_id>/leave", _ADMIN, _leave),
    Line("POST", "/v1/residents/<uuid:resident_id>/return", _ADMIN, _return),
    Line("POST", "/v1/residents/<uuid:resident_id>/move", _ADMIN, _move),
    Line("POST", "/v1/households/<uuid:household_id>/move", _ADMIN, _move_home),
    Line("POST", "/v1/households/<uuid:household_id>/births", {"admin": 201}, _birth),
    Line("POST", "/v1/residents/<uuid:resident_id>/presence", _CARERS, _presence),
    Line("POST", "/v1/households/<uuid:household_id>/presence", _CARERS, _presence_of_home),
    Line("POST", "/v1/households/<uuid:household_id>/close", _ADMIN, _closing("close")),
    Line("POST", "/v1/households/<uuid:household_id>/close/preview", _ADMIN, _closing("close/preview")),
    Line("POST", "/v1/households/<uuid:household_id>/split", _ADMIN, _split("split")),
    Line("POST", "/v1/households/<uuid:household_id>/split/preview", _ADMIN, _split("split/preview")),
    Line("POST", "/v1/households/<uuid:household_id>/merge", _ADMIN, _merge("merge")),
    Line("POST", "/v1/households/<uuid:household_id>/merge/preview", _ADMIN, _merge("merge/preview")),
    Line(
        "POST",
        "/v1/roster-changes/<uuid:change_id>/undo",
        _ADMIN,
        lambda stage: Call(_merged(stage), with_step({})),
    ),
    Line("GET", "/v1/roster-changes/<uuid:change_id>/undo", _ADMIN, lambda stage: Call(_merged(stage))),
    Line("GET", "/v1/duplicates", _ADMIN, _duplicates, 200),
    Line("POST", "/v1/residents/<uuid:resident_id>/two-people", _ADMIN, _two_people),
    Line("GET", "/v1/residents/<uuid:resident_id>/same-person", _ADMIN, _likeness),
    Line("POST", "/v1/residents/<uuid:resident_id>/same-person", _ADMIN, _same_person),
    Line("GET", "/v1/residents/<uuid:resident_id>/changes", _CARERS, _of_resident),
    Line("GET", "/v1/households/<uuid:household_id>/changes", _CARERS, _of_household),
]
