"""Which tests prove which requirement: docstrings, outcomes of a real run, and the report of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dev import sec_check
from dev.proofs import Outcomes, names_in_vain, numbers_of
from dev.requirements import NOT_APPLICABLE, REQUIREMENTS
from dev.var import ROOT

SUITE = '''
import pytest

def test_one():
    """S-44, S-45: two at once."""

@pytest.mark.parametrize("value", [1, 2, 3])
def test_cases(value):
    """Something.

    S-46: each value is below three.
    """
    assert value < 3

@pytest.fixture
def broken():
    raise RuntimeError

def test_with_broken_set_up(broken):
    """S-47: never proved."""

@pytest.fixture
def breaking():
    yield
    raise RuntimeError

def test_with_broken_tear_down(breaking):
    """S-48: not proved either."""

def test_that_is_left_out():
    """S-49: nobody looked."""
    pytest.skip("not here")

def test_without_number():
    """Mentions S-50: not at its beginning."""
    raise AssertionError("run, though it proves nothing")
'''


@pytest.mark.parametrize(
    "docstring, numbers",
    [
        (None, []),
        ("", []),
        ("S-47: said.", [47]),
        ("S-44, S-45: said.", [44, 45]),
        ("S-45,S-44: said; S-46 is not.", [44, 45]),
        ("First line.\n\n    S-101: said.\n    S-7: said.", [7, 101]),
        ("S-47 is spoken of.", []),
        ("Proves S-47: no.", []),
        ("S-47 and S-48: no.", []),
        ("XS-47: no.", []),
    ],
)
def test_numbers_stand_at_the_beginning_of_a_line(docstring: str | None, numbers: list[int]) -> None:
    assert numbers_of(docstring) == numbers
    assert names_in_vain(docstring) == (not numbers and "S-47" in (docstring or "").replace("XS-", ""))


def run(folder: Path, *arguments: str) -> tuple[int, Outcomes]:
    """Run the small suite in a process of its own."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_small.py").write_text(SUITE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "dev.proofs", "--rootdir", folder, *arguments, folder],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GONGDI_VAR": str(folder / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    outcomes: Any = json.loads((folder / "var" / "sec-check.json").read_text(encoding="utf-8"))
    return done.returncode, outcomes


EXPECTED = {
    "test_small.py::test_one": {"numbers": [44, 45], "outcome": "passed"},
    "test_small.py::test_cases[1]": {"numbers": [46], "outcome": "passed"},
    "test_small.py::test_cases[2]": {"numbers": [46], "outcome": "passed"},
    "test_small.py::test_cases[3]": {"numbers": [46], "outcome": "failed"},
    "test_small.py::test_with_broken_set_up": {"numbers": [47], "outcome": "failed"},
    "test_small.py::test_with_broken_tear_down": {"numbers": [48], "outcome": "failed"},
    "test_small.py::test_that_is_left_out": {"numbers": [49], "outcome": "skipped"},
}


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_each_outcome_is_written_under_its_numbers(tmp_path: Path, processes: tuple[str, ...]) -> None:
    assert run(tmp_path, *processes) == (1, EXPECTED)


def test_only_what_names_a_requirement_is_run_when_asked(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "sec-check.json").write_text("of another run")

    assert run(tmp_path, "--only-proofs", "-k", "test_one or without_number") == (
        0,
        {"test_small.py::test_one": EXPECTED["test_small.py::test_one"]},
    )


def test_the_report_has_a_line_for_each_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = sec_check.report(EXPECTED)

    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in shown[:-1]] == [f"S-{number}" for number in sorted(REQUIREMENTS)]
    stated = {line.split()[0]: line.split()[1] for line in shown[:-1]}
    assert {name: stated[name] for name in ("S-44", "S-45", "S-46", "S-47", "S-48", "S-49", "S-128")} == {
        "S-44": "pass",
        "S-45": "pass",
        "S-46": "fail",
        "S-47": "fail",
        "S-48": "fail",
        "S-49": "missing",
        "S-128": "n/a",
    }
    assert next(line for line in shown if line.startswith("S-46")).endswith("test_small.py::test_cases")
    assert [line for line in wrong if not line.endswith(" missing")] == [
        "requirement S-46: fail",
        "requirement S-47: fail",
        "requirement S-48: fail",
    ]


def test_cases_of_one_test_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    sec_check.report({name: one | {"outcome": "passed"} for name, one in EXPECTED.items()})

    assert "test_small.py::test_cases (x3)\n" in capsys.readouterr().out


def test_what_no_test_proves_fails(capsys: pytest.CaptureFixture[str]) -> None:
    proved = {
        "test": {"numbers": [n for n in REQUIREMENTS if n not in {44, *NOT_APPLICABLE}], "outcome": "passed"}
    }

    assert sec_check.report(proved) == ["requirement S-44: missing"]
    assert "missing: 1" in capsys.readouterr().out


def test_a_number_that_cannot_apply_is_one_we_answer_for() -> None:
    assert NOT_APPLICABLE.keys() <= REQUIREMENTS.keys()


def test_files_that_prove_something_are_found(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(SUITE)
    (tmp_path / "test_none.py").write_text('def test_a():\n    """S-47 is spoken of."""\n')

    assert sec_check.proving_files(tmp_path) == [tmp_path / "test_some.py"]
