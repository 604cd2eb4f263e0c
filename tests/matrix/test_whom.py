"""Every writing route says in the trail for whom it wrote; a new one cannot forget it."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.models import AuditEntry, Base, Household, Resident, User
from tests import cast
from tests.client import Client
from tests.hazard_world import HAZARD_VERBS
from tests.matrix.lines import ROLES, Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.trail import entries_of

_A_PLACE = "of a place or what is found there; for whom somebody acted who reported it is told where he did"
ABOUT_NOBODY = {
    "DELETE /v1/sessions/current": "his own",
    "POST /v1/residents/search": "whom it finds, and nobody it writes of",
    "POST /v1/drafts": "each record in it has an entry of its own, which says so",
    "PUT /v1/photos/<uuid:photo_id>": "a photo is somebody's by the record that names it",
    "PUT /v1/signatures/<uuid:signature_id>": "so is a signature",
    "PUT /v1/roster-exports/<uuid:export_id>": "everybody's of an area",
    "PUT /v1/imports/<uuid:import_id>": "everybody's of a community",
    "POST /v1/imports/<uuid:import_id>/apply": "everybody's of a community",
    "POST /v1/imports/<uuid:import_id>/cancel": "everybody's of a community",
    "PUT /v1/hazard-exports/<uuid:export_id>": "all hazards of an area",
    "PUT /v1/checklist-drafts/<uuid:draft_id>": "nobody's: what is asked of a kind of place",
    "PUT /v1/checklist-drafts/<uuid:draft_id>/workbook": "nobody's",
    "POST /v1/checklist-drafts/<uuid:draft_id>/follow": "nobody's",
    "POST /v1/checklist-drafts/<uuid:draft_id>/publish": "nobody's",
    "POST /v1/checklist-drafts/<uuid:draft_id>/discard": "nobody's",
    "POST /v1/checklists/<uuid:checklist_id>/retire": "nobody's",
    "PUT /v1/rewards/<uuid:reward_id>": "goods",
    "POST /v1/rewards/<uuid:reward_id>/deliveries": "goods",
    "PUT /v1/inspections/<uuid:inspection_id>": _A_PLACE,
    "PUT /v1/plans/<uuid:plan_id>": _A_PLACE,
    "POST /v1/plans/<uuid:plan_id>/change": _A_PLACE,
    "POST /v1/plans/<uuid:plan_id>/end": _A_PLACE,
    "POST /v1/occurrences/<uuid:occurrence_id>/reassign": _A_PLACE,
    "PUT /v1/absences/<uuid:absence_id>": "which of the staff does the work of which",
    "POST /v1/absences/<uuid:absence_id>/end": "which of the staff does the work of which",
    "PUT /v1/weather-alerts/<uuid:alert_id>": "everybody's of an area",
    "POST /v1/weather-alerts/<uuid:alert_id>/end": "everybody's of an area",
    "PUT /v1/routes/<uuid:route_id>": _A_PLACE,
    "PUT /v1/category-deadlines/<uuid:deadline_id>": "everybody's of a community",
    "PUT /v1/units/<uuid:unit_id>": "which of the staff work together",
    "POST /v1/units/<uuid:unit_id>/change": "which of the staff work together",
    "POST /v1/challenges": "his own, for a place where he is",
    "POST /v1/places/<uuid:place_id>/witness-codes": "his own, for a place where he is",
    "POST /v1/photo-matches/<uuid:match_id>/settle": "photos that look alike, whosever they are",
    "POST /v1/policy-switches/on": "everybody's of a community",
    "POST /v1/policy-switches/off": "everybody's of a community",
    "POST /v1/spot-checks/<uuid:check_id>/result": "a record of the staff, which names whose it is",
    "POST /v1/spot-checks/<uuid:check_id>/appeal": "a record of his own",
    "POST /v1/spot-checks/<uuid:check_id>/decide": "a record of the staff, which names whose it is",
    "PUT /v1/places/<uuid:place_id>": _A_PLACE,
    "POST /v1/places/<uuid:place_id>/binding-code-sheet": "all households of a place",
    "POST /v1/places/<uuid:place_id>/codes": _A_PLACE,
    "POST /v1/places/<uuid:place_id>/codes/reprint": _A_PLACE,
    "POST /v1/places/<uuid:place_id>/codes/revoke": _A_PLACE,
    "POST /v1/code-sheets": _A_PLACE,
    "PUT /v1/hazards/<uuid:hazard_id>": _A_PLACE,
} | {f"POST /v1/hazards/<uuid:hazard_id>/{step}": _A_PLACE for step in (*HAZARD_VERBS, "notice")}
"""Routes that write about no resident, household or account, and why."""
_TABLES: dict[str, type[Base]] = {
    "resident_id": Resident,
    "child_id": Resident,
    "guardian_id": Resident,
    "acted_for": Resident,
    "household_id": Household,
    "user_id": User,
    "resident": Resident,
    "household": Household,
    "user": User,
}
"""What a fact, or the kind of an entry's record, names."""


def _writer(line: Line) -> str | None:
    """Give a role that is answered well, or None."""
    return next((role for role in ROLES if 200 <= line.allowed.get(role, 0) < 300), None)


WRITING = [
    line for line in LINES if line.method not in {"GET", "HEAD"} and _writer(line) and "/me/" not in line.rule
]
"""Under ``/me/`` everybody writes for himself or his ward, whom he names."""


@pytest.mark.parametrize("line", WRITING, ids=lambda line: line.name)
def test_the_trail_names_for_whom_a_route_wrote(app: Flask, session: Session, line: Line) -> None:
    """S-100: by an id that is one of somebody of that kind."""
    call = line.call(Stage(session, far=False))
    session.commit()
    with entries_of(session) as left:
        answer = Client(app, cast.person(str(_writer(line)))).open(call.path, line.method, **call.options)

    assert answer.status_code < 300, answer.text
    whom = named_in(left[-1])
    assert all(session.get(_TABLES[kind], UUID(one)) is not None for kind, one in whom.items()), whom
    assert (line.name in ABOUT_NOBODY) != bool(whom), left[-1].facts


def named_in(entry: AuditEntry) -> dict[str, str]:
    """Give whom an entry names, by its facts and its record."""
    facts = entry.facts or {}
    named = {kind: str(facts[kind]) for kind in _TABLES if facts.get(kind) is not None}
    if households := facts.get("household_ids"):
        named["household_id"] = households[0]
    if residents := facts.get("resident_ids"):
        named["resident_id"] = residents[0]
    kind = entry.object_kind
    return named | ({kind: str(entry.object_id)} if kind in _TABLES and entry.object_id else {})
