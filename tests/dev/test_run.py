"""Where `make run` listens."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from dev.run import free_port_from
from dev.servers.server import LOOPBACK
from dev.trouble import MachineError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as other:
        yield int(other.getsockname()[1])


def test_a_taken_port_is_passed_over_aloud(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port_from(str(taken))

    assert taken < port < taken + 20
    assert capsys.readouterr().out == f"  Port {taken} is taken, using {port}.\n"


def test_twenty_taken_ports_are_told_with_a_remedy() -> None:
    first = 21_100
    with contextlib.ExitStack() as others:
        for port in range(first, first + 20):
            with contextlib.suppress(OSError):  # somebody else has it, which serves as well
                others.enter_context(socket.create_server((LOOPBACK, port)))
        with pytest.raises(MachineError) as told:
            free_port_from(str(first))

    assert str(told.value) == ("No port from 21100 to 21119 is free. Name another: GONGDI_PORT=9000 make run")


@pytest.mark.parametrize("asked", ["", "http", "0", "-1", "70000", "８０００"])
def test_nonsense_is_no_port(asked: str) -> None:
    with pytest.raises(MachineError, match="GONGDI_PORT"):
        free_port_from(asked)
