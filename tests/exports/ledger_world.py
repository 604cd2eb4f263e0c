"""Asking for files of the ledger of hazards, and reading them."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app import hazards
from app.ids import new_id
from tests.cast import HOME
from tests.client import Answer, Client
from tests.export_world import make, opened


def wish(**changes: Any) -> dict[str, Any]:
    return {"area_code": HOME, "purpose": "季度台账归档"} | changes


def put(client: Client, body: dict[str, Any], export_id: UUID | str | None = None) -> Answer:
    return client.put(f"/v1/hazard-exports/{export_id or new_id()}", json=body)


def asked(client: Client, **changes: Any) -> UUID:
    answer = put(client, wish(**changes))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json["id"])


def fetch(client: Client, export_id: UUID) -> Answer:
    return client.get(f"/v1/hazard-exports/{export_id}/file")


def taken(app: Flask, session: Session, client: Client, **changes: Any) -> list[dict[str, Any]]:
    """Go the whole way; give each line by its headings."""
    export_id = asked(client, **changes)
    make(app, session, export_id, kind=hazards.LEDGER)
    got = fetch(client, export_id)
    assert got.status_code == 200, got.text
    sheet = opened(got.data).worksheets[0]
    headings, *lines = [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
    return [dict(zip(map(str, headings), line, strict=True)) for line in lines]


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]
