"""Lines of the roster that name a thing, none of whose kind can be over, and why."""

_ROSTER = "whoever left stays on the roster as he was, and his household does (tests/api/test_moves.py)"
ROSTER_NEVER_OVER = {
    "GET /v1/households/<uuid:household_id>": _ROSTER,
    "GET /v1/households/<uuid:household_id>/card.pdf": _ROSTER,
    "GET /v1/households/<uuid:household_id>/residents": _ROSTER,
    "GET /v1/households/<uuid:household_id>/changes": _ROSTER,
    "GET /v1/residents/<uuid:resident_id>/changes": _ROSTER,
    "PUT /v1/residents/<uuid:resident_id>": _ROSTER,
    "PUT /v1/guardianships/<uuid:guardianship_id>": _ROSTER,
    "PUT /v1/escape-helps/<uuid:help_id>": _ROSTER,
    "PUT /v1/employments/<uuid:entry_id>": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/employments/unchanged": _ROSTER,
    "GET /v1/residents/<uuid:resident_id>/employments": _ROSTER,
    "PUT /v1/viewing-tickets/<uuid:ticket_id>": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/leave": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/return": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/move": _ROSTER,
    "POST /v1/households/<uuid:household_id>/move": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/two-people": _ROSTER,
    "GET /v1/residents/<uuid:resident_id>/same-person": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/same-person": _ROSTER,
    "POST /v1/households/<uuid:household_id>/births": _ROSTER,
    "POST /v1/residents/<uuid:resident_id>/presence": _ROSTER,
    "POST /v1/households/<uuid:household_id>/presence": _ROSTER,
    "POST /v1/households/<uuid:household_id>/close": _ROSTER,
    "POST /v1/households/<uuid:household_id>/close/preview": _ROSTER,
}
