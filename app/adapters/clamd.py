"""ClamAV's daemon, asked by its own protocol (clamd(8), INSTREAM) whether there is a virus in some bytes."""

import socket
import struct
import time
from contextlib import closing

from app.config import ScannerSettings

_PATIENCE_S = 5.0
"""For the whole question: whoever sends a photo waits for it."""
_CHUNK = 64 * 1024
_MOST_BYTES = 24 * 1024 * 1024
"""Below clamd's own StreamMaxLength (25 MB by default), and above the largest photo that is taken."""
_MOST_ANSWER = 1024
_CLEAN, _FOUND, _HEAD = "OK", " FOUND", "stream: "


class ScannerError(Exception):
    """The scanner is not there, too slow, or says something else than yes or no."""


class Clamd:
    """A scanner at one address; each question is a connection of its own, so clamd may restart."""

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings

    def virus_in(self, data: bytes) -> str | None:
        """Give the name of a virus in these bytes, or None. Raises ScannerError."""
        if len(data) > _MOST_BYTES:
            raise ScannerError("more bytes than a scanner is asked about")
        deadline = time.monotonic() + _PATIENCE_S
        try:
            with closing(self._connected(deadline)) as line:
                _send(line, b"zINSTREAM\0", deadline)
                for start in range(0, len(data), _CHUNK):
                    chunk = data[start : start + _CHUNK]
                    _send(line, struct.pack(">I", len(chunk)) + chunk, deadline)
                _send(line, struct.pack(">I", 0), deadline)
                answer = _answer(line, deadline)
        except OSError as error:
            raise ScannerError(str(error)) from error
        said = answer.removeprefix(_HEAD)
        if said == _CLEAN and said != answer:
            return None
        if said.endswith(_FOUND) and said != answer:
            return said.removesuffix(_FOUND)
        raise ScannerError(f"it says {answer!r}")

    def _connected(self, deadline: float) -> socket.socket:
        if not self._settings.path:
            return socket.create_connection((self._settings.host, self._settings.port), _left(deadline))
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(_left(deadline))
            line.connect(self._settings.path)
        except OSError:
            line.close()
            raise
        return line


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(data)


def _answer(line: socket.socket, deadline: float) -> str:
    """Read up to the zero byte that ends an answer."""
    answer = b""
    while not answer.endswith(b"\0"):
        line.settimeout(_left(deadline))
        more = line.recv(_MOST_ANSWER)
        answer += more
        if not more or len(answer) > _MOST_ANSWER:
            raise ScannerError("its answer has no end")
    return answer[:-1].decode("utf-8", "replace")


def _left(deadline: float) -> float:
    """Give the seconds left; raises TimeoutError if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
