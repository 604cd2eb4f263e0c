"""Chinese texts that people see are punctuated as Chinese is: full width."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, trees

_CHINESE = "[\u3400-\u9fff]"
_CODE = re.compile(r"^```.*?^```|`[^`]*`", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"\]\([^)]*\)|\*\*")
"""Where a link leads, and what makes a text bold: neither is read as punctuation."""
_WORDS = "app/harm/words.py"
"""Nothing but patterns, most of them without a backslash."""
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
        if path != _WORDS
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


def _read(markdown: str) -> str:
    """Give a page as it is read: a Chinese sign stands for each piece of code, as many lines as it had."""
    return _ADDRESS.sub("", _CODE.sub(lambda code: "码" + "\n" * code[0].count("\n"), markdown))


def test_the_chinese_readme_has_full_width_punctuation() -> None:
    lines = _read((ROOT / "README.zh-CN.md").read_text(encoding="utf-8")).splitlines()

    assert [f"{line} {text}" for line, text in enumerate(lines, start=1) if _HALF_WIDTH.search(text)] == []


@pytest.mark.parametrize(
    "text, found",
    [
        ("**巡查**:网格员扫码", True),
        ("运行 `make run`,再等", True),
        ("见[说明](docs/api.md),再看", True),
        ("```\nmake run, then wait\n```", False),
        ("见[说明](docs/api.md#a,b)，运行 `make (a, b)`。", False),
    ],
)
def test_the_rule_reads_a_page_as_people_do(text: str, *, found: bool) -> None:
    assert bool(_HALF_WIDTH.search(_read(text))) == found


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
