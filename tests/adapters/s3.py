"""A real S3 protocol server for the tests: moto's, in a process of its own on loopback."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from app.config import BucketSettings

_START_S = 40


@contextmanager
def running_s3() -> Iterator[str]:
    """Run the server; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def new_bucket(endpoint: str, name: str, prefix: str = "") -> BucketSettings:
    """Make a bucket there, as an operator would."""
    _ask(int(endpoint.rpartition(":")[2]), "PUT", f"/{name}")
    return BucketSettings(name, prefix, endpoint, "us-east-1", "key-id-of-tests", "key-secret-of-tests")


def _ask(port: int, method: str, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Authorization": _SIGNED})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200, answer.status


_SIGNED = "AWS4-HMAC-SHA256 Credential=tests/20261130/us-east-1/s3/aws4_request"


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("moto's server did not start")
