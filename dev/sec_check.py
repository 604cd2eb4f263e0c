"""`make sec-check`: a line for each security requirement: pass, fail or missing, and the tests that prove it.

Alone it runs the tests that name a requirement; `make test` shows the same lines from the run just made.
"""

import ast
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev.orphans import adopt_orphans, stop_orphans
from dev.proofs import Outcomes, numbers_of, results_file
from dev.requirements import NOT_APPLICABLE, REQUIREMENTS
from dev.signals import StopSignals
from dev.testing import run_pytest
from dev.trouble import MachineError
from dev.var import ROOT

PLUGIN = ["-p", "dev.proofs"]


@dataclass
class Line:
    """What is known about one requirement."""

    number: int
    state: str
    """pass, fail, missing, or n/a."""
    tests: Counter[str] = field(default_factory=Counter)
    """Tests and how many cases of each ran; of a failed requirement the failed ones only."""
    reason: str = ""

    def __str__(self) -> str:
        proof = self.reason or ", ".join(
            name if cases == 1 else f"{name} (x{cases})" for name, cases in sorted(self.tests.items())
        )
        return f"S-{self.number:<4}{self.state:<8}{REQUIREMENTS[self.number]}{': ' if proof else ''}{proof}"


def lines(outcomes: Outcomes) -> list[Line]:
    """Say of every requirement how it stands; one that no passed test names is missing."""
    return [_line(number, outcomes) for number in sorted(REQUIREMENTS)]


def _line(number: int, outcomes: Outcomes) -> Line:
    of_number = {name: one["outcome"] for name, one in outcomes.items() if number in one["numbers"]}
    for outcome, state in (("failed", "fail"), ("passed", "pass")):
        tests = Counter(name.partition("[")[0] for name, one in of_number.items() if one == outcome)
        if tests:
            return Line(number, state, tests)
    if number in NOT_APPLICABLE:
        return Line(number, "n/a", reason=NOT_APPLICABLE[number])
    return Line(number, "missing")


def report(outcomes: Outcomes) -> list[str]:
    """Print every line and the sums, and return what is wrong: what failed, and what no test proves."""
    found = lines(outcomes)
    print("\n".join(str(line) for line in found))
    sums = Counter(line.state for line in found)
    print(", ".join(f"{state}: {count}" for state, count in sorted(sums.items())), flush=True)
    return [
        f"requirement S-{line.number}: {line.state}" for line in found if line.state in {"fail", "missing"}
    ]


def read_outcomes() -> Outcomes:
    """Give the outcomes of the last run; none if it did not come to its end."""
    file = results_file()
    outcomes: Outcomes = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return outcomes


def proving_files(folder: Path) -> list[Path]:
    """Give the files below a folder with a test that names a requirement."""
    return [
        file
        for file in sorted(folder.rglob("test_*.py"))
        if any(
            numbers_of(ast.get_docstring(node))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        )
    ]


def main(arguments: Sequence[str]) -> int:
    """Run the proving tests and report; 1 if anything is wrong."""
    signals = StopSignals()
    adopt_orphans()
    try:
        files = [str(file.relative_to(ROOT)) for file in proving_files(ROOT / "tests")]
        status = run_pytest([*PLUGIN, "--only-proofs", *files, *arguments], signals)
        wrong = report(read_outcomes())
        if status != 0 and not wrong:
            wrong = [f"pytest ended with status {status}"]
    except MachineError as error:
        wrong = [str(error)]
    finally:
        stop_orphans()
    if wrong:
        print("\nFailed:\n" + "\n".join(f"  {line}" for line in wrong), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
