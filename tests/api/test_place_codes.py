"""Issuing, printing, reprinting and revoking the codes of places."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Place, PlaceCode
from tests.cast import named
from tests.client import Answer, Client

BLOCK, WORKSHOP = f"/v1/places/{named('block')}", f"/v1/places/{named('workshop')}"
LOST = {"version": 1, "reason": "被风吹走"}


Become = Callable[[str | None], Client]


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def open_code(visitor: Client, url: str) -> Answer:
    return visitor.get(urlsplit(url).path, headers={"Accept": "application/json"})


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def test_a_code_is_issued_once_and_names_its_place(admin: Client, visitor: Client, session: Session) -> None:
    first, again = admin.post(f"{BLOCK}/codes"), admin.post(f"{BLOCK}/codes")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert first.json["version"] == 1
    assert first.json["url"].startswith("http://localhost/q/1")
    assert open_code(visitor, first.json["url"]).json["place"]["id"] == str(named("block"))
    assert session.scalar(select(func.count()).select_from(PlaceCode)) == 1


def test_a_phone_knows_the_place_of_a_scan_by_its_list(admin: Client, be: Become) -> None:
    """Without a signal: by what stands before the point, of the code that hangs; the seal is not told."""

    def start() -> str | None:
        listed = {one["id"]: one for one in be("worker").get("/v1/places").json["items"]}[str(named("block"))]
        shown = be("worker").get(BLOCK).json
        assert listed == shown
        code_start: str | None = shown["code_start"]
        return code_start

    assert start() is None
    first = admin.post(f"{BLOCK}/codes").json["url"]
    assert urlsplit(first).path == f"/q/{start()}.{first.rpartition('.')[2]}"
    second = admin.post(f"{BLOCK}/codes/reprint", json=LOST).json["url"]
    assert urlsplit(second).path == f"/q/{start()}.{second.rpartition('.')[2]}"
    assert first.partition(".")[0] != second.partition(".")[0]
    admin.post(f"{BLOCK}/codes/revoke", json=LOST | {"version": 2})
    assert start() is None


def test_two_places_have_different_codes(admin: Client) -> None:
    assert admin.post(f"{BLOCK}/codes").json["url"] != admin.post(f"{WORKSHOP}/codes").json["url"]


def test_a_reprint_revokes_the_lost_sheet(admin: Client, visitor: Client) -> None:
    old = admin.post(f"{BLOCK}/codes").json

    new = admin.post(f"{BLOCK}/codes/reprint", json=LOST).json

    assert (new["version"], new["revoked_at"]) == (2, None)
    assert outcome(open_code(visitor, old["url"])) == (410, "code_revoked")
    assert open_code(visitor, new["url"]).json["version"] == 2
    versions = admin.get(f"{BLOCK}/codes").json["items"]
    assert [(one["version"], one["revoked_reason"]) for one in versions] == [(2, None), (1, "被风吹走")]


def test_a_reprint_sent_again_gives_the_sheet_it_made(admin: Client) -> None:
    admin.post(f"{BLOCK}/codes")

    first, again = (admin.post(f"{BLOCK}/codes/reprint", json=LOST) for _ in range(2))

    assert first.json == again.json
    assert admin.post(f"{BLOCK}/codes").json == first.json


@pytest.mark.parametrize("version", [2, 7])
def test_a_reprint_of_a_version_not_in_use_is_refused(admin: Client, version: int) -> None:
    admin.post(f"{BLOCK}/codes")

    answer = admin.post(f"{BLOCK}/codes/reprint", json=LOST | {"version": version})

    assert outcome(answer) == (409, "code_version")
    assert "第1版" in answer.json["title"]


def test_a_place_without_a_code_has_nothing_to_reprint_or_revoke(admin: Client) -> None:
    assert outcome(admin.post(f"{BLOCK}/codes/reprint", json=LOST)) == (409, "code_version")
    assert outcome(admin.post(f"{BLOCK}/codes/revoke", json=LOST)) == (404, "not_found")


def test_what_was_revoked_is_brought_back_by_a_reprint_only(admin: Client, visitor: Client) -> None:
    old = admin.post(f"{BLOCK}/codes").json

    first, again = (admin.post(f"{BLOCK}/codes/revoke", json=LOST) for _ in range(2))

    assert first.json == again.json
    assert first.json["revoked_at"] is not None
    assert outcome(open_code(visitor, old["url"])) == (410, "code_revoked")
    late = [
        admin.post(f"{BLOCK}/codes"),
        admin.post("/v1/code-sheets", json={"place_ids": [str(named("block"))]}),
    ]
    assert [outcome(answer) for answer in late] == [(409, "code_withdrawn")] * 2
    assert "补发" in late[0].json["title"]
    assert admin.post(f"{BLOCK}/codes/reprint", json=LOST).json["version"] == 2


def test_a_revoked_code_is_reprinted(admin: Client) -> None:
    admin.post(f"{BLOCK}/codes")
    admin.post(f"{BLOCK}/codes/revoke", json=LOST)

    assert admin.post(f"{BLOCK}/codes/reprint", json=LOST).json["version"] == 2


@pytest.mark.parametrize("step", ["reprint", "revoke"])
@pytest.mark.parametrize("changes", [{"reason": ""}, {"version": 0}, {"version": "1"}, {"why": "x"}])
def test_a_step_filled_in_wrongly_names_the_field(admin: Client, step: str, changes: dict[str, Any]) -> None:
    answer = admin.post(f"{BLOCK}/codes/{step}", json=LOST | changes)

    assert outcome(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == list(changes)


@pytest.mark.parametrize("suffix", ["codes", "codes/reprint", "codes/revoke"])
def test_codes_are_made_within_reach_only(
    far_admin: Client, worker: Client, visitor: Client, session: Session, suffix: str
) -> None:
    body = {"json": LOST} if "/" in suffix else {}

    assert outcome(far_admin.post(f"{BLOCK}/{suffix}", **body)) == (404, "not_found")
    assert outcome(worker.post(f"{BLOCK}/{suffix}", **body)) == (403, "forbidden")
    assert outcome(visitor.post(f"{BLOCK}/{suffix}", **body)) == (401, "sign_in_needed")
    assert session.scalar(select(func.count()).select_from(PlaceCode)) == 0


# Print


@pytest.mark.parametrize("issued", [False, True], ids=["its first code", "a code in use"])
def test_a_poster_is_read_by_another_decoder_and_opens_the_place(
    admin: Client, visitor: Client, *, issued: bool
) -> None:
    if issued:
        admin.post(f"{BLOCK}/codes")

    answer = admin.get(f"{BLOCK}/poster.png")

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    (url,) = decoded(Image.open(io.BytesIO(answer.data)))
    assert url == admin.post(f"{BLOCK}/codes").json["url"]
    assert open_code(visitor, url).json["place"]["name"] == "1号楼"


def test_a_sheet_holds_the_codes_in_the_order_asked(admin: Client, visitor: Client) -> None:
    admin.post(f"{BLOCK}/codes")
    for place_ids in (["workshop", "block"], ["block", "workshop"]):
        answer = admin.post("/v1/code-sheets", json={"place_ids": [str(named(one)) for one in place_ids]})

        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        (page,) = PdfReader(io.BytesIO(answer.data)).pages
        urls = [url for picture in page.images if picture.image for url in decoded(picture.image)]
        opened = [open_code(visitor, url).json["place"]["id"] for url in urls]
        assert opened == [str(named(one)) for one in place_ids]


def test_a_sheet_with_a_place_beyond_reach_is_not_made(admin: Client, session: Session) -> None:
    place_ids = [str(named("block")), str(named("far_block"))]

    assert outcome(admin.post("/v1/code-sheets", json={"place_ids": place_ids})) == (404, "not_found")
    assert session.scalar(select(func.count()).select_from(PlaceCode)) == 0


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "place_ids"),
        ({"place_ids": []}, "place_ids"),
        ({"place_ids": [str(named("block"))] * 201}, "place_ids"),
        ({"place_ids": ["1号楼"]}, "place_ids"),
        ({"place_ids": [str(named("block"))], "title": "题" * 41}, "title"),
    ],
)
def test_a_sheet_asked_for_wrongly_names_the_field(admin: Client, body: dict[str, Any], field: str) -> None:
    answer = admin.post("/v1/code-sheets", json=body)

    assert outcome(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    "name, title, named_text, errors",
    [
        ("1号楼", "😀 emoji العربية", "😀 emoji العربية", ["title"]),
        ("𠮷家1号楼", "1号楼", "𠮷家1号楼", None),
    ],
    ids=["title", "name"],
)
def test_what_the_font_cannot_print_is_named_and_no_code_is_made(
    admin: Client, session: Session, name: str, title: str, named_text: str, errors: list[str] | None
) -> None:
    session.get_one(Place, named("block")).name = name
    session.commit()

    answer = admin.post("/v1/code-sheets", json={"place_ids": [str(named("block"))], "title": title})

    assert outcome(answer) == (422, "unprintable")
    assert answer.json["title"].startswith(f"“{named_text}”里的这些字打印不出来：{named_text[0]}")
    assert (list(answer.json["errors"]) if errors else answer.json.get("errors")) == errors
    assert session.scalar(select(func.count()).select_from(PlaceCode)) == 0


def test_a_poster_whose_place_cannot_be_printed_is_refused(admin: Client, session: Session) -> None:
    session.get_one(Place, named("block")).address = "𠮷家巷"
    session.commit()

    answer = admin.get(f"{BLOCK}/poster.png")

    assert outcome(answer) == (422, "unprintable")
    assert "打印不出来：𠮷。" in answer.json["title"]
    assert session.scalar(select(func.count()).select_from(PlaceCode)) == 0
