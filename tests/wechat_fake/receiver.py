"""An app's side of pushes: a small server that keeps what came, and opens it by code of its own."""

import base64
import hashlib
import json
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml.ElementTree import fromstring

TOKEN = "AAAAA"


class Receiver(ThreadingHTTPServer):
    """Keeps every request as query and body, and answers what it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], str]] = []
        self.types: list[str] = []
        self.answers: list[tuple[int, str]] = []
        """Status and body of the next answers; then ``200 success``."""
        self.waits_s: list[float] = []

    @property
    def url(self) -> str:
        """Return the address that pushes go to."""
        return f"http://127.0.0.1:{self.server_address[1]}/wechat/push?site=1"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def _query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def do_GET(self) -> None:
        """Echo, if the signature is right."""
        query = self._query()
        right = sha1(TOKEN, query["timestamp"], query["nonce"])
        self._answer(200, query["echostr"] if query["signature"] == right else "no")

    def do_POST(self) -> None:
        """Keep a push."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self._query(), body))
        self.server.types.append(self.headers["Content-Type"])
        if self.server.waits_s:
            time.sleep(self.server.waits_s.pop(0))
        with suppress(BrokenPipeError, ConnectionResetError):  # the platform may have given up meanwhile
            self._answer(*(self.server.answers.pop(0) if self.server.answers else (200, "success")))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Receiver]:
    """Run a receiver while the block runs."""
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


def sha1(*parts: str) -> str:
    """Sign as the platform does."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def decrypted(ciphertext: str, encoding_aes_key: str) -> tuple[bytes, bytes, str]:
    """Open a ciphertext: the random bytes, the message, the appid. Raises ValueError if it does not open."""
    key = base64.b64decode(encoding_aes_key + "=")
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(base64.b64decode(ciphertext)) + decryptor.finalize()
    if padded[-1] not in range(1, 33) or padded[-padded[-1] :] != bytes([padded[-1]]) * padded[-1]:
        raise ValueError("padding")
    whole = padded[: -padded[-1]]
    (length,) = struct.unpack("!I", whole[16:20])
    if length > len(whole) - 20:
        raise ValueError("length")
    return whole[:16], whole[20 : 20 + length], whole[20 + length :].decode()


def in_json(body: str) -> dict[str, Any]:
    """Read a JSON push."""
    found: dict[str, Any] = json.loads(body)
    return found


def in_xml(body: str) -> Element:
    """Read an XML push."""
    root: Element = fromstring(body)
    return root
