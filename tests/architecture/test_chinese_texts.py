"""Chinese texts that people see are punctuated as Chinese is: full width."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, trees

_CHINESE = "[\u3400-\u9fff]"
_HALF_WIDTH = re.compile(rf"(?<={_CHINESE})[,;:?!()]|[,;:?!()](?={_CHINESE})")


def _literals(tree: ast.Module) -> list[tuple[str, int]]:
    """Give every text of a module but docstrings, which are English and may gloss a term, and patterns.

    A text with a backslash in it is a pattern: nobody is shown one.
    """
    nodes = list(ast.walk(tree))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [
        (str(text.value), text.lineno)
        for text in texts
        if id(text) not in docstrings and "\\" not in str(text.value)
    ]


def test_texts_in_the_code_have_full_width_punctuation() -> None:
    found = [
        f"{path}:{line} {text}"
        for path, tree in trees().items()
        for text, line in _literals(tree)
        if _HALF_WIDTH.search(text)
    ]
    assert not found, "\n".join(found)


def test_pages_have_full_width_punctuation() -> None:
    pages = sorted((ROOT / "app").rglob("*.html"))
    assert pages
    found = [
        f"{page.relative_to(ROOT)}:{line}"
        for page in pages
        for line, text in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
        if _HALF_WIDTH.search(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text, found",
    [
        ('x = "没有找到,请核对"', True),
        ('x = f"还缺:{missing}"', True),
        ('x = f"{used}分,还剩"', True),
        ('x = "(一户)"', True),
        ('x = "没有找到，请核对"', False),
        ('x = "如 2026-11-24T08:00:00+08:00"', False),
        (r'x = r"\d{4}(年|-)"', False),
        ('def f() -> None:\n    """Half (半角) in a docstring, where English is written."""', False),
    ],
)
def test_the_rule_finds_what_it_should(text: str, *, found: bool) -> None:
    assert any(_HALF_WIDTH.search(literal) for literal, _ in _literals(ast.parse(text))) == found
