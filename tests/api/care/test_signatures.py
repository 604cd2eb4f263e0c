"""Who was visited signs on the worker's phone: shown with the visit, and nowhere else."""

import io
from uuid import UUID

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters import local_store
from app.config import Settings
from app.evidence import compare
from app.ids import new_id
from app.models import Photo, PhotoMatch, PhotoPrint, Visit
from app.own_data.kinds import Whose
from app.own_data.reach import photos_of_him, pictures
from tests.care_world import answer_for, file_visit, visit, write_care
from tests.cast import person
from tests.client import Answer, Client


def drawn(kind: str = "PNG", size: tuple[int, int] = (600, 240)) -> bytes:
    """Draw a name, see-through as a phone's canvas gives it."""
    picture = Image.new("RGB" if kind == "JPEG" else "RGBA", size, "white")
    ImageDraw.Draw(picture).line([(40, 200), (200, 40), (380, 180), (560, 60)], fill="black", width=9)
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def sign(client: Client, signature_id: UUID, data: bytes | None = None) -> Answer:
    """Send a signature."""
    return client.put(f"/v1/signatures/{signature_id}", data=drawn() if data is None else data)


@pytest.fixture
def signature(worker: Client) -> UUID:
    """Let somebody sign on the worker's phone."""
    signature_id = new_id()
    assert sign(worker, signature_id).status_code == 201
    return signature_id


def test_a_signature_is_shown_with_the_visit_to_whoever_reads_it(
    worker: Client, admin: Client, record: UUID, form: UUID, signature: UUID
) -> None:
    made = file_visit(worker, record, form, signature_id=str(signature))

    assert made.status_code == 201, made.text
    seen = admin.get(f"/v1/visits/{made.json['id']}").json
    assert (seen["confirmation"], seen["photos"], seen["photos_named"]) == ("signed", [], 0)
    assert (seen["signature"]["id"], seen["signature"]["arrived"]) == (str(signature), True)
    picture = admin.get(seen["signature"]["large_url"])
    assert Image.open(io.BytesIO(picture.data)).size == (600, 240)


def test_it_may_come_after_the_visit(worker: Client, record: UUID, form: UUID) -> None:
    signature = new_id()
    made = file_visit(worker, record, form, signature_id=str(signature)).json
    assert (made["confirmation"], made["signature"]["arrived"]) == ("signed", False)

    first, again = sign(worker, signature), sign(worker, signature)
    other = sign(worker, signature, drawn(size=(500, 200)))

    assert (first.status_code, again.status_code, again.json) == (201, 200, {"id": str(signature)})
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert worker.get(f"/v1/visits/{made['id']}").json["signature"]["arrived"]


def test_by_itself_it_is_shown_to_nobody_not_even_who_sent_it(
    worker: Client, admin: Client, record: UUID, form: UUID, signature: UUID
) -> None:
    file_visit(worker, record, form, signature_id=str(signature))

    for reader in (worker, admin):
        assert reader.get(f"/v1/photos/{signature}").status_code == 404
        assert reader.get(f"/v1/photos/{signature}/marked").status_code == 404


def test_named_as_a_photo_it_never_arrives(worker: Client, record: UUID, form: UUID, signature: UUID) -> None:
    photo = new_id()
    assert worker.put(f"/v1/photos/{photo}", data=drawn(size=(300, 200))).status_code == 201

    as_photo = file_visit(worker, record, form, photo_ids=[str(signature)]).json
    as_signature = file_visit(worker, record, form, signature_id=str(photo)).json
    both = worker.put(f"/v1/signatures/{photo}", data=drawn(size=(300, 200)))

    assert [one["arrived"] for one in as_photo["photos"]] == [False]
    assert as_signature["signature"]["arrived"] is False
    assert (both.status_code, both.json["code"]) == (409, "other_content")


def test_it_is_compared_with_nothing(
    worker: Client, session: Session, settings: Settings, signature: UUID
) -> None:
    """Who signs each month draws the same name: that is no photo used again."""
    assert sign(worker, new_id()).status_code == 201
    assert worker.put(f"/v1/photos/{new_id()}", data=drawn()).status_code == 201

    assert compare(session, local_store(settings.photo_dir), limit=10) == 1
    assert session.scalar(select(func.count()).select_from(PhotoMatch)) == 0
    assert session.scalars(select(PhotoPrint).where(PhotoPrint.photo_id == signature)).all() == []


@pytest.mark.parametrize(
    "data, status, code",
    [
        (drawn("WEBP"), 422, "signature_unfit"),
        (drawn(size=(3001, 100)), 422, "signature_unfit"),
        (b"no picture", 415, "photo_not_a_picture"),
        (drawn()[:-20], 422, "photo_broken"),
    ],
)
def test_what_nobody_draws_on_a_phone_is_refused(
    worker: Client, session: Session, data: bytes, status: int, code: str
) -> None:
    refused = sign(worker, new_id(), data)

    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert session.scalar(select(func.count()).select_from(Photo)) == 0


@pytest.mark.parametrize(
    "visit", [{"mode": "phone", "outcome": "fine_by_phone"}, {"outcome": "not_reached", "answers": {}}]
)
def test_nobody_signs_who_was_not_met(
    worker: Client, record: UUID, form: UUID, signature: UUID, visit: dict[str, str]
) -> None:
    refused = file_visit(worker, record, form, signature_id=str(signature), **visit)

    assert (refused.status_code, refused.json["code"]) == (422, "unsigned")
    assert list(refused.json["errors"]) == ["signature_id"]


def test_a_signed_visit_may_still_be_denied(
    worker: Client, resident: Client, record: UUID, form: UUID, signature: UUID
) -> None:
    """Whoever was not there may have signed."""
    made = file_visit(worker, record, form, signature_id=str(signature)).json["id"]

    assert resident.get("/v1/me/visits").json["items"][0]["confirmation"] == "signed"
    assert answer_for(resident, made, "denied").status_code == 200
    seen = worker.get(f"/v1/visits/{made}").json
    assert (seen["confirmation"], seen["signature"]["arrived"]) == ("denied", True)


def test_his_own_copy_has_it_and_the_workers_has_not(
    worker: Client, session: Session, record: UUID, form: UUID, signature: UUID
) -> None:
    """S-76: a name in somebody's hand is his."""
    file_visit(worker, record, form, signature_id=str(signature))
    his = person("resident")

    def found(which: Whose) -> list[UUID]:
        return list(session.scalars(select(Photo.id).where(pictures(which))))

    owner = Whose(his.user_id, his.resident_id, his.household_id, is_minor=False)
    assert found(owner) == [signature]
    assert list(session.scalars(select(Photo.id).where(photos_of_him(owner)))) == [signature]
    assert found(Whose(person("worker").user_id, None, None, is_minor=False)) == []


def test_it_is_of_one_visit(
    worker: Client, session: Session, record: UUID, form: UUID, signature: UUID
) -> None:
    """Who signed once confirmed any number of visits, also to others; the same visit again is no other."""
    path, body = f"/v1/visits/{new_id()}", visit(record, form, signature_id=str(signature))
    assert [worker.put(path, json=body).status_code for _ in range(2)] == [201, 200]
    others = write_care(session, of="neighbour")

    for record_id in (record, others):
        refused = file_visit(worker, record_id, form, signature_id=str(signature))
        assert (refused.status_code, refused.json["code"]) == (409, "signature_used")
        assert list(refused.json["errors"]) == ["signature_id"]
    assert session.scalar(select(func.count()).select_from(Visit)) == 1
    assert worker.put(path, json=body).status_code == 200


def test_another_who_named_it_first_takes_it_from_nobody(
    worker: Client, admin: Client, record: UUID, form: UUID, signature: UUID
) -> None:
    """It shows nothing where its sender did not name it."""
    his = file_visit(admin, record, form, signature_id=str(signature))
    made = file_visit(worker, record, form, signature_id=str(signature))

    assert (his.status_code, his.json["signature"]["arrived"]) == (201, False)
    assert (made.status_code, made.json["signature"]["arrived"]) == (201, True)
