"""The setting of the virus scanner: on this machine or in the private network, or refused."""

import pytest

from app.config import ScannerSettings, SettingsError
from tests.test_config import read


@pytest.mark.parametrize(
    "address, expected",
    [
        ("", None),
        ("unix:/run/clamav/clamd.ctl", ScannerSettings(path="/run/clamav/clamd.ctl")),
        ("localhost:3310", ScannerSettings(host="localhost", port=3310)),
        ("10.0.0.7:3310", ScannerSettings(host="10.0.0.7", port=3310)),
        ("[::1]:3310", ScannerSettings(host="::1", port=3310)),
    ],
)
def test_an_own_scanner_is_taken(address: str, expected: ScannerSettings | None) -> None:
    assert read(GONGDI_CLAMD=address).clamd == expected


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8:3310",
        "scan.example.cn:3310",
        "localhost",
        "localhost:0",
        "localhost:99999",
        "tcp://localhost:3310",
        "somebody@127.0.0.1:3310",
        "127.0.0.1:3310/path",
        "unix:clamd.ctl",
    ],
)
def test_any_other_is_refused(address: str) -> None:
    """S-151: nobody's photos go to a stranger's scanner."""
    with pytest.raises(SettingsError, match="GONGDI_CLAMD"):
        read(GONGDI_CLAMD=address)
