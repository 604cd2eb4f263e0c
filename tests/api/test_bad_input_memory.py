"""Hostile input does not make the server grow: gunicorn as in production, its worker watched from outside."""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.adapters import connect
from app.clock import now
from app.config import Settings
from app.ids import new_id
from app.models import PlaceCode
from dev.servers.server import LOOPBACK, free_port
from dev.web import DIRECT, start_web, wait_until_ready
from tests.api.bad_files import HUGE, SVG
from tests.cast import named, person
from tests.conftest import NO_RATES
from tests.hazard_world import write_code
from tests.sealer import KEYS
from tests.snapshot import files, stored

_GROWTH_KB = 50 * 1024
"""The picture that claims 81 megapixels takes 243 MB if somebody decodes it."""
_TIMES = 20
"""How often each is sent; a visitor's form is taken 60 times an hour from an address, wrong or not."""
_FORM_TIMES = 9


@dataclass(frozen=True)
class Bad:
    """A body that is refused: with which status, and with words that name what is wrong and what to do."""

    things: str
    """Where the grid worker puts it; ``forms`` for the form at a code, which a visitor posts."""
    kind: str
    data: bytes
    status: int
    says: tuple[str, ...]


def _hazard(says: tuple[str, ...], **changes: Any) -> Bad:
    """Give a report in which only the changes are wrong."""
    position = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 20, "datum": "wgs84"}
    body = {
        "place_id": str(named("block")),
        "category": "fire",
        "text": "楼道堆放杂物",
        "captured_at": now().isoformat(),
        "position": position | changes.pop("position", {}),
        **changes,
    }
    return Bad("hazards", "application/json", json.dumps(body).encode(), 422, says)


def _form(says: tuple[str, ...], *photos: bytes, **changes: Any) -> Bad:
    """Give a visitor's form as a browser sends it, in which only the changes or the photos are wrong."""
    fields = {"id": str(new_id()), "category": "fire", "text": "楼道停电动车", **changes}
    chosen = [("photo", FileStorage(io.BytesIO(photo), "照片.jpg")) for photo in photos]
    boundary, data = encode_multipart(MultiDict([*fields.items(), *chosen]))
    return Bad("forms", f"multipart/form-data; boundary={boundary}", data, 422, says)


_TOO_LARGE = "照片太大，请用手机相机的普通模式拍，或缩小后再发"
_NO_PHOTO = "这不是照片，请用手机拍一张"
_DEEP = b'{"position": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}"
_NAN = b'{"position": {"lng": NaN}}'
_BAD = [
    Bad("photos", "image/jpeg", HUGE, 413, (_TOO_LARGE,)),
    Bad("photos", "image/jpeg", SVG, 415, (_NO_PHOTO,)),
    Bad("hazards", "application/json", _DEEP, 400, ("errors",)),
    Bad("hazards", "application/json", _NAN, 400, ("errors",)),
    Bad("hazards", "application/json", b"[" * 1_000_000, 413, ("内容太大，请缩小后再发",)),
    _hazard(("text", "请填1到1000个字"), text="a" * 60_000),
    _hazard(("position", "经度和纬度写反了"), position={"lng": 29.6063, "lat": 114.4826}),
    _hazard(("points", "没有这一项，请去掉"), points=1000),
    _hazard(("position", "altitude", "没有这一项，请去掉"), position={"altitude": 12}),
    _hazard(("没有这一项，请去掉",), **{f"f{number}": number for number in range(4000)}),
]
_BAD_FORMS = [
    _form((_TOO_LARGE,), HUGE),
    _form((_NO_PHOTO,), SVG),
    _form(("请写一下哪里不安全，最多500字",), text="啊" * 501),
    replace(_form(("照片最多3张，每张不超过12MB",), text="啊" * 1_000_000), status=413),
    _form(("请选一项",), category="weather"),
    _form(("页面太旧了，请重新提交一次",), id="1"),
]


class Worker:
    """The one process that serves, and its memory as the system counts it."""

    def __init__(self, address: str, pid: int, code: str) -> None:
        """Serve at this address, with the code of a place there."""
        self.address, self._code = address, code
        self._folder = Path("/proc") / str(pid)

    def send(self, bad: Bad) -> tuple[int, str]:
        """Send a body as the grid worker, or as a visitor at the code; give status and text of the answer."""
        if bad.things == "forms":
            return _sent(f"{self.address}/q/{self._code}/reports", bad, {}, "POST")
        signed_in = {"Authorization": f"Bearer {person('worker').token}"}
        return _sent(f"{self.address}/v1/{bad.things}/{new_id()}", bad, signed_in, "PUT")

    def peak_kb(self) -> int:
        """Give the most memory it held at once since it started."""
        return self._figure("VmHWM")

    def held_kb(self) -> int:
        """Give the memory it holds now."""
        return self._figure("VmRSS")

    def _figure(self, name: str) -> int:
        lines = (self._folder / "status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _sent(address: str, bad: Bad, headers: dict[str, str], method: str) -> tuple[int, str]:
    request = urllib.request.Request(  # noqa: S310 - to ourselves
        address, bad.data, {"Content-Type": bad.kind, **headers}, method=method
    )
    try:
        with DIRECT.open(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.fixture
def code(app: Flask, engine: Engine, settings: Settings) -> Iterator[str]:
    """Give the printed code of a place, with no form sent yet; the code goes afterwards."""
    with connect(settings.redis_url) as client:
        for key in client.scan_iter("rate:*"):
            client.delete(key)
    with Session(engine) as session:
        kept = write_code(session, app)
        yield kept
        session.execute(delete(PlaceCode).where(PlaceCode.place_id == named("block")))
        session.commit()


@pytest.fixture
def worker(settings: Settings, tmp_path: Path, code: str) -> Iterator[Worker]:
    """Serve from a fresh process that has read each kind of bad input once, as a smaller one."""
    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    web = start_web(
        {
            "GONGDI_ENV": "test",
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            **KEYS,
            "GONGDI_PUBLIC_URL": address,
            "GONGDI_PHOTO_DIR": str(settings.photo_dir),
            "GONGDI_WORKERS": "1",
            **NO_RATES,
        },
        port=port,
        log=tmp_path / "gunicorn.log",
    )
    try:
        wait_until_ready(web, address)
        yield Worker(address, _only_child(web.process.pid), code)
    finally:
        web.stop()


def _only_child(pid: int) -> int:
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(child)


def test_bad_input_leaves_the_server_as_it_was(worker: Worker, engine: Engine, settings: Settings) -> None:
    """S-119: each is refused with words that help, nothing is stored, and the process does not grow."""
    for small in (
        Bad("photos", "image/jpeg", b"%PDF-1.7", 415, ()),
        _hazard((), text=""),
        _form((), text=""),
    ):
        assert worker.send(small)[0] == small.status
    with engine.connect() as connection:
        before = stored(connection), files(settings.photo_dir)
    held = worker.held_kb()

    for bad in _BAD * _TIMES + _BAD_FORMS * _FORM_TIMES:
        status, text = worker.send(bad)
        assert (status, [words for words in bad.says if words not in text]) == (bad.status, []), text[:500]

    assert worker.peak_kb() - held < _GROWTH_KB
    with engine.connect() as connection:
        assert (stored(connection), files(settings.photo_dir)) == before
