"""The matrix on checklists that are retired, and on drafts that are discarded."""

from tests.matrix.over import Case

_RETIRED = "UPDATE checklists SET retired_at = now()"
_DISCARDED = "UPDATE checklist_drafts SET ended_at = now()"
CHECKLISTS = [
    Case("PUT /v1/plans/<uuid:plan_id>", "list retired", _RETIRED, {"admin": 422}),
    Case("PUT /v1/inspections/<uuid:inspection_id>", "list retired", _RETIRED, writes=True),
    Case("GET /v1/checklists/<uuid:checklist_id>", "retired", _RETIRED),
    Case("GET /v1/checklists/<uuid:checklist_id>/changes", "retired", _RETIRED),
    Case("GET /v1/checklists/<uuid:checklist_id>/workbook", "retired", _RETIRED),
    Case("POST /v1/checklists/<uuid:checklist_id>/retire", "retired", _RETIRED),
    Case(
        "PUT /v1/checklist-drafts/<uuid:draft_id>/workbook",
        "discarded",
        _DISCARDED,
        dict.fromkeys(("admin", "county", "city"), 409),
    ),
    Case("GET /v1/checklist-drafts/<uuid:draft_id>", "discarded", _DISCARDED),
    Case("GET /v1/checklist-drafts/<uuid:draft_id>/changes", "discarded", _DISCARDED),
    Case(
        "POST /v1/checklist-drafts/<uuid:draft_id>/follow",
        "discarded",
        _DISCARDED,
        dict.fromkeys(("admin", "county", "city"), 409),
    ),
    Case(
        "POST /v1/checklist-drafts/<uuid:draft_id>/publish",
        "discarded",
        _DISCARDED,
        dict.fromkeys(("admin", "county", "city"), 409),
    ),
    Case("POST /v1/checklist-drafts/<uuid:draft_id>/discard", "discarded", _DISCARDED),
]
DRAFTS_NEVER_OVER = {
    "PUT /v1/checklist-drafts/<uuid:draft_id>": "names a new draft of an area; areas have no end",
}
