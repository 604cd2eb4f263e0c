"""One running instance a var folder, found by other commands, forgotten when it dies."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev.instance import FILE, Instance, announce, claimed, running
from dev.trouble import MachineError
from dev.var import ROOT, prepared, secret_key

CLAIMS_AND_WAITS = """
import os, time
from dev.instance import Instance, announce, claimed
with claimed() as file:
    announce(file, Instance(os.getpid(), "http://127.0.0.1:8000", {"A": "b"}))
    print("claimed", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GONGDI_VAR", str(tmp_path / "var"))
    return prepared()


def test_a_second_instance_is_refused_and_told_of_the_first() -> None:
    with claimed() as file:
        announce(file, Instance(4321, "http://127.0.0.1:8001", {}))
        with (
            pytest.raises(
                MachineError, match=r"running already, at http://127\.0\.0\.1:8001 \(process 4321\)"
            ),
            claimed(),
        ):
            pass


def test_an_instance_that_is_starting_has_no_address_yet() -> None:
    with claimed():
        with pytest.raises(MachineError, match="being started or stopped"), claimed():
            pass
        found = running()

    assert found is not None
    assert found.address == ""


def test_other_commands_find_the_instance_until_it_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLAIMS_AND_WAITS], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        alive = running()
        process.kill()

    assert alive == Instance(process.pid, "http://127.0.0.1:8000", {"A": "b"})
    assert running() is None


def test_without_an_instance_there_is_none() -> None:
    assert running() is None


def test_what_holds_secrets_is_the_owners_only(var: Path) -> None:
    with claimed():
        key = secret_key()

    assert secret_key() == key
    assert len(key) >= 32
    assert [(var / name).stat().st_mode & 0o777 for name in ("secret", FILE)] == [0o600, 0o600]
    assert var.stat().st_mode & 0o066 == 0


def test_a_var_folder_that_cannot_be_written_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GONGDI_VAR", str(tmp_path / "file"))

    with pytest.raises(MachineError, match="GONGDI_VAR"):
        prepared()
