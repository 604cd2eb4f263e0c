"""What people may ask for of their own data, where some of it does not open any more."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    Claim,
    Employment,
    FollowUp,
    OwnCopy,
    Resident,
    RosterChange,
    RosterChangeKind,
    Visit,
    WeChatLink,
    WorkPlace,
    WorkSource,
    WorkState,
)
from app.own_data import COPIED
from app.own_data.scrubbing import IN_ITS_PLACE
from app.sealing import Cell
from app.visits import sealed_need, sealed_result
from tests.breaking import UNREADABLE, break_sealed
from tests.cast import GRID, named, person
from tests.client import Client
from tests.own_data.closing import PHONE, begin, close, row_of
from tests.own_data.closing import asked as asked_to_close
from tests.own_data.correcting import asked as asked_to_correct
from tests.own_data.deleting import ask, decide
from tests.own_data_world import copy_of
from tests.sealer import SEALER

SEALED = {
    (copied.name, copied.table.name, column.name)
    for copied in COPIED
    for column in copied.columns
    if column.info.get("sealed")
}
"""Every sealed column that a copy can carry, by the kind that carries it."""


def write_rest(session: Session, visit_id: UUID) -> None:
    """Write what else is sealed: of the visit, of work and of the roster, and the union's id of WeChat."""
    link = session.scalars(select(WeChatLink)).one()
    link.unionid_sealed = SEALER.seal("unionid", Cell("wechat_identities", "unionid_sealed", link.id))
    link.unionid_index = link.id.bytes
    row = session.scalars(select(FollowUp).where(FollowUp.visit_id == visit_id)).first()
    assert row is not None, "the visit asked for one"
    row.need_sealed = sealed_need(SEALER, row.id, "要药")
    row.result_sealed = sealed_result(SEALER, row.id, "送到了")
    row.done_at, row.done_by = now(), row.owner_id
    session.get_one(Visit, visit_id).word_sealed = b"a word"
    about: dict[str, Any] = {"id": new_id(), "area_code": GRID, "resident_id": named("resident")}
    session.add(
        Employment(
            **about,
            month=business_day().replace(day=1),
            state=WorkState.SELF_EMPLOYED,
            place=WorkPlace.COUNTY,
            months=1,
            wage_sealed=b"a band",
            source=WorkSource.VISIT,
            written_by=person("worker").user_id,
            written_at=now(),
            content_hash=b"",
        )
    )
    home = session.get_one(Resident, named("resident")).household_id
    session.add(
        RosterChange(
            **about,
            kind=RosterChangeKind.CORRECTED,
            household_id=home,
            at=now(),
            day=business_day(),
            data={},
            said_sealed=b"what held before",
            content_hash=b"",
        )
    )
    session.commit()


def break_all(session: Session) -> None:
    """Break whatever a copy can carry."""
    for table, column in {(table, column) for _, table, column in SEALED}:
        break_sealed(session, table, column)


def test_a_copy_is_made_of_what_does_not_open(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-141: each value says so in its own place, on the page, in the JSON and in the table."""
    write_rest(session, life["visit"])
    asked_to_correct(resident)
    session.execute(delete(OwnCopy))  # one is made at a time
    break_all(session)

    got = copy_of(app, session, resident)

    said = {
        (kind, table, column): {one[column.removesuffix("_sealed")] for one in got.rows(kind)}
        for kind, table, column in SEALED
    }
    carried = {one for one, values in said.items() if values - {None}}
    assert {one for one in carried if said[one] - {None} != {UNREADABLE}} == set()
    assert {(table, column) for _, table, column in carried} == {
        (table, column) for _, table, column in SEALED
    }
    assert got.table("visits")[0]["问到的情况"] == UNREADABLE
    assert UNREADABLE in got.page


def test_numbers_that_do_not_open_are_deleted(
    session: Session, resident: Client, admin: Client, life: dict[str, Any]
) -> None:
    """S-94: what goes is not looked at."""
    assert life
    asked = ask(resident, "numbers")
    break_sealed(session, "residents", "phone_sealed", "id_number_sealed")

    done = decide(admin, asked)

    left = session.get_one(Resident, named("resident"), populate_existing=True)
    assert (done.status_code, done.json["state"], done.json["deleted"]) == (200, "done", 2)
    assert (left.phone_sealed, left.phone_index, left.id_number_sealed, left.id_number_index) == (None,) * 4


def test_an_account_is_closed_whatever_does_not_open(
    session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-78: what can be read is rid of the number that can be read; the log says what was passed over."""
    break_sealed(session, "visits", "note_sealed")
    break_sealed(session, "residents", "id_number_sealed")
    broken = session.scalar(select(func.count()).select_from(Claim).where(Claim.text.contains(PHONE)))
    closing_id = asked_to_close(resident)
    with capture_logs() as logged:
        begin(session, closing_id)

    text = session.get_one(Claim, life["claim"], populate_existing=True).text
    passed = {(one["table"], one["column"]) for one in logged if one["event"] == "sealed_unreadable"}
    assert broken
    assert row_of(session, closing_id).state == "carrying"
    assert (PHONE in text, IN_ITS_PLACE in text) == (False, True)
    assert {("visits", "note_sealed"), ("residents", "id_number_sealed")} <= passed


def test_an_account_of_which_nothing_opens_is_closed(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    assert life
    break_all(session)

    assert row_of(session, close(app, session, resident)).state == "done"
