"""A row of an import that does not open: it says so in its own place, hides no other, and is not entered."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.models import ImportOutcome, ImportRow, Resident
from app.sealing import UnreadableError
from tests.breaking import UNREADABLE
from tests.client import Client
from tests.import_world import checked, enter, person, residents, rows_of

_LOST, _BROKEN = (
    "set_byte({0}, 3, ascii('?'))",
    "set_byte({0}, length({0}) - 1, get_byte({0}, length({0}) - 1) # 1)",
)


@pytest.fixture
def sent(app: Flask, session: Session, admin: Client) -> UUID:
    """Send three rows, the last of them faulty."""
    return checked(app, session, admin, residents(person("赵大"), person("钱二"), person("孙三", phone="12")))


def _damage(session: Session, import_id: UUID, row_number: int, how: str) -> None:
    to = how.format("content_sealed")
    statement = f"UPDATE import_rows SET content_sealed = {to} WHERE import_id = :id AND row_number = :row"  # noqa: S608
    session.execute(text(statement), {"id": import_id, "row": row_number})
    session.commit()
    session.expire_all()


@pytest.mark.parametrize("how", [_LOST, _BROKEN])
def test_it_says_so_and_the_others_are_shown(session: Session, admin: Client, sent: UUID, how: str) -> None:
    """S-108: only that row; how it stands is known all the same."""
    whole = rows_of(admin, sent)
    _damage(session, sent, 3, how)

    first, second, third = rows_of(admin, sent)

    assert [first, third] == [whole[0], whole[2]]
    told: dict[str, Any] = {"label": UNREADABLE, "findings": [], "changes": []}
    assert second == whole[1] | told


def test_nothing_is_entered_by_guess(session: Session, admin: Client, sent: UUID) -> None:
    """S-108: what is entered is what was sent, or nothing."""
    _damage(session, sent, 3, _BROKEN)
    before = session.scalar(select(func.count(Resident.id)))

    with pytest.raises(UnreadableError):
        enter(session, admin, sent)

    session.rollback()
    assert session.scalar(select(func.count(Resident.id))) == before


def test_of_a_refused_one_the_reason_is_unreadable(session: Session, admin: Client, sent: UUID) -> None:
    enter(session, admin, sent)
    session.execute(
        text("UPDATE import_rows SET outcome = :refused WHERE import_id = :id AND row_number = 2"),
        {"refused": ImportOutcome.REFUSED, "id": sent},
    )
    _damage(session, sent, 2, _LOST)

    refused = next(one for one in rows_of(admin, sent) if one["row"] == 2)

    assert session.scalar(select(func.count(ImportRow.id))) == 3
    assert (refused["outcome"], refused["refusal"]["code"]) == ("refused", "unreadable")
