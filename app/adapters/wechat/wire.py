"""HTTP connections on which nothing outlasts its call.

Timeouts of ``requests`` hold for each address of a host and for each read, so many addresses, or a server
that sends a byte a second, would keep a thread for minutes. Here all addresses share the connect time, and
every read ends when the call does. Only the system's name look-up has limits of its own.
"""

import io
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from app.adapters.wechat.deadline import Deadline

CONNECT_S = 3.0
READ_S = 8.0
KEPT_CONNECTIONS = 16

_deadline: ContextVar[Deadline] = ContextVar("wechat_deadline")


def open_session() -> requests.Session:
    """Make a session that follows no proxy, netrc or CA path of the environment and keeps no cookie."""
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept-Encoding": "gzip", "User-Agent": "gongdi"})
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_maxsize=KEPT_CONNECTIONS))
    return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """Look nowhere: of a redirect the library would read the whole body, followed or not."""
        return None


@contextmanager
def ending_at(deadline: Deadline) -> Iterator[tuple[float, float]]:
    """Let this thread's reads end at a moment; give connect and read time in seconds."""
    mark = _deadline.set(deadline)
    try:
        yield (_left_s(CONNECT_S), _left_s(READ_S))
    finally:
        _deadline.reset(mark)


def _left_s(most_s: float) -> float:
    """Return the time for one step; at least a moment, because 0 would mean not to wait at all."""
    return max(0.001, min(most_s, _deadline.get().left_s()))


class _Reads(io.RawIOBase):
    """The bytes of a socket, none of them later than the call's end."""

    def __init__(self, sock: socket.socket, inner: io.RawIOBase) -> None:
        self._sock = sock
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if not _deadline.get().left_s():
            raise TimeoutError
        self._sock.settimeout(_left_s(READ_S))
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = io.BufferedReader(_Reads(sock, self.fp.detach()))


def _connected(connection: HTTPConnection) -> socket.socket:
    """Try the host's addresses one after the other, all within the connect time."""
    deadline = _deadline.get().within(CONNECT_S)
    try:
        found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NameResolutionError(connection.host, connection, socket.gaierror("unknown name")) from error
    late = False
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.001, deadline.left_s()))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as error:
            sock.close()
            late = isinstance(error, TimeoutError)
        else:
            return sock
    if late:
        raise ConnectTimeoutError(connection, "no connection in time")
    raise NewConnectionError(connection, "no connection")


class _Connection(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _TLSConnection(HTTPSConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}


logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)
"""Its lines quote addresses, and WeChat wants secrets, codes and tokens in them; faults are told by us."""
