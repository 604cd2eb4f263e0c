import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from app.adapters import connect, ping
from dev.servers import valkey


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey")) as address:
        yield address


@pytest.fixture
def silent_url() -> Iterator[str]:
    """Listen and never answer, as a hung server does."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_values_go_there_and_back(url: str) -> None:
    with connect(url) as client:
        client.set("greeting", "你好", ex=60)

        assert client.get("greeting") == "你好".encode()
        assert ping(client) is True


def test_a_wrong_password_is_no_answer(url: str) -> None:
    wrong = url.replace(urlsplit(url).password or "", "guess")
    assert wrong != url
    with connect(wrong) as client:
        assert ping(client) is False


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with connect(f"redis://127.0.0.1:{port}/0") as client:
        started = time.monotonic()
        assert ping(client) is False
        assert time.monotonic() - started < 0.5


def test_a_socket_file_that_is_not_there_is_no_answer(tmp_path: Path) -> None:
    with connect(f"unix://{tmp_path}/redis.sock?db=0") as client:
        assert ping(client) is False


def test_a_hung_server_is_given_up_after_one_wait(silent_url: str) -> None:
    with connect(silent_url) as client:
        started = time.monotonic()
        with pytest.raises(redis.TimeoutError):
            client.get("greeting")
        assert 0.4 < time.monotonic() - started < 1.0
        assert ping(client) is False


def test_a_connection_that_the_server_closed_is_made_anew(url: str) -> None:
    with connect(url) as client:
        client.set("greeting", "1")
        with connect(url) as other:
            mine = client.client_id()
            other.client_kill_filter(_id=str(mine))

        assert client.get("greeting") == b"1"
        assert client.client_id() != mine


def test_another_kind_of_address_is_refused() -> None:
    with pytest.raises(ValueError, match="redis://"):
        connect("http://localhost:6379")
