"""The virtual environment: made from a lock, kept, updated, repaired, and refused in words."""

import fcntl
import hashlib
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from dev.bootstrap import STAMP, UNFINISHED, explain, prepare, refuse_unfit_python
from dev.trouble import MachineError


def wheel(folder: Path, name: str, version: str) -> str:
    """Write the smallest package there is and return its line in a lock."""
    file = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", f"version = {version!r}\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(autouse=True)
def _no_index_but(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in pip_environment(packages).items():
        monkeypatch.setenv(name, value)


def pip_environment(packages: Path) -> dict[str, str]:
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(packages), "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture(scope="module")
def first(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with two packages once: it takes seconds."""
    folder = tmp_path_factory.mktemp("first")
    lock = folder / "lock.txt"
    lock.write_text(wheel(packages, "maize", "1.0") + wheel(packages, "millet", "1.0"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in pip_environment(packages).items():
            patch.setenv(name, value)
        prepare(lock=lock, venv=folder / "venv")
    return folder


@pytest.fixture
def lock(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(first / "lock.txt", tmp_path))


@pytest.fixture
def venv(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first / "venv", tmp_path / "venv", symlinks=True))


def installed(venv: Path) -> dict[str, str]:
    records = (record.name.split("-") for record in venv.glob("lib/python*/site-packages/*.dist-info"))
    versions = {name: version.removesuffix(".dist") for name, version, *_ in records}
    return {name: versions[name] for name in ("maize", "millet") if name in versions}


def test_the_environment_holds_what_the_lock_names_and_its_hash(lock: Path, venv: Path) -> None:
    assert installed(venv) == {"maize": "1.0", "millet": "1.0"}
    assert (venv / STAMP).read_text() == hashlib.sha256(lock.read_bytes()).hexdigest()


def test_with_a_fitting_stamp_nothing_happens(
    lock: Path, venv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "")  # offline
    before = (venv / STAMP).stat().st_mtime_ns

    prepare(lock=lock, venv=venv)

    assert (venv / STAMP).stat().st_mtime_ns == before
    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_followed_exactly(lock: Path, venv: Path, packages: Path) -> None:
    lock.write_text(wheel(packages, "maize", "2.0"))

    prepare(lock=lock, venv=venv)

    assert installed(venv) == {"maize": "2.0"}
    assert (venv / STAMP).read_text() == hashlib.sha256(lock.read_bytes()).hexdigest()


def test_an_update_that_fails_leaves_what_was_there(lock: Path, venv: Path, packages: Path) -> None:
    before = (venv / STAMP).read_text()
    lock.write_text(wheel(packages, "maize", "3.0"))
    (packages / "maize-3.0-py3-none-any.whl").unlink()

    with pytest.raises(MachineError, match="no fitting file for this Python"):
        prepare(lock=lock, venv=venv)

    assert (venv / STAMP).read_text() == before
    assert installed(venv) == {"maize": "1.0", "millet": "1.0"}


def test_another_file_than_the_locked_one_is_refused(lock: Path, venv: Path, packages: Path) -> None:
    lock.write_text(wheel(packages, "maize", "4.0").replace("sha256:", "sha256:0")[:-2] + "\n")

    with pytest.raises(MachineError, match="not the one that was locked"):
        prepare(lock=lock, venv=venv)

    assert installed(venv) == {"maize": "1.0", "millet": "1.0"}


def test_an_interrupted_set_up_is_done_again_from_the_start(
    lock: Path, venv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (venv / STAMP).write_text(UNFINISHED)
    (venv / "half").mkdir()
    (venv / "bin/python").unlink()

    prepare(lock=lock, venv=venv)

    assert installed(venv) == {"maize": "1.0", "millet": "1.0"}
    assert not (venv / "half").exists()
    assert "did not finish" in capsys.readouterr().out


def test_of_two_runs_one_waits_and_uses_what_the_other_made(
    lock: Path, venv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = (venv / STAMP).read_text()
    with (venv / STAMP).open("r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(UNFINISHED)
        other.truncate()
        other.flush()
        waiting = threading.Thread(target=prepare, kwargs={"lock": lock, "venv": venv})
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        other.seek(0)
        other.write(wanted)
        other.flush()
    waiting.join(10)

    assert not waiting.is_alive()
    assert capsys.readouterr().out == f"Another run is setting up {venv}: waiting for it.\n"


def test_a_folder_that_is_somebody_elses_is_left_alone(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/thesis.txt").touch()

    with pytest.raises(MachineError, match="left alone"):
        prepare(lock=lock, venv=tmp_path / "theirs")

    assert [entry.name for entry in (tmp_path / "theirs").iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(lock: Path) -> None:
    with pytest.raises(MachineError, match="GONGDI_VENV") as refusal:
        prepare(lock=lock, venv=lock / "venv")

    assert str(lock) in str(refusal.value)


def test_an_old_python_is_refused_with_what_to_install() -> None:
    with pytest.raises(MachineError, match=r"3\.11 or newer; .* is 3\.10\.12\.\n.*apt install python3"):
        refuse_unfit_python((3, 10, 12))


def test_a_python_without_ensurepip_is_refused_with_the_name_of_its_package() -> None:
    with pytest.raises(MachineError, match=r"lacks the module no_such\.\n.*python3\.11-venv"):
        refuse_unfit_python((3, 11, 0), modules=("venv", "no_such"))


def test_a_fit_python_is_accepted() -> None:
    refuse_unfit_python((3, 11, 0))


@pytest.mark.parametrize(
    "output, remedy",
    [
        ("WARNING: Retrying ... NewConnectionError('...Connection refused')", "could not be reached"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get local issuer", "PIP_CERT"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: Could not install packages: [Errno 13] Permission denied: 'x'", "chown"),
        ("ERROR: something nobody thought of", "pip failed."),
    ],
)
def test_a_failure_is_explained(output: str, remedy: str) -> None:
    explained = explain(output)

    assert remedy in explained.partition("\n\n")[0]
    assert output in explained
