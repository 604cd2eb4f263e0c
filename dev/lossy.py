"""A proxy on loopback that loses replies on purpose: what a phone on a mountain road lives with."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from dev.servers.server import LOOPBACK

_CHUNK = 65536


class LossyProxy:
    """Passes bytes on to a local port; told to, it lets a request through and drops the reply."""

    def __init__(self, target_port: int) -> None:
        """Stand before a server on loopback."""
        self._target_port = target_port
        self._to_lose = 0
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost = 0
        """Replies dropped so far."""

    def lose_next_reply(self) -> None:
        """Drop the whole reply of the next connection, after the server has sent it."""
        self._to_lose += 1

    def serve(self) -> None:
        """Accept connections until closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Accept no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass_on(self, client: socket.socket) -> None:
        losing = self._to_lose > 0
        self._to_lose -= losing
        with client, socket.create_connection((LOOPBACK, self._target_port)) as server:
            up = threading.Thread(target=_copy, args=(client, server), daemon=True)
            up.start()
            if losing:
                server.recv(_CHUNK)
                self.lost += 1
                client.shutdown(socket.SHUT_RDWR)  # closing alone waits for the thread that reads
                return
            _copy(server, client)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


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
