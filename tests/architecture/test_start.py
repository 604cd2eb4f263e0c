"""What a start need not load: the libraries that print, which cost over a second of the processor."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT, trees

SLOW = {"fpdf", "fontTools"}
LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded_by(*modules: str) -> set[str]:
    """Import modules of ours in a process of their own; give the outermost packages it has then."""
    command = [sys.executable, "-c", f"import {', '.join(modules)}; {LOADED}"]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def imported_by(path: str) -> list[str]:
    """Give the modules that a file imports from, which cannot be imported itself: it serves."""
    return [node.module for node in trees()[path].body if isinstance(node, ast.ImportFrom) and node.module]


def test_the_scheduler_loads_no_printing() -> None:
    modules = imported_by("app/jobs/__main__.py")

    assert {"app.jobs.scheduler", "app.adapters"} <= set(modules)
    loaded = loaded_by(*modules)
    assert "apscheduler" in loaded
    assert loaded & SLOW == set()


@pytest.mark.parametrize("module", ["app.cli.commands", "app.jobs.work", "app.migrating"])
def test_a_command_loads_no_printing(module: str) -> None:
    loaded = loaded_by(module)

    assert "sqlalchemy" in loaded
    assert loaded & SLOW == set()


def test_the_api_does_load_it() -> None:
    """Otherwise the names above are no longer those of the libraries, and the tests look for nothing."""
    assert loaded_by("app.factory") >= SLOW
