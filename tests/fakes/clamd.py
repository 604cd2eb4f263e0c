"""A small clamd: INSTREAM as clamd(8) describes it, with one signature, the test file of EICAR."""

import socketserver
import struct
import threading
import time
from typing import Any, Self

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
"""Put together here, so that no scanner takes this file for one."""
NAME = "Eicar-Test-Signature"
_MOST_BYTES = 25 * 1024 * 1024


class _Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        fake: Clamd = self.server.fake  # type: ignore[attr-defined]
        command = self._up_to_zero()
        if command != b"zINSTREAM":
            self._say("UNKNOWN COMMAND")
            return
        data = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
            if len(data) > _MOST_BYTES:
                self._say("INSTREAM size limit exceeded. ERROR")
                return
        fake.scanned.append(data)
        time.sleep(fake.slow_s)
        self._say(fake.says or f"stream: {f'{NAME} FOUND' if EICAR in data else 'OK'}")

    def _up_to_zero(self) -> bytes:
        read = b""
        while (sign := self.rfile.read(1)) not in {b"", b"\0"}:
            read += sign
        return read

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\0")


class _OnPort(socketserver.ThreadingTCPServer):
    daemon_threads = True
    fake: "Clamd"


class _OnPath(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    fake: "Clamd"


class Clamd:
    """It runs while it is entered, on a port of this machine or on a socket's path."""

    def __init__(self, path: str = "") -> None:
        self.scanned: list[bytes] = []
        self.slow_s = 0.0
        self.says = ""
        """In place of its answer, if it is to say something else."""
        self._server: Any = _OnPath(path, _Asked) if path else _OnPort(("127.0.0.1", 0), _Asked)
        self._server.fake = self

    @property
    def port(self) -> int:
        """Give its port."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
