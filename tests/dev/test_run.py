"""What `make run` and its like are told, and where `make run` listens."""

import contextlib
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from dev import demo, reset, run
from dev.run import free_port_from
from dev.servers.server import LOOPBACK
from dev.trouble import MachineError
from dev.var import ROOT


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

    assert str(told.value) == ("No port from 21100 to 21119 is free. Name another: make run PORT=9000")


@pytest.mark.parametrize("asked", ["", "http", "0", "-1", "70000", "８０００"])
def test_nonsense_is_no_port(asked: str) -> None:
    with pytest.raises(MachineError, match="make run PORT=9000"):
        free_port_from(asked)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the commands work in a folder that is not there yet."""
    folder = tmp_path / "var"
    monkeypatch.setenv("GONGDI_VAR", str(folder))
    return folder


@pytest.mark.parametrize("main", [run.main, demo.main, reset.main])
@pytest.mark.parametrize("argument, status", [("--help", 0), ("--nonsense", 2), ("nonsense", 2)])
def test_help_is_printed_and_nonsense_refused_before_anything_is_done(
    main: Callable[[Sequence[str]], int],
    argument: str,
    status: int,
    var: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([argument])
    said = capsys.readouterr()

    assert ended.value.code == status
    assert (said.err if status else said.out).startswith("usage: make ")
    assert not var.exists()


def test_a_port_given_to_make_is_taken() -> None:
    command = ["make", "--dry-run", "--no-print-directory", "run", "PORT=9000"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout

    assert told.splitlines()[-1].rstrip().endswith("-m dev.run --port '9000'")


def test_whose_code_is_asked_before_anything_is_done(var: Path) -> None:
    command = ["make", "--silent", "code"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert refused.returncode == 2
    assert refused.stderr.endswith("*** Whose? For example: make code PHONE=10000009006.  Stop.\n")
    assert len(refused.stderr.splitlines()) == 1
    assert not var.exists()


@pytest.mark.parametrize("given_up", [EOFError, KeyboardInterrupt])
def test_no_answer_deletes_nothing(
    given_up: type[BaseException],
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-D and Ctrl-C at the question are a no."""

    def ask(_question: str) -> str:
        raise given_up

    (var / "photos").mkdir(parents=True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", ask)

    assert reset.main([]) == 1
    assert capsys.readouterr().out == "\nNothing was deleted.\n"
    assert (var / "photos").exists()
