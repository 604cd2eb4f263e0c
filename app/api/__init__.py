"""The HTTP edge: translates, never decides. One module a resource, its schemas beside it."""

from app.api import areas, health, households, notices, photos, places, residents, sessions, users

ROUTES = [
    sessions.blueprint,
    areas.blueprint,
    places.blueprint,
    households.blueprint,
    residents.blueprint,
    photos.blueprint,
    users.blueprint,
    notices.blueprint,
    health.blueprint,
]
"""Every resource, in the order the documentation shows them."""
