"""Every refusal has its Chinese sentence, and no sentence is left over."""

import re
from string import Formatter

from flask import Flask

from app.api.http.problems import _HTTP_CODES
from app.api.http.sentences import SENTENCES
from app.errors import DomainError, Kind

_OF_THE_EDGE = {*_HTTP_CODES.values(), "internal", "unreadable", "database_away"}


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
    assert [code for code, sentence in SENTENCES.items() if not re.search("请|要|还缺", sentence)] == []


def test_every_refusal_of_too_many_can_say_how_long() -> None:
    """S-126: with Retry-After."""
    many = [error for error in _all_errors() if error.kind is Kind.TOO_MANY]

    assert many
    assert [error.code for error in many if "retry_after_s" not in (error.__doc__ or "")] == []


def test_sentences_are_chinese_and_short() -> None:
    for code, sentence in SENTENCES.items():
        assert re.search(r"[\u4e00-\u9fff]", sentence), code
        assert len(sentence) <= 60, code
        assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(sentence)), code
