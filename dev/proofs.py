"""Which test proves which security requirement, by the docstrings of tests, and how it went.

A pytest plugin: `pytest -p dev.proofs` writes the outcomes of a run to var/sec-check.json, and with
`--only-proofs` it runs nothing but tests that name a requirement.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dev.var import var_folder

_NAMED = re.compile(r"^\s*(S-\d+(?:\s*,\s*S-\d+)*):", re.MULTILINE)
_NUMBER = re.compile(r"\bS-(\d+)\b")
_PROPERTY = "requirements"
Outcomes = dict[str, dict[str, Any]]
"""Of each test: ``numbers``, and ``outcome``: passed, failed or skipped."""


def numbers_of(docstring: str | None) -> list[int]:
    """Give the requirements that a docstring names at a line's beginning: ``S-44, S-45: what is proved``."""
    found = {int(number) for named in _NAMED.findall(docstring or "") for number in _NUMBER.findall(named)}
    return sorted(found)


def names_in_vain(docstring: str | None) -> bool:
    """Say whether a docstring speaks of requirements and names none in the form that counts."""
    return bool(_NUMBER.search(docstring or "")) and not numbers_of(docstring)


def results_file() -> Path:
    """Say where the outcomes of the last run are."""
    return var_folder() / "sec-check.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--only-proofs`."""
    parser.addoption("--only-proofs", action="store_true", help="run only tests that name a requirement")


def pytest_configure(config: pytest.Config) -> None:
    """Let the process that hears of every outcome write them down."""
    if not hasattr(config, "workerinput"):
        results_file().unlink(missing_ok=True)
        config.pluginmanager.register(_Ledger(), "proofs ledger")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note the numbers on each test, where they travel with its outcome."""
    others = []
    for item in items:
        numbers = numbers_of(getattr(getattr(item, "function", None), "__doc__", None))
        if numbers:
            item.user_properties.append((_PROPERTY, numbers))
        else:
            others.append(item)
    if config.getoption("--only-proofs"):
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


class _Ledger:
    """Hears how each test went."""

    def __init__(self) -> None:
        self._outcomes: Outcomes = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst that happened in set-up, test and tear-down."""
        numbers = dict(report.user_properties).get(_PROPERTY)
        if not isinstance(numbers, Sequence):
            return
        kept = self._outcomes.setdefault(report.nodeid, {"numbers": list(numbers), "outcome": "passed"})
        order = ("passed", "skipped", "failed")
        kept["outcome"] = max(kept["outcome"], report.outcome, key=order.index)

    def pytest_sessionfinish(self) -> None:
        """Write the outcomes, whole or not at all."""
        file = results_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps(self._outcomes, ensure_ascii=False, indent=1), encoding="utf-8")
        unfinished.replace(file)
