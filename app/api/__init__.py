"""The HTTP edge: translates, never decides. One module a resource, its schemas beside it."""

from app.api import areas, health, notices, places, sessions, users

ROUTES = [
    sessions.blueprint,
    areas.blueprint,
    places.blueprint,
    users.blueprint,
    notices.blueprint,
    health.blueprint,
]
"""Every resource, in the order the documentation shows them."""
