"""Make the virtual environment that everything else runs in: `python3 -m dev.bootstrap`.

Runs under the system's Python before anything is installed, so it imports the standard library only.
The environment carries a stamp, the SHA-256 of the lock it was made from: where the stamp fits, there is
nothing to do, online or not. The stamp says `unfinished` while packages are being installed, so that the run
after an interrupted one starts over.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from dev.trouble import MachineError

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
STAMP = "gongdi.stamp"
UNFINISHED = "unfinished"
COMES_WITH_VENV = {"pip", "setuptools", "wheel"}
LINES_SHOWN = 15

# Signs in pip's output, most telling first, and what a person can do.
REMEDIES = {
    "DO NOT MATCH THE HASHES": """\
A package that was downloaded is not the one that was locked, so nothing was installed.
Try again; if it stays so, the package index you use serves other files: use another one.""",
    "CERTIFICATE_VERIFY_FAILED|SSLError": """\
The package index could not be trusted: its certificate does not verify.
Behind a proxy with a certificate of its own, name that file: export PIP_CERT=/path/to/certificates.pem""",
    "NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|ProtocolError"
    "|Connection refused|Network is unreachable|Temporary failure in name resolution": """\
The package index could not be reached. The first run needs the network, or a mirror or a folder of packages
named in pip's configuration (index-url, find-links); later runs do not. Connect and try again.""",
    "No space left on device": """\
The disk is full. About 500 MB are needed: make room and try again.""",
    "No matching distribution found": """\
The package index has no fitting file for this Python and system. Gongdi is tried with Python 3.11 to 3.13
on Linux; a slow mirror may also lag behind the lock.""",
    "Permission denied": """\
A file or folder may not be written. Give it back to yourself with chown and try again.""",
}


def main() -> int:
    """Make or update the environment; where that cannot be done, print the reason in words."""
    try:
        refuse_unfit_python(sys.version_info[:3])
        prepare(lock=ROOT / "requirements-dev.txt", venv=venv_folder())
    except MachineError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The next run sets the environment up from the start.", file=sys.stderr)
        return 130
    return 0


def venv_folder() -> Path:
    """Return where the environment lives: GONGDI_VENV, or .venv in the checkout."""
    return Path(os.environ.get("GONGDI_VENV") or ROOT / ".venv").absolute()


def refuse_unfit_python(
    version: tuple[int, int, int], *, modules: Sequence[str] = ("venv", "ensurepip")
) -> None:
    """Raise MachineError, with the remedy, if this Python is too old or lacks modules that make a venv."""
    if version < OLDEST_PYTHON:
        found = ".".join(map(str, version))
        message = f"""\
Gongdi needs Python 3.11 or newer; {sys.executable} is {found}.
Debian 12, Ubuntu 24.04 or newer: apt install python3 python3-venv. macOS: brew install python@3.12.
If a newer Python has another name here, give it: make run PYTHON=/path/to/python3.12"""
        raise MachineError(message)
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        message = f"""\
{sys.executable} cannot make virtual environments: it lacks the module {" and ".join(missing)}.
Debian and Ubuntu keep it in a package of its own: apt install python{version[0]}.{version[1]}-venv"""
        raise MachineError(message)


def prepare(*, lock: Path, venv: Path) -> None:
    """Bring the environment to exactly what the lock names; milliseconds where it is there already.

    Raises MachineError, with the remedy, if the folder cannot be written or the packages cannot be installed.
    """
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _stamp_of(venv) == wanted and _python_works(venv):
        return
    with _locked_stamp(venv) as stamp:
        found = _stamp_of(venv)
        if found == wanted and _python_works(venv):
            return  # another run made it while this one waited
        updating = found not in {"", UNFINISHED} and _python_works(venv)
        _write(stamp, UNFINISHED)
        if updating:
            print(f"The lock has changed: updating {venv}.", flush=True)
        else:
            _create(venv, again=found != "")
        try:
            _install(lock, venv, stamp)
        except MachineError:
            if updating:  # pip changes nothing before it has fetched everything, so the old state stands
                _write(stamp, found)
            raise
        _write(stamp, wanted)


def explain(output: str, *, tool: str = "pip") -> str:
    """Return what a person can do about a failed set-up, judged by the output, and the output's end."""
    told = f"{tool} failed."
    remedy = next((remedy for signs, remedy in REMEDIES.items() if re.search(signs, output)), told)
    last = "\n".join(f"    {line}" for line in output.splitlines()[-LINES_SHOWN:])
    return f"{remedy}\n\nThe last lines of {tool}:\n{last}"


def _stamp_of(venv: Path) -> str:
    try:
        return (venv / STAMP).read_text()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _python_works(venv: Path) -> bool:
    """Tell whether the environment's Python starts; it does not once the system's was removed or replaced."""
    command = [str(venv / "bin/python"), "-I", "-c", "import pip"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def _locked_stamp(venv: Path) -> Iterator[TextIO]:
    """Yield the stamp, locked: of two runs at once one waits. The kernel unlocks it when a run dies."""
    try:
        entries = {entry.name for entry in venv.iterdir()} if venv.exists() else set()
        if entries and STAMP not in entries:  # the stamp is the first thing that goes in
            message = f"""\
{venv} is there, but `make` did not make it, so it is left alone.
Delete it (rm -rf {venv}), or name another folder: export GONGDI_VENV=/path/to/folder"""
            raise MachineError(message)
        venv.mkdir(parents=True, exist_ok=True)
        stamp = (venv / STAMP).open("a")
    except OSError as error:
        message = f"""\
The virtual environment cannot be written: {error.filename}: {error.strerror}.
Make the folder yours (chown), or name one that you may write: export GONGDI_VENV=/path/to/folder"""
        raise MachineError(message) from error
    with stamp:
        try:
            fcntl.flock(stamp, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another run is setting up {venv}: waiting for it.", flush=True)
            fcntl.flock(stamp, fcntl.LOCK_EX)
        yield stamp


def _write(stamp: TextIO, text: str) -> None:
    stamp.truncate(0)
    stamp.write(text)
    stamp.flush()


def _create(venv: Path, *, again: bool) -> None:
    """Make an empty environment in place of whatever an interrupted run left; the stamp, our lock, stays."""
    why = (
        "The last set-up did not finish or its Python is gone: starting over."
        if again
        else "Once, about a minute."
    )
    print(f"Setting up the virtual environment in {venv}. {why}", flush=True)
    for entry in venv.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != STAMP:
            entry.unlink()
    command = [sys.executable, "-I", "-m", "venv", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise MachineError(explain(made.stdout + made.stderr, tool="venv"))


def _install(lock: Path, venv: Path, stamp: TextIO) -> None:
    """Install what the lock names, by hash, and remove what it does not name (any more)."""
    locked = {_normal(name) for name in re.findall(r"^([\w.-]+)==", lock.read_text(), re.MULTILINE)}
    print(f"Fetching {len(locked)} packages named in {lock.name}.", flush=True)
    arguments = ["install", "--require-hashes", "--progress-bar", "off", "-r", str(lock)]
    _pip(venv, arguments, stamp, packages=len(locked))
    records = venv.glob("lib/python*/site-packages/*.dist-info")  # such as sqlalchemy-2.1.9.dist-info
    installed = {_normal(record.name.split("-")[0]) for record in records}
    leftover = sorted(installed - locked - COMES_WITH_VENV)
    if leftover:
        _pip(venv, ["uninstall", "--yes", *leftover], stamp, packages=0)


def _pip(venv: Path, arguments: Sequence[str], stamp: TextIO, *, packages: int) -> None:
    """Run the environment's pip and show its progress; raise MachineError if it fails.

    pip keeps the caller's environment and configuration, where certificates, proxies and mirrors are named.
    It inherits the lock: if only this process is killed, other runs still wait until pip has ended.
    """
    command = [str(venv / "bin/python"), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    output = []
    seen = 0
    with subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_USER": "0"},  # a configured --user has no meaning in an environment
        pass_fds=[stamp.fileno()],
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            output.append(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied: ")):
                seen += 1
                _show(seen, packages)
            elif line.startswith("Installing collected packages"):
                print("  installing", flush=True)
    if pip.returncode != 0:
        raise MachineError(explain("".join(output)))


def _show(seen: int, packages: int) -> None:
    """Print how far it is: one line that grows on a terminal, a line now and then in a log."""
    if sys.stdout.isatty():
        print(f"\r  {seen} of {packages}", end="\n" if seen == packages else "", flush=True)
    elif seen % 30 == 0 or seen == packages:
        print(f"  {seen} of {packages}", flush=True)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
