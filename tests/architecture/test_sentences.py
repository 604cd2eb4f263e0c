"""Every refusal has its Chinese sentence, and no sentence is left over."""

import ast
import re
from importlib import import_module
from string import Formatter

import pytest
from flask import Flask

from app.api.http.problems import _HTTP_CODES
from app.api.http.sentences import SENTENCES
from app.errors import DomainError, Kind
from tests.architecture.sources import trees

_OF_THE_EDGE = {*_HTTP_CODES.values(), "internal", "unreadable", "database_away"}
_WHAT_TO_DO = re.compile("(?<!申)请|(?<![不需只])要(?![过求])|还缺")
"""A request, or what must be; not 申请, 不要, 还需要, and not that so long must pass (要过30分钟)."""


def _all_errors(parent: type[DomainError] = DomainError) -> set[type[DomainError]]:
    """Give every error that can be raised: those with a code of their own."""
    found: set[type[DomainError]] = set()
    for child in parent.__subclasses__():
        found |= _all_errors(child) | ({child} if "code" in vars(child) else set())
    return found


def test_every_code_has_a_sentence_and_every_sentence_a_code(app: Flask) -> None:
    assert app.name == "app", "the application loads every package"
    codes = {error.code for error in _all_errors()}

    assert codes | _OF_THE_EDGE == set(SENTENCES)


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in _all_errors()]

    assert sorted(codes) == sorted(set(codes))


def test_every_sentence_says_what_to_do() -> None:
    """Whoever is refused reads what to mend, or whom to turn to."""
    assert [code for code, sentence in SENTENCES.items() if not _WHAT_TO_DO.search(sentence)] == []


@pytest.mark.parametrize("said", ["密码不对，要过30分钟", "您的申请还需要审批", "不要这样", "还没有轮到您"])
def test_what_only_tells_is_no_word_of_what_to_do(said: str) -> None:
    assert not _WHAT_TO_DO.search(said)


def test_every_refusal_of_too_many_says_how_long() -> None:
    """S-126: with Retry-After, wherever one is made."""
    many = {error for error in _all_errors() if error.kind is Kind.TOO_MANY}
    made = [one for file, tree in trees().items() for one in _made(file, tree, many)]

    assert {error for error, *_ in made} == many
    assert [(file, line) for _, file, line, says in made if not says] == []


def _made(
    file: str, tree: ast.Module, errors: set[type[DomainError]]
) -> list[tuple[type[DomainError], str, int, bool]]:
    """Give where these errors are made, file and line, and whether they say how long.

    A class that is raised or returned without being called is an error without data.
    """
    names, found = {error.__name__: error for error in errors}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            made: ast.expr | None = node.func
        elif isinstance(node, ast.Raise | ast.Return):
            made = node.exc if isinstance(node, ast.Raise) else node.value
        else:
            continue
        name = ast.unparse(made).split(".") if isinstance(made, ast.Name | ast.Attribute) else [""]
        error = names.get(name[-1])
        if error is None or _meant(file, name) is not error:
            continue
        says = isinstance(node, ast.Call) and any(word.arg == "retry_after_s" for word in node.keywords)
        found.append((error, file, node.lineno, says))
    return found


def _meant(file: str, name: list[str]) -> object:
    """Give what a dotted name means in a file: an adapter's error may be called as one of ours."""
    meant: object = import_module(file.removesuffix(".py").replace("/", "."))
    for part in name:
        meant = getattr(meant, part)
    return meant


def test_sentences_are_chinese_and_short() -> None:
    for code, sentence in SENTENCES.items():
        assert re.search(r"[\u4e00-\u9fff]", sentence), code
        assert len(sentence) <= 60, code
        assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(sentence)), code
