"""How long a body may be, through gunicorn and a real socket, however it is sent."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.http.body_bounds import MAX_PHOTO_BYTES, MOST_BYTES
from app.ids import new_id
from app.models import Photo, Place
from tests.cast import GRID, person
from tests.e2e.conftest import Far
from tests.evidence.photos import file, scene

pytestmark = pytest.mark.xdist_group("served")
PIECE = b"a" * 65_536
BUFFERS = 8 * 1024 * 1024
"""What the two sockets of a line may hold that nobody has read."""
PATIENCE_S = 30


class Line:
    """A connection on which a request is written by hand."""

    def __init__(self, line: socket.socket) -> None:
        """Use an open connection."""
        self._line = line

    def begin(self, method: str, path: str, **headers: str) -> None:
        """Send the head of a request of the admin."""
        told = {"Host": "127.0.0.1", "Authorization": f"Bearer {person('admin').token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {told[name]}\r\n" for name in told)
        self._line.sendall(head.encode() + b"\r\n")

    def send(self, data: bytes) -> None:
        """Send more of it."""
        self._line.sendall(data)

    def chunk(self, data: bytes) -> None:
        """Send a chunk."""
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def end(self) -> None:
        """Say that nothing more is sent."""
        self._line.shutdown(socket.SHUT_WR)

    def status(self) -> int:
        """Wait for the answer's first line."""
        got = b""
        while b"\r\n" not in got and (more := self._line.recv(4096)):
            got += more
        return int(got.split(b" ", 2)[1])


@contextmanager
def line_to(far: Far) -> Iterator[Line]:
    """Connect to gunicorn itself."""
    with socket.create_connection(("127.0.0.1", far.web_port), timeout=PATIENCE_S) as opened:
        yield Line(opened)


BOUNDS = {"JSON": ("PUT", "/v1/places/", "application/json", MOST_BYTES)}
BOUNDS["photo"] = ("PUT", "/v1/photos/", "image/jpeg", MAX_PHOTO_BYTES)


def rows(far: Far) -> int:
    """Count what such bodies would make."""
    with Session(far.engine) as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (Place, Photo)]
    return sum(count or 0 for count in counts)


@pytest.mark.parametrize("length", [1, 10 * 1024**3, 10**18])
@pytest.mark.parametrize("bound", BOUNDS)
def test_what_says_that_it_is_too_long_is_refused_unread(far: Far, bound: str, length: int) -> None:
    """S-124: the answer comes before a single byte of the body is sent."""
    method, path, kind, most = BOUNDS[bound]
    before = rows(far)

    with line_to(far) as line:
        line.begin(method, f"{path}{new_id()}", Content_Type=kind, Content_Length=str(most + length))
        assert line.status() == 413
    assert rows(far) == before


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_body_in_chunks_without_end_is_cut_off(far: Far, bound: str) -> None:
    """S-124: no length is said, and the sending goes on until the answer is there."""
    method, path, kind, most = BOUNDS[bound]
    before, sent = rows(far), 0

    with line_to(far) as line:
        line.begin(method, f"{path}{new_id()}", Content_Type=kind, Transfer_Encoding="chunked")
        try:
            while sent < most + BUFFERS:
                line.chunk(PIECE)
                sent += len(PIECE)
            assert line.status() == 413
        except (BrokenPipeError, ConnectionResetError):
            assert sent > most, "hung up before the bound"
    assert sent > most
    assert rows(far) == before


def send_in_chunks(far: Far, method: str, path: str, kind: str, body: bytes) -> int:
    """Send all of a body, and its end, without a word on its length; give the status."""
    with line_to(far) as line:
        line.begin(method, path, Content_Type=kind, Transfer_Encoding="chunked")
        for at in range(0, len(body), len(PIECE)):
            line.chunk(body[at : at + len(PIECE)])
        line.send(b"0\r\n\r\n")
        return line.status()


def test_json_in_chunks_is_taken_up_to_its_last_byte_and_refused_with_one_more(far: Far) -> None:
    """S-124: what is good up to the bound is not cut there, and taken without the rest."""
    shop = f'{{"area_code": "{GRID}", "kind": "shop", "name": "小卖部"}}'.encode().ljust(MOST_BYTES)
    before, path, kind = rows(far), f"/v1/places/{new_id()}", "application/json"

    over = [send_in_chunks(far, "PUT", path, kind, shop + more) for more in (b" ", b"!", b" " * 70_000)]
    assert (over, rows(far)) == ([413] * 3, before)

    assert send_in_chunks(far, "PUT", path, kind, shop) == 201
    assert rows(far) == before + 1


def test_a_photo_in_chunks_is_taken_up_to_its_last_byte_and_refused_with_one_more(far: Far) -> None:
    """S-124: a whole picture whose file is long for what follows it."""
    photo = file(scene()).ljust(MAX_PHOTO_BYTES, b"\0")
    before, path = rows(far), f"/v1/photos/{new_id()}"

    assert send_in_chunks(far, "PUT", path, "image/jpeg", photo + b"\0") == 413
    assert rows(far) == before

    assert send_in_chunks(far, "PUT", path, "image/jpeg", photo) == 201
    assert rows(far) == before + 1


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "12, 13", "１２", "+5", ""])
def test_a_length_that_is_none_is_refused(far: Far, length: str) -> None:
    """S-124: nobody guesses where such a body ends."""
    with line_to(far) as line:
        line.begin("PUT", f"/v1/places/{new_id()}", Content_Type="application/json", Content_Length=length)
        assert line.status() == 400


def test_two_words_on_the_length_are_refused(far: Far) -> None:
    """S-124: length and chunks together are how requests are smuggled past a proxy."""
    with line_to(far) as line:
        line.begin("POST", "/v1/sessions", Content_Length="4", Transfer_Encoding="chunked")
        line.send(b"0\r\n\r\nGET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert line.status() == 400


@pytest.mark.parametrize("size", [b"-1", b"zz", b"0x5", b"ffffffffffffffffff"])
def test_a_chunk_that_says_no_size_is_refused(far: Far, size: bytes) -> None:
    """S-124: as a client's mistake, and nothing is kept."""
    before = rows(far)
    with line_to(far) as line:
        line.begin(
            "PUT", f"/v1/places/{new_id()}", Content_Type="application/json", Transfer_Encoding="chunked"
        )
        line.send(size + b"\r\nhello\r\n0\r\n\r\n")
        line.end()
        assert line.status() == 400
    assert rows(far) == before


def test_slow_bodies_keep_nobody_else_waiting_and_are_taken_whole(far: Far) -> None:
    """S-124: while some send by drops, others are served; what arrives whole at last is kept."""
    photo = file(scene())
    with line_to(far) as slow, line_to(far) as slower:
        for line in (slow, slower):
            line.begin(
                "PUT", f"/v1/photos/{new_id()}", Content_Type="image/jpeg", Content_Length=str(len(photo))
            )
            line.send(photo[:100])
        for at in range(100, 110):
            slow.send(photo[at : at + 1])
            with line_to(far) as other:
                other.begin("GET", "/v1/me")
                assert other.status() == 200
            time.sleep(0.05)
        slow.send(photo[110:])
        assert slow.status() == 201
        body = f'{{"area_code": "{GRID}", "kind": "shop", "name": "小卖部"}}'.encode()
        with line_to(far) as other:
            kind = "application/json"
            other.begin("PUT", f"/v1/places/{new_id()}", Content_Type=kind, Transfer_Encoding="chunked")
            other.chunk(body[:9])
            other.chunk(body[9:])
            other.send(b"0\r\n\r\n")
            assert other.status() == 201
        slower.send(photo[100:])
        assert slower.status() == 201
