"""Where chance comes from, and that the rule about it can fail."""

import ast

import pytest

from tests.architecture.sources import trees

_MODULES = {"random", "numpy.random"}
_GUESSABLE = {"uuid1", "uuid3", "uuid6"}


def faults(tree: ast.Module) -> list[str]:
    """Give every use of chance that somebody could guess."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in _MODULES]
        elif isinstance(node, ast.ImportFrom):
            found += [str(node.module)] if node.module in _MODULES else []
            found += [alias.name for alias in node.names if alias.name in _GUESSABLE]
        elif isinstance(node, ast.Attribute) and node.attr in _GUESSABLE:
            found.append(node.attr)
    return found


def test_no_chance_in_the_product_can_be_guessed() -> None:
    """S-117: neither random nor ids made of the clock and the machine, but for the seed."""
    found = {path: bad for path, tree in trees().items() if (bad := faults(tree))}

    assert {path for path in found if not path.startswith("app/cli/seed/")} == set()


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "import random as chance",
        "from uuid import uuid1",
        "import uuid\nx = uuid.uuid1()",
    ],
)
def test_the_rule_can_fail(source: str) -> None:
    """S-117: each way of writing it is seen."""
    assert len(faults(ast.parse(source))) == 1
