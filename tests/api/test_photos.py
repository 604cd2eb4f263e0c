"""Uploading photos over HTTP, and who may look at them."""

import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, evidence
from app.evidence import PhotoOwner
from app.ids import new_id
from app.models import Photo
from tests.cast import FAR, GRID, person
from tests.client import Answer, Client
from tests.evidence.photos import camera_exif, file, opened, png, scene

Become = Callable[[str | None], Client]
JPEG = file(scene(2000, 1500), exif=camera_exif())


@pytest.fixture
def photo(worker: Client) -> str:
    """Give the path of a photo that the worker uploaded."""
    path = f"/v1/photos/{new_id()}"
    assert worker.put(path, data=JPEG).status_code == 201
    return path


def link(session: Session, kind: PhotoOwner, photo_id: UUID, area_code: str = GRID) -> None:
    by = person("worker").user_id
    evidence.link_photos(session, kind, new_id(), area_code, [photo_id], by=by)
    session.commit()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Photo)) or 0


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_photo_is_kept_once(worker: Client, session: Session) -> None:
    photo_id = new_id()
    path = f"/v1/photos/{photo_id}"

    first, again = worker.put(path, data=JPEG), worker.put(path, data=JPEG)
    other = worker.put(path, data=file(scene(300, 200)))

    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json["width"], first.json["height"], first.json["arrived"]) == (1600, 1200, True)
    assert {**first.json, "thumb_url": "", "large_url": ""} == {
        **again.json,
        "thumb_url": "",
        "large_url": "",
    }
    assert outcome(other) == (409, "other_content")
    assert count(session) == 1


def test_the_same_id_from_somebody_else_is_other_content(worker: Client, colleague: Client) -> None:
    path = f"/v1/photos/{new_id()}"

    assert worker.put(path, data=JPEG).status_code == 201
    assert outcome(colleague.put(path, data=JPEG)) == (409, "other_content")


def test_capture_facts_are_kept_apart_and_not_shown(worker: Client, session: Session) -> None:
    """S-144: time and place of the camera are in no answer."""
    photo_id = new_id()

    answer = worker.put(f"/v1/photos/{photo_id}", data=JPEG)

    row = session.get_one(Photo, photo_id)
    assert row.taken_at is not None
    assert row.taken_at.isoformat() == "2026-11-23T00:15:09+00:00", "the camera's clock is Chinese time"
    assert (row.gps_lng, row.gps_lat) == pytest.approx((114.3336, 29.8368))
    assert row.uploaded_by == person("worker").user_id
    assert set(answer.json) == {"id", "arrived", "width", "height", "thumb_url", "large_url", "quarantined"}


def test_the_files_are_rebuilt_and_carry_nothing_private(worker: Client, visitor: Client) -> None:
    shown = worker.put(f"/v1/photos/{new_id()}", data=JPEG).json

    thumb, large = visitor.get(shown["thumb_url"]), visitor.get(shown["large_url"])

    assert b"SECRET-MAKE" in JPEG
    assert b"SECRET-MAKE" not in thumb.data + large.data
    assert (opened(thumb.data).size, opened(large.data).size) == ((400, 300), (1600, 1200))


def test_a_file_is_private_named_by_us_and_not_sniffed(visitor: Client, worker: Client, photo: str) -> None:
    """S-145: the name is the server's, with Content-Disposition and nosniff."""
    answer = visitor.get(worker.get(photo).json["large_url"])

    photo_id = photo.rsplit("/", 1)[1]
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=600, immutable"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{photo_id}-large.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "data, status, code",
    [
        (b"", 415, "photo_not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "photo_not_a_picture"),
        (b"GIF89a" + bytes(40), 415, "photo_not_a_picture"),
        (JPEG[: len(JPEG) // 2], 422, "photo_broken"),
        (png(9_000, 9_000, zlib.compress(b"short!")), 413, "photo_too_many_pixels"),
    ],
    ids=["empty", "svg", "gif", "half", "81 megapixels"],
)
def test_what_is_no_photo_leaves_nothing(
    worker: Client, session: Session, data: bytes, status: int, code: str
) -> None:
    """S-141, S-142: by content, whatever it is called; pixels are counted before they are loaded."""
    path = f"/v1/photos/{new_id()}"

    answer = worker.put(path, data=data, content_type="image/jpeg")

    assert outcome(answer) == (status, code)
    assert re.search("[一-鿿]", answer.json["title"])
    assert count(session) == 0
    assert worker.get(path).status_code == 404


def test_too_large_a_body_is_refused_before_it_is_read(worker: Client) -> None:
    class Unread:
        """A body that must not be read."""

        def read(self, *_: int) -> bytes:
            raise AssertionError

    too_long = {"CONTENT_LENGTH": str(12 * 1024 * 1024 + 1), "wsgi.input": Unread()}

    answer = worker.put(f"/v1/photos/{new_id()}", environ_overrides=too_long)

    assert outcome(answer) == (413, "too_large")


def test_who_may_not_upload(be: Become) -> None:
    path = f"/v1/photos/{new_id()}"

    assert outcome(be(None).put(path, data=JPEG)) == (401, "sign_in_needed")
    assert outcome(be("auditor").put(path, data=JPEG)) == (403, "forbidden")


@pytest.mark.parametrize(
    "kind, readers, others",
    [
        (
            PhotoOwner.HAZARD,
            {"colleague", "lead", "admin", "county", "city"},
            {"resident", "clerk", "auditor"},
        ),
        (PhotoOwner.HAZARD_EVENT, {"admin"}, {"resident"}),
        (PhotoOwner.INSPECTION, {"colleague", "admin", "county"}, {"lead", "resident"}),
        (PhotoOwner.CLAIM, {"lead", "admin"}, {"county", "resident"}),
        (PhotoOwner.SPOT_CHECK, {"admin", "county"}, {"colleague", "resident"}),
        (PhotoOwner.VISIT, set(), {"colleague", "admin", "county"}),
    ],
)
def test_a_photo_is_seen_by_those_who_may_read_a_record_naming_it(
    be: Become, session: Session, photo: str, kind: PhotoOwner, readers: set[str], others: set[str]
) -> None:
    link(session, kind, UUID(photo.rsplit("/", 1)[1]))

    seen = {name: be(name).get(photo).status_code for name in readers | others | {"far_admin", "next_admin"}}

    assert seen == dict.fromkeys(readers, 200) | dict.fromkeys(others | {"far_admin", "next_admin"}, 404)


def test_ones_own_photo_is_seen_before_any_record_names_it(worker: Client, admin: Client, photo: str) -> None:
    assert worker.get(photo).json["arrived"] is True
    assert outcome(admin.get(photo)) == (404, "not_found")


def test_a_named_photo_that_has_not_arrived_says_so(
    admin: Client, far_admin: Client, session: Session
) -> None:
    photo_id = new_id()
    link(session, PhotoOwner.HAZARD, photo_id)

    assert admin.get(f"/v1/photos/{photo_id}").json == {
        "id": str(photo_id),
        "arrived": False,
        "width": None,
        "height": None,
        "quarantined": False,
        "thumb_url": None,
        "large_url": None,
    }
    assert far_admin.get(f"/v1/photos/{photo_id}").status_code == 404


def test_a_record_of_a_far_area_does_not_open_a_photo_to_another(
    be: Become, session: Session, photo: str
) -> None:
    link(session, PhotoOwner.HAZARD, UUID(photo.rsplit("/", 1)[1]), FAR)

    assert be("far_admin").get(photo).status_code == 200
    assert be("admin").get(photo).status_code == 404


def test_an_address_ends_within_ten_minutes(worker: Client, visitor: Client, photo: str) -> None:
    start = clock.now()
    with clock.set_to(start):
        address = worker.get(photo).json["thumb_url"]
    with clock.set_to(start + timedelta(minutes=8, seconds=59)):
        assert visitor.get(address).status_code == 200
    with clock.set_to(start + timedelta(minutes=10)):
        assert outcome(visitor.get(address)) == (404, "not_found")


def test_an_address_of_one_file_opens_no_other(worker: Client, visitor: Client, photo: str) -> None:
    shown = worker.get(photo).json
    other = worker.put(f"/v1/photos/{new_id()}", data=JPEG).json
    seal = urlsplit(shown["thumb_url"]).query

    assert visitor.get(f"{photo}/thumb?{seal}").status_code == 200
    assert visitor.get(f"{photo}/large?{seal}").status_code == 404
    assert visitor.get(f"/v1/photos/{other['id']}/thumb?{seal}").status_code == 404
    assert visitor.get(f"{photo}/original?{seal}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"until": "", "seal": ""},
        {"until": "9999999999"},
        {"until": "1e12"},
        {"until": "9999999999 "},
        {"seal": "é" * 64},
        {"seal": "0" * 64},
        {"by": "nobody"},
        {"by": ""},
        {"by": str(new_id())},
        {"acting": str(new_id())},
    ],
)
def test_an_address_tampered_with_opens_nothing(
    worker: Client, visitor: Client, photo: str, wrong: dict[str, str]
) -> None:
    right = {
        name: values[0]
        for name, values in parse_qs(urlsplit(worker.get(photo).json["thumb_url"]).query).items()
    }
    query = urlencode({**right, **wrong}) if wrong else ""

    assert outcome(visitor.get(f"{photo}/thumb?{query}")) == (404, "not_found")


def test_an_address_for_what_is_no_id_is_refused(worker: Client, visitor: Client, photo: str) -> None:
    address = worker.get(photo).json["thumb_url"]

    assert outcome(visitor.get(f"{address}&acting=nobody")) == (422, "invalid")


def test_an_address_whose_end_is_moved_opens_nothing(worker: Client, visitor: Client, photo: str) -> None:
    address = worker.get(photo).json["thumb_url"]
    until = parse_qs(urlsplit(address).query)["until"][0]

    assert visitor.get(address.replace(until, str(int(until) + 60))).status_code == 404


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_changed_sign_of_a_seal_is_noticed(data: st.DataObject) -> None:
    key, photo_id = b"k" * 32, UUID(int=1)
    sealed = evidence.seal_link(key, photo_id, "thumb", "her")
    position = data.draw(st.integers(0, len(sealed["seal"]) - 1))
    sign = data.draw(
        st.characters(exclude_categories=["Cs"]).filter(lambda one: one != sealed["seal"][position])
    )
    changed = sealed["seal"][:position] + sign + sealed["seal"][position + 1 :]

    assert evidence.link_holds(key, photo_id, "thumb", "her", **sealed)
    assert not evidence.link_holds(key, photo_id, "thumb", "him", **sealed)
    assert not evidence.link_holds(key, photo_id, "thumb", "her", until=sealed["until"], seal=changed)
