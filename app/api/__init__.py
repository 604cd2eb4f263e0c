"""The HTTP edge: translates, never decides. One module a resource, its schemas beside it."""

from app.api import (
    areas,
    care_records,
    checklists,
    codes,
    follow_ups,
    hazard_steps,
    hazards,
    health,
    households,
    inspections,
    notices,
    photos,
    places,
    residents,
    sessions,
    users,
    visit_forms,
    visits,
)

ROUTES = [
    sessions.blueprint,
    areas.blueprint,
    places.blueprint,
    households.blueprint,
    residents.blueprint,
    photos.blueprint,
    checklists.blueprint,
    inspections.blueprint,
    hazards.blueprint,
    hazard_steps.blueprint,
    care_records.blueprint,
    visit_forms.blueprint,
    visits.blueprint,
    follow_ups.blueprint,
    users.blueprint,
    notices.blueprint,
    health.blueprint,
]
"""Every resource, in the order the documentation shows them."""
PAGES = [codes.blueprint]
"""What people open in a browser; no part of the API's description."""
