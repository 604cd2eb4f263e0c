"""Answers on the wire, whole or broken the way networks and machines between break them."""

import gzip
import socket
import struct
import time
from collections.abc import Callable
from http import HTTPStatus

from tests.fakes.wechat.call import Reply
from tests.fakes.wechat.faults import Fault

BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
CHUNK = b" " * 65536


class Wire:
    """The socket one answer goes out on."""

    def __init__(self, connection: socket.socket, stopping: Callable[[float], bool]) -> None:
        """Take a socket, and a wait that returns True early when the process is to end."""
        self._socket = connection
        self._stopping = stopping

    def send(self, reply: Reply, fault: Fault | None) -> bool:
        """Send an answer with what goes wrong; return whether the connection may be used on."""
        if fault is None or fault.kind in {"busy", "errcode", "status"}:
            self._whole(reply, reply.body)
            return True
        return SPOILT[fault.kind](self, reply, fault)

    def _whole(self, reply: Reply, body: bytes, **headers: str) -> None:
        self._head(reply, len(body), **headers)
        self._socket.sendall(body)

    def _head(self, reply: Reply, length: int, **headers: str) -> None:
        lines = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {length}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def _reset(self) -> None:
        """Break the connection with a RST instead of a FIN."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def timeout(self, _reply: Reply, fault: Fault) -> bool:
        """Say nothing."""
        self._stopping(fault.seconds)
        return False

    def lost(self, _reply: Reply, _fault: Fault) -> bool:
        """Close instead of answering."""
        return False

    def refuse(self, _reply: Reply, _fault: Fault) -> bool:
        """Break the connection instead of answering."""
        self._reset()
        return False

    def slow(self, reply: Reply, fault: Fault) -> bool:
        """Answer whole, but late."""
        self._stopping(fault.seconds)
        self._whole(reply, reply.body)
        return True

    def drip(self, reply: Reply, fault: Fault) -> bool:
        """Send the body byte by byte: no single read takes long, the whole does."""
        self._head(reply, len(reply.body))
        for at in range(len(reply.body)):
            if self._stopping(fault.seconds):
                break
            self._socket.sendall(reply.body[at : at + 1])
        return False

    def reset(self, reply: Reply, _fault: Fault) -> bool:
        """Break the connection in the middle of the body."""
        self._head(reply, len(reply.body))
        self._socket.sendall(reply.body[: len(reply.body) // 2])
        time.sleep(0.05)  # a RST overtakes bytes that were not read yet
        self._reset()
        return False

    def truncated(self, reply: Reply, _fault: Fault) -> bool:
        """Close in the middle of the body."""
        self._head(reply, len(reply.body))
        self._socket.sendall(reply.body[: len(reply.body) // 2])
        return False

    def half_json(self, reply: Reply, _fault: Fault) -> bool:
        """Send half the JSON as if it were whole."""
        self._whole(reply, reply.body[: len(reply.body) // 2])
        return True

    def html_502(self, _reply: Reply, _fault: Fault) -> bool:
        """Send a gateway's page."""
        self._whole(Reply(502, content_type="text/html"), BAD_GATEWAY)
        return True

    def empty(self, _reply: Reply, _fault: Fault) -> bool:
        """Send 200 and nothing."""
        self._whole(Reply(), b"")
        return True

    def huge(self, _reply: Reply, fault: Fault) -> bool:
        """Send a body of many megabytes."""
        return self._megabytes(Reply(), fault.size)

    def _megabytes(self, reply: Reply, size: int) -> bool:
        self._head(reply, size)
        for _ in range(size // len(CHUNK)):
            self._socket.sendall(CHUNK)
        self._socket.sendall(CHUNK[: size % len(CHUNK)])
        return True

    def wrong_type(self, reply: Reply, _fault: Fault) -> bool:
        """Say that the JSON is plain text, as some of the platform's machines do."""
        self._whole(Reply(reply.status, content_type="text/plain"), reply.body)
        return True

    def gzip(self, reply: Reply, _fault: Fault) -> bool:
        """Send the body packed, asked or not."""
        self._whole(reply, gzip.compress(reply.body), Content_Encoding="gzip")
        return True

    def gzip_bomb(self, reply: Reply, fault: Fault) -> bool:
        """Send a small body that unpacks to many megabytes."""
        self._whole(reply, gzip.compress(b" " * fault.size), Content_Encoding="gzip")
        return True

    def bom(self, reply: Reply, _fault: Fault) -> bool:
        """Put a byte order mark before the JSON."""
        self._whole(reply, b"\xef\xbb\xbf" + reply.body)
        return True

    def not_utf8(self, reply: Reply, _fault: Fault) -> bool:
        """Send bytes that are no UTF-8 inside a text of the JSON."""
        self._whole(reply, reply.body[:-1] + b', "note": "\xff\xfe"}')
        return True

    def not_an_object(self, reply: Reply, _fault: Fault) -> bool:
        """Send JSON that is a list."""
        self._whole(reply, b"[" + reply.body + b"]")
        return True

    def redirect(self, _reply: Reply, fault: Fault) -> bool:
        """Send 301 to another host: this server's other name, so that a follower shows in the journal."""
        self._whole(self._elsewhere(fault), b"")
        return True

    def huge_redirect(self, _reply: Reply, fault: Fault) -> bool:
        """Send 301 with a body of many megabytes, which nobody needs in order to follow it."""
        return self._megabytes(self._elsewhere(fault), fault.size)

    def _elsewhere(self, fault: Fault) -> Reply:
        here = f"http://localhost:{self._socket.getsockname()[1]}/elsewhere"
        return Reply(301, headers={"Location": fault.location or here})

    def bad_header(self, reply: Reply, _fault: Fault) -> bool:
        """Put a line among the headers that is none, as a careless machine in between does."""
        text = f"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: {len(reply.body)}\r\n\r\n"
        self._socket.sendall(text.encode() + reply.body)
        return False

    def bad_chunk(self, reply: Reply, _fault: Fault) -> bool:
        """Say that the next piece has fewer than no bytes."""
        self._socket.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n" + reply.body)
        return False


SPOILT: dict[str, Callable[[Wire, Reply, Fault], bool]] = {
    "timeout": Wire.timeout,
    "lost": Wire.lost,
    "refuse": Wire.refuse,
    "slow": Wire.slow,
    "drip": Wire.drip,
    "reset": Wire.reset,
    "truncated": Wire.truncated,
    "half_json": Wire.half_json,
    "html_502": Wire.html_502,
    "empty": Wire.empty,
    "huge": Wire.huge,
    "wrong_type": Wire.wrong_type,
    "gzip": Wire.gzip,
    "gzip_bomb": Wire.gzip_bomb,
    "bom": Wire.bom,
    "not_utf8": Wire.not_utf8,
    "not_an_object": Wire.not_an_object,
    "redirect": Wire.redirect,
    "huge_redirect": Wire.huge_redirect,
    "bad_header": Wire.bad_header,
    "bad_chunk": Wire.bad_chunk,
}
