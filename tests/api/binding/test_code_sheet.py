"""The sheet of a building's binding codes, for staff who hand them out."""

import io
from collections.abc import Callable
from typing import Any

from pypdf import PdfReader
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import AuditEntry, BindingCode, Household, Place, PlaceKind, SignIn
from tests.binding_world import HOUSEHOLD, by_id_number, new_code, refused, write_unbound
from tests.cast import GRID, LONG_AGO, named, person
from tests.client import Client

PATH = f"/v1/places/{named('block')}/binding-code-sheet"


def text_of(answer: Any) -> str:
    """Give what the sheet says; pypdf reads our two-byte codes one byte at a time, the first being zero."""
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "".join(page.extract_text() for page in pages).replace("\0", "")


def grouped(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, 16, 4))


def test_every_household_has_its_code_on_the_sheet(worker: Client, session: Session) -> None:
    homes = session.scalars(select(Household).where(Household.place_id == named("block"))).all()

    answer = worker.post(PATH)

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    written = text_of(answer)
    assert len(homes) > 1
    assert all(home.door in written for home in homes)
    assert written.count("请收好") == len(homes)
    made = session.scalar(select(func.count()).select_from(BindingCode))
    assert made == len(homes)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action.like("%binding-code-sheet"))).one()
    assert (entry.object_id, entry.result) == (named("block"), "done")


def test_the_code_on_the_sheet_is_the_one_in_use_and_binds(
    worker: Client, newcomer: Client, session: Session
) -> None:
    write_unbound(session)
    code = new_code(worker)

    first, again = text_of(worker.post(PATH)), text_of(worker.post(PATH))

    assert grouped(code) in first
    assert first == again, "a sheet printed again replaces nothing"
    assert by_id_number(newcomer, grouped(code)).status_code == 200
    assert worker.get(f"/v1/households/{HOUSEHOLD}/binding-code").json["version"] == 1


def test_others_get_none(be: Callable[[str], Client], session: Session) -> None:
    answers = [be(name).post(PATH) for name in ("far_admin", "far_worker", "resident", "lead")]

    assert [refused(one) for one in answers] == [(404, "not_found")] * 2 + [(403, "forbidden")] * 2
    assert session.scalar(select(func.count()).select_from(BindingCode)) == 0


def test_a_place_at_which_nobody_lives_has_no_sheet(worker: Client, session: Session) -> None:
    place_id = new_id()
    session.add(
        Place(
            id=place_id,
            area_code=GRID,
            kind=PlaceKind.RESIDENTIAL,
            name="3号楼",
            created_at=LONG_AGO,
            content_hash=b"",
        )
    )
    session.flush()

    assert refused(worker.post(f"/v1/places/{place_id}/binding-code-sheet")) == (404, "not_found")


def test_it_asks_for_a_fresh_proof(worker: Client, session: Session) -> None:
    session.execute(
        update(SignIn).where(SignIn.user_id == person("worker").user_id).values(checked_at=LONG_AGO)
    )
    session.flush()

    assert refused(worker.post(PATH)) == (403, "reauth_required")
