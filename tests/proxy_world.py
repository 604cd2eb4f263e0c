"""Asking to act for the head of the first household, for several tests."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import ProxyFunction
from app.clock import business_day
from app.ids import new_id
from app.models import (
    Notice,
    NoticeKind,
)
from tests.cast import named, person
from tests.client import Answer, Client

ACCOUNT = "/v1/points/account"
HEAD = named("resident")


def ask(client: Client, proxy_id: UUID | None = None, **told: Any) -> Answer:
    """Ask to act for the head of the first household."""
    body = {
        "resident_id": str(HEAD),
        "relation": "other",
        "functions": sorted(ProxyFunction),
        "valid_until": (business_day() + timedelta(days=30)).isoformat(),
        "consent": "到家里当面说过",
    }
    return client.put(f"/v1/proxies/{proxy_id or new_id()}", json=body | told)


def confirmed(client: Client, by: Client, **told: Any) -> str:
    """Let somebody act for the head, who says so himself; give the proxy's id."""
    made = ask(client, **told)
    assert made.status_code == 201, made.text
    assert by.post(f"/v1/me/proxies/{made.json['id']}/confirm").status_code == 200
    return str(made.json["id"])


def acting(resident_id: UUID = HEAD) -> dict[str, Any]:
    """Give the header that names a resident."""
    return {"headers": {"Gongdi-For": str(resident_id)}}


def told_of(session: Session, name: str) -> list[str]:
    """Give what somebody was told of proxies, the oldest first."""
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.PROXY)
    return [row.data["what"] for row in session.scalars(select(Notice).where(*which).order_by(Notice.id))]
