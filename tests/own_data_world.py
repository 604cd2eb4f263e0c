"""Copies that people asked for and what stands in their files, and accounts that were closed."""

import csv
import io
import json
from datetime import datetime
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from flask import Flask
from sqlalchemy.orm import Session

from app.adapters import PhotoStore
from app.api.http.parts import EXTENSION
from app.clock import now
from app.ids import new_id
from app.models import Closing, ClosingState, OwnCopy, User
from app.own_data import COPIED, make_copy
from app.own_data.packing import PAGE
from tests.cast import GRID, person
from tests.client import Answer, Client
from tests.sealer import SEALER

_KINDS = {copied.name for copied in COPIED}


def photos_of(app: Flask) -> PhotoStore:
    """Give the application's photo store."""
    store: PhotoStore = app.extensions[EXTENSION].photos
    return store


def write_copy(session: Session, name: str) -> UUID:
    """Write that somebody of the cast asked for a copy."""
    user_id = person(name).user_id
    copy = OwnCopy(
        id=new_id(),
        area_code=session.get_one(User, user_id).area_code,
        asked_by=user_id,
        asked_at=now(),
        content_hash=b"",
    )
    session.add(copy)
    session.flush()
    return copy.id


def write_ready_copy(app: Flask, session: Session, name: str) -> UUID:
    """Write a copy whose file is there."""
    copy_id = write_copy(session, name)
    make(app, session, copy_id)
    return copy_id


def make(app: Flask, session: Session, copy_id: UUID) -> None:
    """Do what the job does."""
    assert make_copy(session, SEALER, photos_of(app), copy_id)
    session.commit()


def ask(client: Client, copy_id: UUID | None = None, **body: Any) -> Answer:
    """Ask for a copy."""
    return client.put(f"/v1/me/copies/{copy_id or new_id()}", json=body)


def fetch(client: Client, copy_id: UUID | str) -> Answer:
    """Ask for a copy's file."""
    return client.get(f"/v1/me/copies/{copy_id}/file")


class Unpacked:
    """What stands in a file."""

    def __init__(self, data: bytes) -> None:
        """Read the ZIP, whose checksums must hold."""
        self.data = data
        self.zip = ZipFile(io.BytesIO(data))
        assert self.zip.testzip() is None
        self.names = self.zip.namelist()

    def text(self, name: str) -> str:
        """Give a member as text."""
        return self.zip.read(name).decode("utf-8-sig")

    @property
    def page(self) -> str:
        """Give the page that people read, as it is written."""
        return self.text(PAGE)

    @property
    def everything(self) -> str:
        """Give all text of all members but photos."""
        return "\n".join(self.text(name) for name in self.names if not name.startswith("photos/"))

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Give the rows of one kind, by its JSON; a kind that holds nothing has no file."""
        assert kind in _KINDS, "else a misspelt one would have no rows"
        if f"data/{kind}.json" not in self.names:
            return []
        found: list[dict[str, Any]] = json.loads(self.text(f"data/{kind}.json"))
        assert found, "an empty file tells nothing"
        return found

    def table(self, kind: str) -> list[dict[str, str]]:
        """Give the rows of one kind, by its CSV."""
        if not self.rows(kind):
            return []
        return list(csv.DictReader(io.StringIO(self.text(f"data/{kind}.csv"), newline="")))


def copy_of(app: Flask, session: Session, client: Client, **body: Any) -> Unpacked:
    """Ask for a copy, let it be made, and fetch it, all over HTTP but for the job."""
    asked = ask(client, **body)
    assert asked.status_code == 201, asked.text
    make(app, session, UUID(asked.json["id"]))
    got = fetch(client, asked.json["id"])
    assert got.status_code == 200, got.text
    return Unpacked(got.data)


def write_closed(session: Session, user_id: UUID, at: datetime) -> UUID:
    """Write that an account was closed; give the closing, by which rows are frozen."""
    closing = Closing(
        id=new_id(),
        area_code=GRID,
        asked_by=user_id,
        user_id=user_id,
        asked_at=at,
        carry_out_at=at,
        due_at=at,
        begun_at=at,
        state=ClosingState.DONE,
        reasons=[],
        ended_at=at,
        content_hash=b"",
    )
    session.add(closing)
    session.flush()
    return closing.id
