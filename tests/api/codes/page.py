"""What tests read from the pages, and what is kept of what they sent."""

import re
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Hazard, HazardEvent, Photo
from tests.client import Answer, Client

Send = Callable[..., Answer]
"""Sends the report form; see the fixture."""


def hidden_id(page: Answer) -> UUID:
    found = re.search(r'name="id" value="([^"]+)"', page.text)
    assert found
    return UUID(found[1])


def kept(page: Answer, text: str, category: str) -> bool:
    """Say whether a form shows these words, and this choice."""
    return f">{text}</textarea>" in page.text and f'value="{category}" required checked' in page.text


def receipt(visitor: Client, code: str, report_id: UUID) -> str:
    answer = visitor.get(f"/q/{code}/reports/{report_id}")
    assert answer.status_code == 200
    return answer.text


def state(page: str) -> str:
    found = re.search(r'<p class="now">([^<]+)</p>', page)
    assert found
    return found[1]


def rows(session: Session) -> tuple[int, int, int]:
    """Count hazards, their events, and photos."""
    hazards, events, photos = (
        session.scalar(select(func.count()).select_from(table)) or 0 for table in (Hazard, HazardEvent, Photo)
    )
    return hazards, events, photos
