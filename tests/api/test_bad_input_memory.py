"""Hostile input does not make the server grow: gunicorn as in production, its worker watched from outside."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.config import Settings
from app.ids import new_id
from dev.servers.server import LOOPBACK, free_port
from dev.web import DIRECT, start_web, wait_until_ready
from tests.api.bad_files import HUGE, SVG
from tests.cast import person
from tests.snapshot import files, stored

_GROWTH_KB = 50 * 1024
"""The picture that claims 81 megapixels takes 243 MB if somebody decodes it."""
_TIMES = 20
_DEEP = b'{"position": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}"
_LONG = b'{"text": "' + b"a" * 1_000_000 + b'"}'
_BAD = [
    ("photos", "image/jpeg", HUGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ("photos", "image/jpeg", SVG, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    ("hazards", "application/json", _DEEP, HTTPStatus.BAD_REQUEST),
    ("hazards", "application/json", _LONG, HTTPStatus.UNPROCESSABLE_ENTITY),
    ("hazards", "application/json", b'{"position": {"lng": NaN}}', HTTPStatus.BAD_REQUEST),
]


class Worker:
    """The one process that serves, and its memory as the system counts it."""

    def __init__(self, address: str, pid: int) -> None:
        """Serve at this address."""
        self.address = address
        self._folder = Path("/proc") / str(pid)

    def send(self, things: str, kind: str, data: bytes) -> int:
        """Send a body as the grid worker; give the status of the answer."""
        headers = {"Content-Type": kind, "Authorization": f"Bearer {person('worker').token}"}
        path = f"{self.address}/v1/{things}/{new_id()}"
        try:
            with DIRECT.open(urllib.request.Request(path, data, headers, method="PUT")) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code

    def peak_kb(self) -> int:
        """Give the most memory it held at once since it started."""
        return self._figure("VmHWM")

    def held_kb(self) -> int:
        """Give the memory it holds now."""
        return self._figure("VmRSS")

    def _figure(self, name: str) -> int:
        lines = (self._folder / "status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[Worker]:
    """Serve from a fresh process that has read each kind of bad input once, as a smaller one."""
    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    web = start_web(
        {
            "GONGDI_ENV": "test",
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "GONGDI_SECRET_KEY": settings.secret_key,
            "GONGDI_PUBLIC_URL": address,
            "GONGDI_PHOTO_DIR": str(settings.photo_dir),
            "GONGDI_WORKERS": "1",
        },
        port=port,
        log=tmp_path / "gunicorn.log",
    )
    try:
        wait_until_ready(web, address)
        yield Worker(address, _only_child(web.process.pid))
    finally:
        web.stop()


def _only_child(pid: int) -> int:
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(child)


def test_bad_input_leaves_the_server_as_it_was(worker: Worker, engine: Engine, settings: Settings) -> None:
    assert worker.send("photos", "image/jpeg", b"%PDF-1.7") == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert worker.send("hazards", "application/json", b"{") == HTTPStatus.BAD_REQUEST
    with engine.connect() as connection:
        before = stored(connection), files(settings.photo_dir)
    held = worker.held_kb()

    for things, kind, data, status in _BAD * _TIMES:
        assert worker.send(things, kind, data) == status

    assert worker.peak_kb() - held < _GROWTH_KB
    with engine.connect() as connection:
        assert (stored(connection), files(settings.photo_dir)) == before
