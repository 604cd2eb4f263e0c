"""Pages go on from a key: no statement of the product counts rows off from the beginning."""

import ast
import re

import pytest

from tests.architecture.sources import trees

_SQL = re.compile(r"\bOFFSET\b")
_EXCUSED = {"app/identity/sessions.py"}
"""Ends all console sessions of one account but the newest ones, of which there are a few."""


def skips(tree: ast.Module) -> list[int]:
    """Give the lines that skip rows: ``.offset(...)``, ``.slice(...)`` or OFFSET in a statement's text."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"offset", "slice"}
        )
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value))
    ]


def test_no_list_skips_rows() -> None:
    """S-125: keyset pagination: OFFSET would read all pages before the one that is asked for."""
    assert {path for path, tree in trees().items() if skips(tree)} == _EXCUSED


@pytest.mark.parametrize(
    "source",
    [
        "select(Hazard).offset(20)",
        "query.limit(20).offset(after)",
        "query.slice(20, 40)",
        "text('SELECT id FROM hazards LIMIT 20 OFFSET 40')",
    ],
)
def test_the_rule_can_fail(source: str) -> None:
    """S-125: each way of writing it is seen."""
    assert skips(ast.parse(source)) == [1]
