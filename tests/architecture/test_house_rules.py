"""The rules of CONTRIBUTING.md that a machine can check, over every source of the product."""

import ast
import re

import pytest

from dev.proofs import names_in_vain
from tests.architecture.sources import ROOT, assigned_attributes, called_names, trees

LONGEST_FILE = 320
"""Lines; CONTRIBUTING.md says about 300."""
VAGUE_NAMES = {
    "utils",
    "util",
    "common",
    "helpers",
    "helper",
    "services",
    "service",
    "managers",
    "misc",
    "base_",
}
WRITERS = {
    "status": {
        "app/models/spot_check.py",
        "app/models/hazard.py",
        "app/models/claim.py",
        "app/models/shop.py",
    },
    "state": {
        "app/models/approval.py",
        "app/models/binding.py",
        "app/models/message.py",
        "app/models/closing.py",
        "app/models/own_request.py",
        "app/models/proxy.py",
        "app/models/roster_import.py",
        "app/models/wechat_event.py",
    },
    "resident_id": {
        "app/identity/bindings.py",
        "app/identity/binding_ends.py",
        "app/identity/binding_requests.py",
    },
    "birth_date": {"app/people/correcting.py"},
    "balance": set[str](),
    "held": set[str](),
    "remaining": set[str](),
    "stock": set[str](),
}
"""Sensitive columns and the files that may assign them; the last four change in SQL of one home each."""
SQL_WRITERS = {
    "accounts": {"app/points/ledger_sql.py"},
    "lots": {"app/points/ledger_sql.py"},
    "lot_draws": {"app/points/ledger_sql.py"},
    "transfers": {"app/points/ledger_sql.py"},
    "audit_entries": {"app/audit/entries.py"},
}
"""Tables that only the ledger's statements write; empty accounts are made in ``accounts.py`` besides."""
CORE_WRITERS = {
    "Account": {"app/points/accounts.py"},
    "Lot": set[str](),
    "LotDraw": set[str](),
    "Transfer": set[str](),
    "Reward": {"app/points/goods.py"},
    "StockMovement": {"app/points/goods.py"},
}
"""Tables and the files that may insert or update them through SQLAlchemy."""


def _all(rule: str, found: list[str]) -> None:
    assert not found, f"{rule}:\n" + "\n".join(found)


def test_only_db_commits() -> None:
    found = [
        f"{path}:{line} {name}"
        for path, tree in trees().items()
        for name, line in called_names(tree)
        if name.split(".")[-1] in {"commit", "rollback"} and path != "app/db.py"
    ]
    _all("a session is committed outside app/db.py", found)


@pytest.mark.parametrize("column", sorted(WRITERS))
def test_a_sensitive_column_has_one_writer(column: str) -> None:
    found = [
        f"{path}:{line}"
        for path, tree in trees().items()
        for name, line in assigned_attributes(tree)
        if name == column and path not in WRITERS[column]
    ]
    _all(f".{column} is assigned outside its home", found)


@pytest.mark.parametrize("table", sorted(SQL_WRITERS))
def test_only_the_ledgers_statements_write_its_tables(table: str) -> None:
    writing = re.compile(rf"\b(INSERT INTO|UPDATE|DELETE FROM)\s+{table}\b")
    found = {
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and writing.search(node.value)
    }
    assert found == SQL_WRITERS[table]


@pytest.mark.parametrize("model", sorted(CORE_WRITERS))
def test_only_their_homes_write_the_points_tables(model: str) -> None:
    found = {
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (ast.unparse(node.func) in {"insert", "update", "delete"} and ast.unparse(node.args[0]) == model)
            or (ast.unparse(node.func) == model and not path.startswith("app/models/"))
        )
        and not path.startswith("app/cli/seed/")
    }
    assert found == CORE_WRITERS[model]


def test_only_the_clock_reads_the_time() -> None:
    readers = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    found = [
        f"{path}:{line} {name}"
        for path, tree in trees().items()
        for name, line in called_names(tree)
        if name in readers and path != "app/clock.py"
    ]
    _all("the wall clock is read outside app/clock.py", found)


def test_only_settings_read_the_environment() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"os.environ", "os.getenv"}
        and path != "app/config/settings.py"
    ]
    _all("the environment is read outside app/config/settings.py", found)


def test_randomness_that_people_depend_on_comes_from_secrets() -> None:
    """S-117: random is banned in the product, but for the seed."""
    found = [
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        and any(alias.name == "random" for alias in node.names)
        and not path.startswith("app/cli/seed/")
    ]
    _all("random is imported", found)


def test_imports_stand_at_the_top() -> None:
    found = [
        f"{path}:{inner.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    _all("an import is deferred: the floors are wrong there", found)


@pytest.mark.parametrize("folder", ["app", "tests", "dev", "bench"])
def test_files_stay_about_one_noun(folder: str) -> None:
    found = [
        f"{path}: {lines} lines"
        for path in trees(folder)
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    _all("a file outgrew its reader", found)


@pytest.mark.parametrize(
    "package",
    [
        "places",
        "people",
        "identity",
        "evidence",
        "points",
        "hazards",
        "visits",
        "notices",
        "adapters",
        "typesetting",
        "audit",
    ],
)
def test_the_inside_of_a_package_is_its_own(package: str) -> None:
    found = [
        f"{path}:{node.lineno} {node.module}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(f"app.{package}.")
        and not path.startswith(f"app/{package}/")
    ]
    _all(f"app.{package} is entered by the back door", found)


def test_no_name_could_hold_anything() -> None:
    found = [path for path in trees() if VAGUE_NAMES & set(path.removesuffix(".py").split("/"))]
    _all("a module's name says nothing", found)


def test_requirements_are_named_in_the_form_that_counts() -> None:
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees("tests").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and names_in_vain(ast.get_docstring(node))
    ]
    _all("a docstring names a requirement, and `make sec-check` does not see it", found)


def test_whoever_writes_many_rows_sweeps_them_away() -> None:
    """Their room stays in the table though they are rolled back, and every test after reads through it."""
    found = []
    for path in trees("tests"):
        text = (ROOT / path).read_text(encoding="utf-8")
        fills = "generate_series(" in text or "fill_occurrences(" in text
        if fills and "/test_" in path and path not in __file__ and 'usefixtures("swept")' not in text:
            found.append(path)
    _all("many rows and no `swept`", found)


def test_nothing_is_left_open() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error(")
    found = [
        f"{path}: {mark}"
        for path in trees()
        for mark in marks
        if mark in (ROOT / path).read_text(encoding="utf-8")
    ]
    _all("something is left open", found)


def test_the_edge_writes_through_its_recording() -> None:
    """S-100: a view cannot forget its entry, since its transaction leaves it."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "app.db"
        and any(alias.name == "transaction" for alias in node.names)
        and path.startswith("app/api/")
    ]

    assert [one.partition(":")[0] for one in found] == ["app/api/http/recording.py"]
