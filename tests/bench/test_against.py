"""Comparing with an older commit: which one, its tree for a while, its bench in turns with ours."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.against import Older, checked_out, commit_named
from bench.figures import Figure
from bench.plan import Plan
from bench.turns import growth
from dev.trouble import MachineError

SIZES = Plan(households=7, warm_up=2, requests=3, turns=2)
CONFIG = """
class Settings:
    read = staticmethod(dict)
"""
WORLD = """
from dataclasses import dataclass

@dataclass
class Ground:
    claim_ids: list

def prepare(settings, *, claims{more}):
    return Ground([settings["START"], *range(1, claims)])
"""
MEASURING = """
from collections import namedtuple
{constants}
Figure = namedtuple("Figure", "name value")

def measure(ground, environment, postmaster{more}):
    assert environment["START"] == "first" and "PATH" in environment
    return [Figure("claims", ground.claim_ids), Figure("sizes", [postmaster, {sizes}])]
"""
OLD = {
    "app/config.py": CONFIG,
    "bench/world.py": WORLD.format(more=""),
    "bench/requests_cpu.py": MEASURING.format(
        constants="WARM_UP, REQUESTS, THREADS = 60, 600, 4", more="", sizes="WARM_UP, REQUESTS, THREADS"
    ),
}
"""A bench as it was before bench/plan.py, in small."""
NEW = {
    "app/config.py": CONFIG,
    "bench/plan.py": (
        "from dataclasses import dataclass\n\n@dataclass\nclass Plan:\n    "
        + "\n    ".join(
            f"{name}: int" for name in vars(SIZES) if name not in {"file", "repository", "photos"}
        )
    ),  # without what came later, such as how many photos
    "bench/world.py": WORLD.format(more=", households"),
    "bench/requests_cpu.py": MEASURING.format(
        constants="", more=", plan", sizes="plan.warm_up, plan.requests, plan.threads"
    ),
}
Make = Callable[[dict[str, str]], str]


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.cn"]
    command = ["git", "-C", str(root), *who, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository that has no commit yet."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    return root


@pytest.fixture
def commit(repository: Path) -> Make:
    """Give what commits files, and then something else; returns the first commit."""

    def make(files: dict[str, str]) -> str:
        for path, text in (files | {"app/__init__.py": "", "bench/__init__.py": ""}).items():
            (repository / path).parent.mkdir(exist_ok=True)
            (repository / path).write_text(text)
        git(repository, "add", ".")
        git(repository, "commit", "--quiet", "-m", "older")
        made = git(repository, "rev-parse", "HEAD")
        git(repository, "rm", "--quiet", "-r", "bench")
        git(repository, "commit", "--quiet", "-m", "newer")
        return made

    return make


def test_a_commit_is_named_in_short_or_in_words(repository: Path, commit: Make) -> None:
    made = commit(OLD)

    assert [commit_named(name, repository) for name in (made, made[:7], "HEAD~1")] == [made] * 3


@pytest.mark.parametrize("name", ["nonsense", "0" * 40, "--all", "HEAD:app"])
def test_an_unknown_commit_is_told_before_anything_starts(
    repository: Path, commit: Make, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    commit(OLD)
    plan = replace(SIZES, repository=repository, file=tmp_path / "bench.json")

    code = main([f"--against={name}"], plan)

    said = capsys.readouterr()
    assert code == 1
    assert said.out == ""
    assert said.err == f"This repository has no commit {name}. A shallow clone lacks older ones.\n"
    assert not plan.file.exists()


def test_without_a_repository_or_without_git_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(MachineError, match=f"needs the repository, and {tmp_path} is none"):
        commit_named("HEAD", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match="needs git, and there is no git on the PATH"):
        commit_named("HEAD", tmp_path)


@pytest.mark.parametrize("files", [OLD, NEW], ids=["with constants", "with a plan"])
def test_its_own_bench_measures_with_our_sizes_and_other_claims_each_turn(
    repository: Path, commit: Make, tmp_path: Path, files: dict[str, str]
) -> None:
    made = commit(files)
    with (
        checked_out(made, tmp_path, repository) as tree,
        Older.started(tree, made, {"START": "first"}, 77, SIZES) as older,
    ):
        turns = [older.take_turn(), older.take_turn()]

    assert turns == [
        {"claims": ["first", 1, 2, 3, 4], "sizes": [77, 2, 3, 4]},
        {"claims": [5, 6, 7, 8, 9], "sizes": [77, 2, 3, 4]},
    ]
    assert older.process.returncode is not None
    assert not tree.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_ctrl_c_leaves_neither_the_tree_nor_the_process(
    repository: Path, commit: Make, tmp_path: Path
) -> None:
    made = commit(OLD)

    def interrupted() -> None:
        with (
            checked_out(made, tmp_path, repository) as tree,
            Older.started(tree, made, {"START": "first"}, 77, SIZES) as older,
        ):
            seen.extend([tree, older])
            assert (tree / "bench").is_dir()
            assert older.process.poll() is None
            raise KeyboardInterrupt

    seen: list[object] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()

    tree, older = seen
    assert isinstance(tree, Path)
    assert isinstance(older, Older)
    assert older.process.returncode == 1
    assert not tree.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_bench_that_fails_is_told_and_its_tree_taken_away(
    repository: Path, commit: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = commit(OLD)
    with (
        pytest.raises(MachineError, match=f"The bench of commit {made[:7]} ended before its turn"),
        checked_out(made, tmp_path, repository) as tree,
        Older.started(tree, made, {}, 77, SIZES),
    ):
        pass

    assert "KeyError: 'START'" in capfd.readouterr().err
    assert not tree.exists()


def test_growth_is_what_a_request_costs_more_than_on_average_then() -> None:
    ours = [
        Figure("http_inspection", 11.5, "ms", 0.5, "bare"),
        Figure("http_what_is_new", 3.0, "ms", 0.5, "bare"),
        Figure("http_balance", 2.0, "ms", 0.5, "bare"),
    ]
    theirs = [{"http_inspection": 10.0, "http_balance": 2.0}, {"http_inspection": 12.0, "http_balance": 2.5}]

    found = growth(ours, theirs, "a245e04b7c")

    assert [(one.name, one.value, one.unit, one.reference, one.ratio) for one in found] == [
        ("http_inspection_growth", 0.5, "ms", 11.0, 0.5 / 11.0),
        ("http_balance_growth", -0.25, "ms", 2.25, -0.25 / 2.25),
    ]
    assert found[0].line() == (
        "http_inspection_growth       0.500 ms       at a245e04 ms: 11.000  ratio 0.05"
    )
