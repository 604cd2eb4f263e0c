"""What is left of somebody whose account was closed: nothing of his numbers anywhere, and frozen rows."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, Table, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import own_data
from app.api.http.parts import EXTENSION
from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Base,
    Claim,
    ClaimEvent,
    ClaimStatus,
    Consent,
    Invitation,
    Notice,
    OwnCopy,
    Photo,
    PhotoLink,
    PhotoOwner,
    RefreshToken,
    SecondFactor,
    SignIn,
    SignInCode,
    Transfer,
    Visit,
    WeChatLink,
)
from app.own_data import follow_up
from app.sealing import Cell
from tests.cast import person
from tests.client import Client
from tests.own_data.closing import (
    ID_NUMBER,
    PHONE,
    asked,
    begin,
    close,
    finish,
    in_every_spelling,
    in_his_own_words,
)
from tests.own_data.life import Life
from tests.own_data_world import photos_of
from tests.points_world import claim_body, write_rule
from tests.sealer import SEALER
from tests.snapshot import files

ME = person("resident").user_id


def everything(session: Session) -> Iterator[tuple[str, str]]:
    """Give every value of every table as text, raw, and opened where it is sealed."""
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for column in table.columns:
                value = row[column]
                if isinstance(value, bytes):
                    yield f"{table.name}.{column.name}", value.decode("latin-1") + value.hex()
                elif value is not None:
                    yield f"{table.name}.{column.name}", json.dumps(value, default=str, ensure_ascii=False)
                if value is not None and column.info.get("sealed"):
                    yield f"{table.name}.{column.name}", SEALER.open(value, _cell(table, column.name, row))


def _cell(table: Table, name: str, row: Any) -> Cell:
    return Cell(table.name, name, row["id"])


def hits(session: Session, *wanted: str) -> set[str]:
    return {where for where, text in everything(session) if any(one in text for one in wanted)}


def indexes(session: Session) -> set[str]:
    """Give the columns that hold a blind index or keyed hash of one of the numbers, in any tenant's salt."""
    salts = ("users", "421224100001")
    keyed = {
        SEALER.index(kind, tenant, value)
        for tenant in salts
        for kind, value in (("phone", PHONE), ("id_number", ID_NUMBER))
    }
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        for value in session.scalars(select(column).where(column.is_not(None)))
        if value in keyed
    }


def test_none_of_his_numbers_is_left_anywhere(
    app: Flask, session: Session, resident: Client, life: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """S-78: all tables raw and opened, photo folder, Redis and log: 0 hits of phone and ID number."""
    store, parts = Path(app.extensions[EXTENSION].settings.photo_dir), app.extensions[EXTENSION]
    before = hits(session, PHONE, ID_NUMBER)
    assert before >= {
        "users.phone_sealed",
        "residents.phone_sealed",
        "residents.id_number_sealed",
        "claims.text",
        "hazards.text",
        "visits.note_sealed",
    }
    assert indexes(session) == {"users.phone_index", "residents.phone_index", "residents.id_number_index"}
    close(app, session, resident)
    in_redis = b"".join(
        key + (parts.redis.dump(key) or b"") for key in parts.redis.scan_iter("*", count=1000)
    )
    logged = "".join(capsys.readouterr())
    on_disk = b"".join(name.encode() + data for name, data in files(store).items())

    assert hits(session, PHONE, ID_NUMBER) == set()
    assert indexes(session) == set()
    assert not [place for place in (in_redis, on_disk, logged.encode()) if PHONE.encode() in place]
    assert not [place for place in (in_redis, on_disk, logged.encode()) if ID_NUMBER.encode() in place]
    assert "［号码已删］" in session.get_one(Claim, life["claim"], populate_existing=True).text


def test_what_a_claim_said_at_each_sending_has_no_number_of_his(
    app: Flask,
    session: Session,
    resident: Client,
    worker: Client,
    admin: Client,
    life: dict[str, Any],
) -> None:
    """S-78: each step keeps the words that were sent then."""
    assert life["claim"]
    path = f"/v1/claims/{new_id()}"
    worded = f"扫了楼道（二楼）。{in_his_own_words()}"
    assert resident.put(path, json=claim_body(write_rule(session), text=worded)).status_code == 201
    assert worker.step(f"{path}/return", {"reason": f"打了{PHONE}没人接"}).status_code == 200
    again = {"step_id": str(new_id()), "text": f"又扫了一遍，{in_his_own_words()}"}
    assert resident.post(f"{path}/resubmit", json=again).status_code == 200
    before = hits(session, PHONE, ID_NUMBER)
    close(app, session, resident)

    assert "claim_events.note" in before
    assert hits(session, PHONE, ID_NUMBER) == set()
    assert [one["note"] for one in admin.get(path).json["steps"]] == [
        "扫了楼道（二楼）。请打［号码已删］，证号［号码已删］",
        "打了［号码已删］没人接",
        "又扫了一遍，请打［号码已删］，证号［号码已删］",
    ]


def test_his_numbers_go_however_they_are_spelled(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-78: in wide digits, with gaps, dashes and dots, sealed or not, and where steps are kept."""
    worded, visit = f"打{in_every_spelling()}。", life["visit"]
    step = session.scalars(select(ClaimEvent).where(ClaimEvent.claim_id == life["claim"]).limit(1)).one()
    kept = {column.name: getattr(step, column.name) for column in ClaimEvent.__table__.columns}
    step_id = new_id()
    session.execute(insert(ClaimEvent).values(kept | {"id": step_id, "number": 90, "note": worded}))
    session.execute(update(Claim).where(Claim.id == life["claim"]).values(text=worded))
    note = Cell("visits", "note_sealed", visit)
    session.execute(update(Visit).where(Visit.id == visit).values(note_sealed=SEALER.seal(worded, note)))
    session.commit()
    close(app, session, resident)

    marks = "；".join(["［号码已删］"] * (worded.count("；") + 1))
    visited = session.scalar(select(Visit.note_sealed).where(Visit.id == visit))
    assert visited is not None
    texts = [
        session.scalar(select(ClaimEvent.note).where(ClaimEvent.id == step_id)),
        session.scalar(select(Claim.text).where(Claim.id == life["claim"])),
        SEALER.open(visited, note),
    ]
    assert texts == [f"打{marks}。"] * 3


def test_nothing_else_of_a_claims_step_can_be_changed(session: Session, life: dict[str, Any]) -> None:
    assert life["claim"]
    row = session.scalars(select(ClaimEvent).limit(1)).one()
    step = ClaimEvent.__table__.c
    insert_event = {"id": new_id(), "number": 90, "note": "打 13800700001 (二楼)* 或 88［号码已删］"}
    kept = {name: getattr(row, name) for name in step.keys()} | insert_event  # noqa: SIM118
    session.execute(insert(ClaimEvent).values(kept))
    this = update(ClaimEvent).where(ClaimEvent.id == insert_event["id"])
    refused: list[dict[str, Any]] = [
        {"note": "打  (二楼)* 或 88［号码已删］"},
        {"note": "打 ［号码已删］ (三楼)* 或 88［号码已删］"},
        {"note": "［号码已删］"},
        {"note": ""},
        {"number": 91},
        {"note": "打 ［号码已删］ (二楼)* 或 88［号码已删］", "points": 99},
    ]
    for values in refused:
        with pytest.raises(DBAPIError, match="claim_events is append-only"), session.begin_nested():
            session.execute(this.values(values))
    with pytest.raises(DBAPIError, match="claim_events is append-only"), session.begin_nested():
        session.execute(delete(ClaimEvent))

    session.execute(this.values(note="打 ［号码已删］ (二楼)* 或 88［号码已删］"))


def test_what_let_him_in_and_what_was_told_him_is_gone(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-78: proofs, sessions, WeChat's names, messages, invitations, copies: rows and files."""
    folder = Path(app.extensions[EXTENSION].settings.photo_dir)
    copy_id, copies = session.scalars(select(OwnCopy.id)).one(), list(files(folder))
    close(app, session, resident)
    of_his = (SignIn, RefreshToken, SecondFactor, Invitation, SignInCode, WeChatLink, Notice)
    left = {
        model.__tablename__: session.scalar(
            select(func.count()).select_from(model).where(model.user_id == ME)
        )
        for model in of_his
    }
    others = {
        name: session.execute(select(func.count()).select_from(Base.metadata.tables[name])).scalar_one()
        for name in ("message_sends", "message_credits", "message_acceptances", "own_copies")
    }

    assert set(left.values()) == {0}, left
    assert set(others.values()) == {0}, others
    assert [one for one in copies if one.startswith(f"copies/{copy_id}")]
    assert str(copy_id) not in "".join(files(folder))
    assert life


def test_the_ledger_stays_and_names_nobody(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-78: transfers and claims keep their ids and figures; the household has its points."""
    before = session.execute(select(Transfer.id, Transfer.amount, Transfer.resident_id)).all()
    close(app, session, resident)
    after = session.execute(select(Transfer.id, Transfer.amount, Transfer.resident_id)).all()
    claim = session.get_one(Claim, life["claim"], populate_existing=True)

    assert before == after != []
    assert (claim.status, claim.submitted_by) == (ClaimStatus.IN_NOTICE, ME)


def test_photos_go_as_far_as_the_law_lets_them(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-78: what no record needs goes with its files; of a running claim it goes when that has ended."""
    loose = Life(session).picture(photos_of(app), "resident", new_id(), PhotoOwner.CLAIM)
    session.execute(delete(PhotoLink).where(PhotoLink.photo_id == loose))
    session.commit()
    closing_id = close(app, session, resident)
    early = {name: session.get(Photo, one) is not None for name, one in life.items() if "photo" in name}
    stored = "".join(files(Path(app.extensions[EXTENSION].settings.photo_dir)))
    assert (session.get(Photo, loose), str(loose) in stored) == (None, False)
    session.execute(update(Claim).where(Claim.id == life["claim"]).values(status=ClaimStatus.POSTED))
    session.commit()

    figures = [follow_up(session, photos_of(app), limit=10) for _ in range(2)]
    session.commit()
    session.expire_all()

    assert closing_id
    assert early == {"visit_photo": True, "harm_photo": True, "hazard_photo": True, "claim_photo": True}
    assert (session.get(Photo, life["claim_photo"]), figures) == (None, [1, 0])
    assert session.get(Photo, life["hazard_photo"]) is not None


def test_what_broke_off_is_gone_on_with(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-78: one batch, then nothing for a day, then all of it; running again changes nothing."""
    closing_id = asked(resident)
    begin(session, closing_id)
    with set_to(now() + timedelta(days=8)):
        assert own_data.erase_some(session, photos_of(app), closing_id, limit=2)
        assert not own_data.end_erasing(session, closing_id), "something is left"
    session.commit()
    finish(app, session, closing_id)

    assert not own_data.end_erasing(session, closing_id), "it is done"
    assert hits(session, PHONE, ID_NUMBER) == set()
    his = Consent.resident_id == person("resident").resident_id, Consent.frozen_by.is_(None)
    assert session.scalar(select(func.count()).select_from(Consent).where(*his)) == 0
    assert life
