"""Whom PostgreSQL runs as, and the folder it keeps its files in.

An ordinary user's server runs as that user, in the folder it is given. PostgreSQL refuses to run as root, so
root's server runs as somebody with fewer rights, who must be able to get to the folder and the program. Where
they cannot, as under /root, a private folder elsewhere takes its place and is remembered. No user is created
and no folder is opened to others.
"""

import contextlib
import os
import pwd
import shutil
import stat
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from dev.trouble import MachineError

UNPRIVILEGED = ("postgres", "nobody")
ELSEWHERE = "elsewhere"  # the file that remembers the other folder


class Identity(TypedDict, total=False):
    """What subprocess needs to start a process as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A system user, without the other groups it may be in."""

    name: str
    uid: int
    gid: int

    def identity(self) -> Identity:
        """Return subprocess's arguments to run as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_pass(self, path: Path) -> bool:
        """Tell whether this user may run the program, or enter the folder, and every folder above it."""
        return all(self._may_enter(step.stat()) for step in (path, *path.parents))

    def _may_enter(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def unprivileged(folder: Path) -> Account | None:
    """Return whom a folder's server runs as: None for ourselves, or, if we are root, somebody else.

    That is the folder's owner, so that root can run what an ordinary user began, or else a user that most
    systems have. Raises MachineError if this one has none.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    for entry in pwd.getpwall():
        if entry.pw_uid == owner != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    message = (
        "PostgreSQL refuses to run as root, and this system has no user "
        f"{' or '.join(UNPRIVILEGED)} to run it as.\nRun this as an ordinary user."
    )
    raise MachineError(message)


def home_of(folder: Path, account: Account | None) -> Path:
    """Make and return a server's private folder: `folder`, or another if the account cannot enter that."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is None:
        folder.chmod(0o700)
        return folder
    remembered = _elsewhere(folder)
    if remembered is not None and remembered.is_dir() and remembered.stat().st_uid == account.uid:
        return remembered
    chosen = folder
    if not account.may_pass(folder.parent):
        chosen = Path(tempfile.mkdtemp(prefix="gongdi-", dir=_common_ground(account)))
        (folder / ELSEWHERE).write_text(str(chosen))
        print(
            f"  For root, PostgreSQL runs as {account.name}, who may not enter {folder}.\n"
            f"  Its data is in {chosen} instead.",
            file=sys.stderr,
        )
    os.chown(chosen, account.uid, account.gid)
    chosen.chmod(0o700)
    return chosen


def forget(folder: Path) -> None:
    """Delete a server's folder, wherever its files are. The server must have been stopped."""
    elsewhere = _elsewhere(folder)
    if elsewhere is not None:
        shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def reachable(
    program: Path, *, root: Path, parts: Sequence[str], home: Path, account: Account | None
) -> Path:
    """Return the program, or its copy in `home` if the account cannot run it where it is.

    `parts` are the folders below `root` that the program needs; they keep their places in the copy.
    """
    if account is None or account.may_pass(program):
        return program
    copy = home / "program"
    copied = copy / program.relative_to(root)
    if not copied.exists() or copied.stat().st_mtime != program.stat().st_mtime:
        unfinished = home / "program.new"
        for old in (copy, unfinished):
            shutil.rmtree(old, ignore_errors=True)
        for part in parts:
            shutil.copytree(root / part, unfinished / part, symlinks=True)
        for entry in (unfinished, *unfinished.rglob("*")):
            if not entry.is_symlink():
                mode = entry.stat().st_mode
                entry.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
        unfinished.rename(copy)
    return copied


def _elsewhere(folder: Path) -> Path | None:
    try:
        return Path((folder / ELSEWHERE).read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _common_ground(account: Account) -> Path:
    """Return a temporary folder, of those that outlive a restart first, that the account may enter."""
    for candidate in (Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108  # mkdtemp makes it private
        if candidate.is_dir() and account.may_pass(candidate):
            return candidate
    message = (
        f"For root, PostgreSQL runs as {account.name}, who can enter no temporary folder here.\n"
        "Run this as an ordinary user."
    )
    raise MachineError(message)
