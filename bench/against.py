"""An older commit of this repository, checked out for a while and measured by its own bench."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.plan import Plan
from dev.trouble import MachineError

_DRIVER = Path(__file__).parent / "driver.py"
_PATIENCE_S = 60
"""For the other bench to stop its servers."""


def commit_named(name: str, root: Path) -> str:
    """Give the full number of a commit, branch or tag. Raises MachineError if there is none, or no git."""
    if shutil.which("git") is None:
        raise MachineError("Comparing with an older commit needs git, and there is no git on the PATH.")
    if _git(root, "rev-parse", "--git-dir").returncode:
        raise MachineError(f"Comparing with an older commit needs the repository, and {root} is none.")
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found.returncode:
        raise MachineError(f"This repository has no commit {name}. A shallow clone lacks older ones.")
    return found.stdout.strip()


@contextmanager
def checked_out(commit: str, folder: Path, root: Path) -> Iterator[Path]:
    """Check a commit out into a new folder in this one, and take it away at the end."""
    tree = folder / "tree"
    try:
        made = _git(root, "worktree", "add", "--quiet", "--detach", str(tree), commit)
        if made.returncode:
            raise MachineError(f"git could not check out {commit}: {made.stderr.strip()}")
        yield tree
    finally:
        _git(root, "worktree", "remove", "--force", str(tree), alone=True)


@dataclass(frozen=True)
class Older:
    """The other commit's bench, which waits for its turns."""

    commit: str
    process: "subprocess.Popen[str]"

    @classmethod
    @contextmanager
    def started(
        cls, tree: Path, commit: str, environment: dict[str, str], postmaster: int, plan: Plan
    ) -> Iterator["Older"]:
        """Start it in its tree and let it prepare its own database; it is stopped at the end."""
        sizes = {name: value for name, value in asdict(plan).items() if isinstance(value, int)}
        asked = {"environment": environment, "postmaster": postmaster, "plan": sizes}
        process = subprocess.Popen(
            [sys.executable, "-P", _DRIVER, json.dumps(asked)],  # -P: not this folder, but its own tree
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C reaches us, and we stop it
        )
        try:
            older = cls(commit, process)
            older._heard()
            yield older
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE_S)
            finally:
                process.kill()
                process.communicate()

    def take_turn(self) -> dict[str, float]:
        """Let it measure once; give its milliseconds by the names of the figures."""
        assert self.process.stdin is not None, "it was started with a pipe"
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        found: dict[str, float] = json.loads(self._heard())
        return found

    def _heard(self) -> str:
        assert self.process.stdout is not None, "it was started with a pipe"
        line = self.process.stdout.readline()
        if not line:
            raise MachineError(f"The bench of commit {self.commit[:7]} ended before its turn; see above.")
        return line


def _git(root: Path, *arguments: str, alone: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run git to its end; ``alone``, Ctrl-C does not reach it."""
    return subprocess.run(
        ["git", "-C", str(root), *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        start_new_session=alone,
    )
