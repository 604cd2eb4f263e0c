"""Pictures in files of the ledger of hazards, read by another library than laid them there."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from sqlalchemy.orm import Session

from app import hazards
from app.adapters import photo_key
from app.clock import now
from app.identity import TABLE, Permission
from app.ids import new_id
from app.models import HarmCase
from tests.cast import GRID, person
from tests.client import Client
from tests.export_world import make, opened
from tests.exports.ledger_world import asked, fetch
from tests.hazard_world import done, report_body
from tests.own_data_world import photos_of

Be = Callable[[str], Client]
RED, GREEN, BLUE = (200, 20, 20), (20, 200, 20), (20, 20, 200)


def upload(client: Client, colour: tuple[int, int, int]) -> str:
    """Send a photo of one colour; give its id."""
    photo_id, file = str(new_id()), io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(file, "JPEG")
    assert client.put(f"/v1/photos/{photo_id}", data=file.getvalue()).status_code == 201
    return photo_id


def reported(be: Be, *photo_ids: str) -> str:
    hazard_id = str(new_id())
    body = report_body(photo_ids=list(photo_ids))
    assert be("worker").put(f"/v1/hazards/{hazard_id}", json=body).status_code == 201
    return hazard_id


def put_right(be: Be, hazard_id: str, *photo_ids: str) -> None:
    for who, verb, sent in (
        ("admin", "accept", {}),
        ("admin", "assign", {"assignee_id": str(person("worker").user_id)}),
        ("worker", "start", {}),
        ("worker", "rectify", {"photo_ids": list(photo_ids)}),
    ):
        done(be(who).step(f"/v1/hazards/{hazard_id}/{verb}", sent))


def sheet_of(app: Flask, session: Session, client: Client, **changes: Any) -> Worksheet:
    export_id = asked(client, **changes)
    make(app, session, export_id, kind=hazards.LEDGER)
    sheet = opened(fetch(client, export_id).data).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def pictures(sheet: Worksheet) -> dict[tuple[int, str], Image.Image]:
    """Give what is drawn, by line and heading."""
    headings = [str(cell.value) for cell in sheet[3]]
    found: dict[tuple[int, str], Image.Image] = {}
    for one in sheet._images:  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl gives no other way to them
        anchor = one.anchor._from  # noqa: SLF001
        found[anchor.row - 2, headings[anchor.col]] = Image.open(one.ref)
    return found


def colour(picture: Image.Image) -> tuple[int, int, int]:
    """Give which of the three colours a picture has."""
    middle = picture.convert("RGB").resize((1, 1)).tobytes()
    return (RED, GREEN, BLUE)[max(range(3), key=middle.__getitem__)]


def test_the_first_photo_before_and_the_first_after_stand_in_the_line(
    app: Flask, session: Session, be: Be
) -> None:
    """Photos that have not arrived are passed over, and all that have are counted as before."""
    red, other, green = (upload(be("worker"), one) for one in (RED, BLUE, GREEN))
    put_right(be, reported(be, str(new_id()), red, other), green)

    sheet = sheet_of(app, session, be("admin"))

    drawn = pictures(sheet)
    assert {place: colour(one) for place, one in drawn.items()} == {
        (1, "整改前照片"): RED,
        (1, "整改后照片"): GREEN,
    }
    assert {one.size for one in drawn.values()} == {(200, 150)}
    headings = [cell.value for cell in sheet[3]]
    line = dict(zip(headings, (cell.value for cell in sheet[4]), strict=True))
    assert (line["整改前照片数"], line["整改后照片数"]) == (2, 1)
    assert sheet.row_dimensions[4].height >= 68, "high enough for the picture"
    assert "各一张小图" in str(sheet["A2"].value)


def test_work_that_failed_its_recheck_is_no_picture_of_after(app: Flask, session: Session, be: Be) -> None:
    hazard_id = reported(be)
    put_right(be, hazard_id, upload(be("worker"), BLUE))
    done(be("colleague").step(f"/v1/hazards/{hazard_id}/verify", {"passed": False, "note": "还有一半"}))
    admin = be("admin")
    assert pictures(sheet_of(app, session, admin)) == {}

    done(be("worker").step(f"/v1/hazards/{hazard_id}/start"))
    done(be("worker").step(f"/v1/hazards/{hazard_id}/rectify", {"photo_ids": [upload(be("worker"), GREEN)]}))

    drawn = pictures(sheet_of(app, session, admin))
    assert {place: colour(one) for place, one in drawn.items()} == {(1, "整改后照片"): GREEN}


def test_a_hazard_that_tells_of_harm_to_a_minor_has_none(app: Flask, session: Session, be: Be) -> None:
    hazard_id = reported(be, upload(be("worker"), RED))
    put_right(be, hazard_id, upload(be("worker"), GREEN))
    case = {"hazard_id": UUID(hazard_id), "told_id": UUID(hazard_id), "signals": ["words"]}
    session.add(HarmCase(id=new_id(), area_code=GRID, opened_at=now(), **case))
    session.commit()

    assert pictures(sheet_of(app, session, be("admin"))) == {}


def test_a_file_of_too_many_hazards_counts_photos_only_and_says_so(
    app: Flask, session: Session, be: Be, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-155: pictures are held in memory until the file is whole."""
    monkeypatch.setattr("app.hazards.ledger_pictures.PICTURED_MOST", 1)
    monkeypatch.setattr("app.hazards.ledger_exports.PICTURED_MOST", 1)
    photo_id = upload(be("worker"), RED)
    for _ in range(2):
        reported(be, photo_id)

    sheet = sheet_of(app, session, be("admin"))

    assert pictures(sheet) == {}
    assert "只写照片张数" in str(sheet["A2"].value)


def test_a_file_holds_so_many_bytes_of_pictures_and_says_what_it_lacks(
    app: Flask, session: Session, be: Be, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hazards.ledger_pictures.PICTURE_BYTES_MOST", 2000)
    for one in (RED, GREEN, BLUE):
        reported(be, upload(be("worker"), one))

    sheet = sheet_of(app, session, be("admin"))

    drawn = pictures(sheet)
    assert 0 < len(drawn) < 3
    assert [line for line, _ in drawn] == list(range(1, len(drawn) + 1)), "the first hazards have theirs"
    assert "后面的隐患只写照片张数" in str(sheet["A2"].value)


def test_a_photo_that_the_store_lost_or_spoilt_gives_way_to_the_next(
    app: Flask, session: Session, be: Be
) -> None:
    lost, spoilt, kept = (upload(be("worker"), one) for one in (RED, BLUE, GREEN))
    store = photos_of(app)
    for photo_id in (lost, spoilt):
        store.delete(photo_key(UUID(photo_id), "thumb"))
    store.put(photo_key(UUID(spoilt), "thumb"), b"\xff\xd8\xff no picture")
    reported(be, lost, spoilt, kept)

    drawn = pictures(sheet_of(app, session, be("admin")))

    assert {place: colour(one) for place, one in drawn.items()} == {(1, "整改前照片"): GREEN}


def test_whoever_takes_the_ledger_out_may_read_and_take_out_its_photos() -> None:
    """S-154: so no file shows its owner what the screen would not."""
    for needed in (Permission.HAZARD_READ, Permission.PHOTO_MARK):
        for role, reach in TABLE[Permission.HAZARD_EXPORT].items():
            assert TABLE[needed].get(role) == reach
