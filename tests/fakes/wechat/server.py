"""The HTTP server: one thread a connection, on loopback only."""

import ipaddress
import logging
import socket
import ssl
import threading
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fakes.wechat import controls, platform, push_controls
from tests.fakes.wechat.call import Call
from tests.fakes.wechat.transport import Wire
from tests.fakes.wechat.world import World

LONGEST_BODY = 4 * 1024 * 1024
IDLE_S = 60
log = logging.getLogger("fake-wechat")


class NotLoopbackError(ValueError):
    """The address to listen on is not this machine's own."""


class FakeServer(ThreadingHTTPServer):
    """Listens on one loopback address and holds the world."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, world: World, certificate: Path | None = None) -> None:
        """Listen, with TLS if there is a certificate with its key.

        Raises NotLoopbackError for any address but loopback, also for names.
        """
        self.world = world
        self.ending = threading.Event()
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise NotLoopbackError(f"{host} is not a loopback address")
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)
        self.with_tls = certificate is not None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is made by the connection's own thread, so that nobody holds up the others.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """Return where it listens."""
        host, port = self.server_address[:2]
        scheme = "https" if self.with_tls else "http"
        return f"{scheme}://[{host!s}]:{port}" if ":" in str(host) else f"{scheme}://{host!s}:{port}"


class Handler(BaseHTTPRequestHandler):
    """Reads requests of one connection and sends what the fake answers."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    server: FakeServer
    headers: HTTPMessage

    def __getattr__(self, name: str) -> Any:
        """Serve every method alike; the base class looks for ``do_GET`` and so on."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.send_error(413)
            return
        call = Call(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
            self.server.with_tls,
        )
        wire = Wire(self.connection, self.server.ending.wait)
        try:
            if call.path.startswith(controls.PREFIX):
                reply, fault = controls.serve(self.server.world, call), None
            else:
                reply, fault = platform.serve(self.server.world, call)
            self.close_connection = not wire.send(reply, fault) or self.close_connection
        except OSError as error:  # the client went away, which faults make it do
            log.debug("connection lost: %s", error)
            self.close_connection = True
        push_controls.post_automatically(self.server.world)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Keep request lines, which carry secrets, out of the terminal."""
