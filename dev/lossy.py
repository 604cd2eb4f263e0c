"""A proxy on loopback that loses bytes on purpose: what a phone on a mountain road lives with."""

import contextlib
import socket
import sys
import threading
from collections import deque
from collections.abc import Iterator

from dev.servers.server import LOOPBACK

_CHUNK = 65536
_WHOLE = sys.maxsize


class LossyProxy:
    """Passes bytes on to a local port; told to, it drops the end of a request, or the reply."""

    def __init__(self, target_port: int) -> None:
        """Stand before a server on loopback."""
        self._target_port = target_port
        self._to_break: deque[int] = deque()
        """For each connection to come that is to break, how many bytes of its request get through."""
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost: list[bytes] = []
        """Replies dropped so far."""

    def lose_next_reply(self) -> None:
        """Drop the whole reply of the next connection, after the server has sent it."""
        self._to_break.append(_WHOLE)

    def cut_next_request(self, after_bytes: int) -> None:
        """Let only so many bytes of the next connection's request through, as if the phone went away then.

        The phone sees its connection end once the server has answered what it got, or closed.
        """
        self._to_break.append(after_bytes)

    def serve(self) -> None:
        """Accept connections until closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            breaking = self._to_break.popleft() if self._to_break else None
            threading.Thread(target=self._pass_on, args=(client, breaking), daemon=True).start()

    def close(self) -> None:
        """Accept no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass_on(self, client: socket.socket, breaking: int | None) -> None:
        let_through = _WHOLE if breaking is None else breaking
        with client, socket.create_connection((LOOPBACK, self._target_port)) as server:
            up = threading.Thread(target=_copy, args=(client, server, let_through), daemon=True)
            up.start()
            if breaking is None:
                _copy(server, client, _WHOLE)
            else:
                self.lost.append(_all_of(server))
                client.shutdown(socket.SHUT_RDWR)  # closing alone waits for the thread that reads


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
