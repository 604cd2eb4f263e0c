"""The product's own sources, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@cache
def trees(folder: str = "app") -> dict[str, ast.Module]:
    """Give each Python file of a folder, by its path from the root, as a syntax tree."""
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"no sources in {folder}"
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def assigned_attributes(tree: ast.Module) -> list[tuple[str, int]]:
    """Give every ``something.name = ...`` (also ``+=`` and unpacking) as name and line."""
    found = []
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            found += [
                (part.attr, part.lineno)
                for part in ast.walk(target)
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
            ]
    return found


def called_names(tree: ast.Module) -> list[tuple[str, int]]:
    """Give every call as its dotted name, as far as it is dotted, and its line."""
    return [(ast.unparse(node.func), node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Call)]
