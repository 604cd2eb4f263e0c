"""The client of clamd, against one that speaks its protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters import Clamd, ScannerError, clamd
from app.config import ScannerSettings
from tests.fakes import clamd as fake

CHUNK = 64 * 1024


@pytest.fixture
def daemon() -> Iterator[fake.Clamd]:
    with fake.Clamd() as running:
        yield running


@pytest.fixture
def scanner(daemon: fake.Clamd) -> Clamd:
    return Clamd(ScannerSettings(host="127.0.0.1", port=daemon.port))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 10, CHUNK, 3 * CHUNK + 5])
def test_what_is_sent_arrives_whole_and_is_judged(daemon: fake.Clamd, scanner: Clamd, size: int) -> None:
    """S-151: a virus is found wherever it stands, also across the pieces in which it is sent."""
    clean = b"x" * size

    assert (scanner.virus_in(clean), scanner.virus_in(clean + fake.EICAR)) == (None, fake.NAME)
    assert daemon.scanned == [clean, clean + fake.EICAR]


def test_it_is_asked_at_a_sockets_path_too(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.ctl")
    with fake.Clamd(path):
        assert Clamd(ScannerSettings(path=path)).virus_in(fake.EICAR) == fake.NAME
    with pytest.raises(ScannerError):
        Clamd(ScannerSettings(path=str(tmp_path / "none"))).virus_in(b"")


@pytest.mark.parametrize(
    "says", ["OK", "FOUND", "INSTREAM size limit exceeded. ERROR", "stream: ", "x" * 5000]
)
def test_whatever_else_it_says_is_a_failure(daemon: fake.Clamd, scanner: Clamd, says: str) -> None:
    """S-151: only a clear yes or no counts."""
    daemon.says = says

    with pytest.raises(ScannerError):
        scanner.virus_in(b"picture")


def test_one_that_is_away_or_slow_is_a_failure(
    daemon: fake.Clamd, scanner: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-151: nobody waits for ever."""
    monkeypatch.setattr(clamd, "_PATIENCE_S", 0.2)
    daemon.slow_s = 1
    with pytest.raises(ScannerError):
        scanner.virus_in(b"picture")
    with pytest.raises(ScannerError):
        Clamd(ScannerSettings(host="127.0.0.1", port=1)).virus_in(b"picture")


def test_more_than_a_scanner_takes_is_not_sent(daemon: fake.Clamd, scanner: Clamd) -> None:
    with pytest.raises(ScannerError):
        scanner.virus_in(bytes(25 * 1024 * 1024))

    assert daemon.scanned == []
