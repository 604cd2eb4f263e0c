"""Photos taken out: marked, with a signed manifest that anybody checks without us."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from PIL import Image, ImageChops
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, evidence
from app.cli.photos import verify_photo
from app.clock import now
from app.evidence import ManifestSigner
from app.ids import new_id
from app.models import AuditEntry, HarmCase, HazardStatus, PhotoOwner
from app.typesetting import marked_jpeg
from tests.cast import GRID, person
from tests.client import Client
from tests.evidence.photos import file, opened, scene
from tests.matrix.stage import Stage

Become = Callable[[str | None], Client]


@pytest.fixture
def hazard_id(session: Session) -> UUID:
    return Stage(session).hazard(HazardStatus.REPORTED)


@pytest.fixture
def photo(worker: Client, session: Session, hazard_id: UUID) -> str:
    """Give the path of a photo that a hazard at the block names."""
    photo_id = new_id()
    assert worker.put(f"/v1/photos/{photo_id}", data=file(scene())).status_code == 201
    by = person("worker").user_id
    evidence.link_photos(session, PhotoOwner.HAZARD, hazard_id, GRID, [photo_id], by=by)
    session.commit()
    return f"/v1/photos/{photo_id}"


def taken(client: Client, photo: str) -> tuple[bytes, bytes]:
    """Take a photo out; give picture and manifest."""
    answer = client.get(f"{photo}/marked")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as held:
        picture, manifest = sorted(held.namelist())
        return held.read(picture), held.read(manifest)


def checked(tmp_path: Path, picture: bytes, manifest: bytes, *options: str) -> tuple[int, str]:
    """Run the command as somebody elsewhere would; give its exit status and output."""
    for name, data in (("photo.jpg", picture), ("photo.json", manifest)):
        (tmp_path / name).write_bytes(data)
    arguments = [str(tmp_path / "photo.jpg"), str(tmp_path / "photo.json"), *options]
    ran = CliRunner().invoke(verify_photo, arguments)
    return ran.exit_code, ran.output


@pytest.fixture
def key(app: Any) -> str:
    signer: ManifestSigner = app.extensions["gongdi"].manifest_signer
    return signer.public_key.hex()


def test_it_is_marked_and_signed_by_the_servers_time(
    admin: Client, photo: str, hazard_id: UUID, key: str, tmp_path: Path
) -> None:
    """S-178: the facts are the server's, and verify offline by the public key alone."""
    with clock.set_to(now()):
        picture, manifest = taken(admin, photo)
        at = now().isoformat()

    status, told = checked(tmp_path, picture, manifest, "--key", key)

    facts = json.loads(manifest)["facts"]
    assert status == 0, told
    assert (facts["taken_out_at"], facts["record_id"], facts["place_name"]) == (at, str(hazard_id), "1号楼")
    assert facts["taken_out_by"] == str(person("admin").user_id)
    assert "as they were signed" in told


def test_the_mark_is_on_the_lower_part_and_nowhere_else(admin: Client, photo: str) -> None:
    picture = opened(taken(admin, photo)[0])
    plain = opened(admin.get(admin.get(photo).json["large_url"]).data)

    def differs(upper: float, lower: float) -> int:
        box = (0, int(plain.height * upper), plain.width, int(plain.height * lower))
        apart = ImageChops.difference(picture.crop(box), plain.crop(box)).convert("L").resize((40, 8))
        return int(max(apart.tobytes()))

    assert picture.size == plain.size
    assert differs(0, 0.7) < 40 < differs(0.9, 1)


def test_a_changed_pixel_or_field_is_found(admin: Client, photo: str, key: str, tmp_path: Path) -> None:
    """S-178: one pixel, one field, one more field, another key: each fails."""
    picture, manifest = taken(admin, photo)
    image = opened(picture)
    image.putpixel((3, 3), (1, 2, 3))
    repainted = io.BytesIO()
    image.save(repainted, "JPEG", quality=100)
    written = json.loads(manifest)

    def changed(**facts: str) -> bytes:
        return json.dumps(written | {"facts": written["facts"] | facts}).encode()

    wrong = {
        "pixel": (repainted.getvalue(), manifest),
        "byte": (picture[:-3] + b"\0" + picture[-2:], manifest),
        "field": (picture, changed(taken_out_at="2020-01-01T00:00:00+00:00")),
        "place": (picture, changed(place_name="2号楼")),
        "more": (picture, changed(more="x")),
        "beside": (picture, json.dumps(written | {"note": "x"}).encode()),
        "nothing": (picture, b"{}"),
        "no JSON": (picture, b"\xff"),
    }
    assert checked(tmp_path, picture, manifest, "--key", key)[0] == 0
    assert {
        name: checked(tmp_path, *files, "--key", key)[0] for name, files in wrong.items()
    } == dict.fromkeys(wrong, 1)
    other = ManifestSigner(b"k" * 32).public_key.hex()
    assert checked(tmp_path, picture, manifest, "--key", other)[0] == 1
    assert "64 hexadecimal" in checked(tmp_path, picture, manifest, "--key", "short")[1]


def test_staff_take_out_what_they_may_see(be: Become, photo: str) -> None:
    seen = {
        name: be(name).get(f"{photo}/marked").status_code
        for name in ("worker", "lead", "county", "resident", "far_admin", "next_admin", "auditor")
    }

    assert seen == {
        "worker": 200,
        "lead": 200,
        "county": 200,
        "resident": 403,
        "far_admin": 404,
        "next_admin": 404,
        "auditor": 403,
    }


def test_what_tells_of_harm_to_a_minor_is_not_taken_out(
    admin: Client, photo: str, hazard_id: UUID, session: Session
) -> None:
    case = {"hazard_id": hazard_id, "told_id": hazard_id, "opened_at": now(), "signals": ["flag"]}
    session.add(HarmCase(id=new_id(), area_code=GRID, **case))
    session.commit()

    assert admin.get(f"{photo}/marked").status_code == 404


def test_taking_it_out_leaves_a_trace(admin: Client, photo: str, hazard_id: UUID, session: Session) -> None:
    taken(admin, photo)

    (row,) = session.scalars(select(AuditEntry).where(AuditEntry.permission == "photo_mark"))
    assert (str(row.object_id), row.facts["record_id"]) == (photo.rpartition("/")[2], str(hazard_id))


@pytest.mark.parametrize("size", [(4, 4), (60, 40), (40, 300), (1600, 200)])
def test_a_mark_fits_every_shape(size: tuple[int, int]) -> None:
    marked = marked_jpeg(file(Image.new("RGB", size, "green")), ["家园社区 1号楼" * 9, "隐患", "查看"])

    width, height = opened(marked).size
    assert width * size[1] == height * size[0], "the shape stays"
