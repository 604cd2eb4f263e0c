"""Somebody of whom everything is held, his numbers in texts as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models import Claim, Hazard, HazardStatus, Visit
from app.sealing import Cell
from dev.servers import Servers
from tests.own_data.closing import in_his_own_words
from tests.own_data.life import Life
from tests.own_data.place import Place, new_place
from tests.own_data_world import photos_of, write_ready_copy
from tests.sealer import SEALER


@pytest.fixture
def life(app: Flask, session: Session) -> dict[str, Any]:
    """Write all that may be held of him, his numbers in texts as well; give the ids."""
    made = Life(session).write(photos_of(app))
    worded = in_his_own_words()
    session.execute(update(Claim).values(text=worded))
    session.execute(update(Hazard).values(text=worded, status=HazardStatus.CLOSED))
    seen = session.get_one(Visit, made["visit"])
    seen.note_sealed = SEALER.seal(worded, Cell("visits", "note_sealed", seen.id))
    session.commit()
    write_ready_copy(app, session, "resident")
    return made


@pytest.fixture
def place(servers: Servers, redis_url: str, tmp_path: Path) -> Iterator[Place]:
    """Give an installation of this test's own, with the cast in it."""
    made = new_place(servers, redis_url, tmp_path)
    yield made
    made.engine.dispose()
