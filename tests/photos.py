"""How a record shows the photos it names."""

from typing import Any
from uuid import UUID


def waiting(photo_id: UUID | str) -> dict[str, Any]:
    """Give what is shown of a photo that has not arrived."""
    return {"id": str(photo_id), "arrived": False, "thumb_url": None, "large_url": None}


def arrivals(shown: list[dict[str, Any]]) -> dict[str, bool]:
    """Give which of the shown photos have arrived; whoever sees them gets addresses of just these."""
    assert all(bool(photo["thumb_url"]) == bool(photo["large_url"]) == photo["arrived"] for photo in shown)
    return {photo["id"]: photo["arrived"] for photo in shown}
