"""Lines of photos, presence and spot checks, none of whose things can be over, and why."""

_STATE = "looks at the state (presence/test_spot_checks.py)"
EVIDENCE_NEVER_OVER = {
    "GET /v1/inspections/<uuid:inspection_id>": "a record that nothing ends or follows",
    "GET /v1/photos/<uuid:photo_id>/marked": "of a photo that is there; one that went is not found",
    "PUT /v1/signatures/<uuid:signature_id>": "kept as a photo is, for a visit that names it",
    "POST /v1/photo-matches/<uuid:match_id>/settle": "what is settled is settled (test_photo_matches.py)",
    "POST /v1/places/<uuid:place_id>/witness-codes": "places have no end",
    "GET /v1/users/<uuid:user_id>/work": "of a past month, also of a former worker (months/test_readers.py)",
    "GET /v1/spot-check-weeks/<uuid:week_id>": "the proof of a draw, which stays",
    "GET /v1/spot-checks/<uuid:check_id>": "shown as it stands, also when it is settled",
    **{f"POST /v1/spot-checks/<uuid:check_id>/{step}": _STATE for step in ("result", "appeal", "decide")},
}
