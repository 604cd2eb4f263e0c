"""Cases of harm from when only visits opened them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_numbers_in_steps import write_step
from tests.migrations.test_sealing_rows import (
    row,
    write,
    write_household,
    write_resident,
    write_user,
    write_visit,
)

BEFORE, AFTER = "20261129_1130", "20261129_1210"


def test_a_visits_case_goes_on_and_comes_back_as_it_was(at: At) -> None:
    """S-98: what told of it was the visit itself; a further text of the visit may open another."""
    connection = at(BEFORE)
    resident, worker = (
        write_resident(connection, write_household(connection), "2026-01-05"),
        write_user(connection, old_password_hashes="[]"),
    )
    visit = write_visit(connection, resident, worker, answers_sealed=b"told", note_sealed=b"", basis="duty")
    case = {"area_code": "4212", "signals": '["flag"]', "opened_at": "2026-01-06"}
    mine = {"resident_id": resident, "visit_id": visit, "opened_by": worker}
    first = write(connection, "harm_cases", **case, **mine)
    before = row(connection, "harm_cases", first)
    connection.commit()

    to(connection, AFTER)
    after = row(connection, "harm_cases", first)
    others = dict.fromkeys(("hazard_id", "inspection_id", "claim_id", "correction_id"))
    for record in ({}, {"visit_id": visit, "hazard_id": new_id()}):
        with pytest.raises(IntegrityError, match="ck_harm_cases_one_record"), connection.begin_nested():
            write(connection, "harm_cases", told_id=new_id(), **case, **record)
    back_to(connection, BEFORE)

    assert after == before | others | {"told_id": visit}
    assert row(connection, "harm_cases", first) == before

    to(connection, AFTER)
    write(connection, "harm_cases", told_id=new_id(), visit_id=visit, **case)
    connection.commit()
    with pytest.raises(IntegrityError, match="null value"):
        back_to(connection, BEFORE)
    connection.rollback()
    assert connection.scalar(text("SELECT count(*) FROM harm_cases")) == 2


def test_a_case_keeps_who_had_let_in_the_writer_of_the_claim(at: At) -> None:
    """S-98: as its claim does; of other cases nobody is known."""
    before, after = "20261201_0530", "20261201_0500"
    connection = at(before)
    step = write_step(connection, new_id())
    staff = write_user(connection, old_password_hashes="[]")
    told = row(connection, "claim_events", step)["claim_id"]
    connection.execute(text("UPDATE claims SET let_in_by = :staff"), {"staff": staff})
    case = {"area_code": "4212", "signals": '["words"]', "opened_at": "2026-11-06", "claim_id": told}
    cases = [write(connection, "harm_cases", told_id=one, **case) for one in (told, step)]
    connection.commit()

    to(connection, after)
    assert [row(connection, "harm_cases", one)["let_in_by"] for one in cases] == [staff, None]
    back_to(connection, before)
    assert "let_in_by" not in row(connection, "harm_cases", cases[0])
