"""Asking to close an account and carrying it out, for several tests."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app import own_data
from app.clock import now, set_to
from app.ids import new_id
from app.models import Closing
from app.own_data import TAKEN_BACK_WITHIN
from app.own_data.spelled import GAPS
from tests import canaries
from tests.client import Answer, Client
from tests.own_data_world import photos_of
from tests.sealer import SEALER

PHONE, ID_NUMBER = "13800700001", "000000195503071020"
"""Those that ``Life`` writes, and no other test."""


def in_his_own_words() -> str:
    """Give a text in which a person gave his numbers away, which is no leak where it stands in clear."""
    canaries.look_at([PHONE, ID_NUMBER], sent=True)
    return f"请打{PHONE}，证号{ID_NUMBER}"


def in_every_spelling() -> str:
    """Give a text with his numbers as people write them, each sign beside which closing knows them once."""
    between = [sign for sign in map(chr, range(0x10000)) if re.fullmatch(f"[{GAPS}]", sign)]
    wide = {ord(sign): ord(sign) - ord("0") + ord("０") for sign in "0123456789"}
    spelled = [f"{one[0]}{sign}{one[1:]}" for one in (PHONE, ID_NUMBER) for sign in between]
    return "；".join([*spelled, f"+86-{PHONE}", PHONE.translate(wide), ID_NUMBER.translate(wide)])


def ask(client: Client, closing_id: UUID | None = None, **body: Any) -> Answer:
    """Ask that an account be closed."""
    return client.put(f"/v1/me/closings/{closing_id or new_id()}", json=body)


def asked(client: Client, **body: Any) -> UUID:
    """Ask, and be heard."""
    answer = ask(client, **body)
    assert (answer.status_code, answer.json["state"]) == (201, "open"), answer.text
    return UUID(answer.json["id"])


def withdraw(client: Client, closing_id: UUID) -> Answer:
    """Take it back."""
    return client.post(f"/v1/me/closings/{closing_id}/withdraw")


def row_of(session: Session, closing_id: UUID) -> Closing:
    """Give the row as it stands."""
    return session.get_one(Closing, closing_id, populate_existing=True)


def begin(session: Session, closing_id: UUID) -> None:
    """Shut the account once the time to think is over, as the job does."""
    with set_to(now() + TAKEN_BACK_WITHIN):
        assert own_data.begin_closing(session, SEALER, closing_id)
    session.commit()


def finish(app: Flask, session: Session, closing_id: UUID, *, limit: int = 3) -> None:
    """Empty it in small batches, as the job does."""
    with set_to(now() + TAKEN_BACK_WITHIN + timedelta(minutes=1)):
        while own_data.erase_some(session, photos_of(app), closing_id, limit=limit):
            session.commit()
        assert own_data.end_erasing(session, closing_id)
        while own_data.follow_up(session, photos_of(app), limit=limit):
            session.commit()
    session.commit()
    session.expire_all()


def close(app: Flask, session: Session, client: Client) -> UUID:
    """Close an account from asking to end."""
    closing_id = asked(client)
    begin(session, closing_id)
    finish(app, session, closing_id)
    return closing_id
