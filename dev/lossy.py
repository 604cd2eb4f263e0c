"""A proxy on loopback that loses, cuts, stalls and delays: what a phone on a mountain road lives with."""

import contextlib
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dev.servers.server import LOOPBACK

_CHUNK = 65536
_WHOLE = sys.maxsize


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one connection; as it is, the whole reply is dropped after the server sent it."""

    let_through: int = _WHOLE
    """Bytes of the request; then the phone is gone, and so is the reply."""
    stalls: bool = False
    """After these bytes nothing moves any more, and nothing ends, until the phone gives up."""
    late_s: float = 0
    """The request is on its way so long, also if the phone has given it up: what was sent later passes it."""


class LossyProxy:
    """Passes bytes on to a local port; told to, it lets a connection fail in one of several ways."""

    def __init__(self, target_port: int) -> None:
        """Stand before a server on loopback."""
        self._target_port = target_port
        self._to_break: deque[Fault] = deque()
        """For each connection to come that is to break, how."""
        self.fault_for_next: Callable[[], Fault | None] = lambda: None
        """Says of each further connection how it is to fail, if at all."""
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost: list[bytes] = []
        """Replies dropped so far."""

    def lose_next_reply(self) -> None:
        """Drop the whole reply of the next connection, after the server has sent it."""
        self._to_break.append(Fault())

    def cut_next_request(self, after_bytes: int) -> None:
        """Let only so many bytes of the next connection's request through, as if the phone went away then.

        The phone sees its connection end once the server has answered what it got, or closed.
        """
        self._to_break.append(Fault(let_through=after_bytes))

    def serve(self) -> None:
        """Accept connections until closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            fault = self._to_break.popleft() if self._to_break else self.fault_for_next()
            threading.Thread(target=self._pass_on, args=(client, fault), daemon=True).start()

    def close(self) -> None:
        """Accept no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass_on(self, client: socket.socket, fault: Fault | None) -> None:
        late_s = fault.late_s if fault else 0
        time.sleep(late_s)
        with client, socket.create_connection((LOOPBACK, self._target_port)) as server:
            if fault and fault.stalls:
                _stall(client, server, fault.let_through)
                return
            let_through = fault.let_through if fault else _WHOLE
            up = threading.Thread(target=_copy, args=(client, server, let_through), daemon=True)
            up.start()
            if fault is None or late_s:
                _copy(server, client, _WHOLE)
            else:
                self.lost.append(_all_of(server))
                with contextlib.suppress(OSError):  # it may have left
                    client.shutdown(socket.SHUT_RDWR)  # closing alone waits for the thread that reads


def _stall(client: socket.socket, server: socket.socket, let_through: int) -> None:
    """Pass some bytes on, then let nothing move until the phone gives up."""
    with contextlib.suppress(OSError):
        while let_through and (chunk := client.recv(min(let_through, _CHUNK))):
            server.sendall(chunk)
            let_through -= len(chunk)
        while client.recv(_CHUNK):
            pass


def _copy(source: socket.socket, target: socket.socket, most: int) -> None:
    with contextlib.suppress(OSError):
        while most and (chunk := source.recv(min(most, _CHUNK))):
            target.sendall(chunk)
            most -= len(chunk)
        target.shutdown(socket.SHUT_WR)


def _all_of(source: socket.socket) -> bytes:
    """Read until the other side closes."""
    read = bytearray()
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            read += chunk
    return bytes(read)


@contextlib.contextmanager
def lossy_proxy(target_port: int) -> Iterator[LossyProxy]:
    """Run a proxy before a local server."""
    proxy = LossyProxy(target_port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
