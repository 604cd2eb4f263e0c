"""Whether a visit's answers fit its form."""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from app.errors import DomainError, Kind

MOST_SIGNS = 500
"""Length of a text answer where the form names none (``most``)."""
LEAST_NUMBER, MOST_NUMBER = 0, 9999
"""Bounds of a number where the form names none (``least``, ``most``)."""


class FieldKind(StrEnum):
    """How a question of a form is answered."""

    CHOICE = "choice"
    MULTI = "multi"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


class AnswerUnknownError(DomainError):
    """The form has no such question (data: ``field``)."""

    code = "answer_unknown"
    kind = Kind.INVALID


class AnswerMissingError(DomainError):
    """A question that must be answered is not (data: ``field``, ``label``)."""

    code = "answer_missing"
    kind = Kind.INVALID


class AnswerWrongError(DomainError):
    """The answer is of another kind, or none of the options (data: ``field``, ``label``)."""

    code = "answer_wrong"
    kind = Kind.INVALID


class AnswerRangeError(DomainError):
    """The number is out of bounds (data: ``field``, ``label``, ``least``, ``most``)."""

    code = "answer_range"
    kind = Kind.INVALID


class AnswerLongError(DomainError):
    """The text is too long (data: ``field``, ``label``, ``most``)."""

    code = "answer_long"
    kind = Kind.INVALID


Question = dict[str, Any]


def check_answers(questions: Sequence[Question], answers: dict[str, Any], *, complete: bool) -> None:
    """Check the answers against the questions; ``complete`` asks for every required one.

    Raises AnswerUnknownError, AnswerMissingError, AnswerWrongError, AnswerRangeError, AnswerLongError; each
    names the first answer at fault as ``answers.<key>``.
    """
    known = {question["key"] for question in questions}
    for key in answers:
        if key not in known:
            raise AnswerUnknownError(field=f"answers.{key}")
    for question in questions:
        at = {"field": f"answers.{question['key']}", "label": question["label"]}
        answer = answers.get(question["key"])
        if question["required"] and complete and answer in (None, "", []):
            raise AnswerMissingError(**at)
        if answer is not None:
            _CHECKS[FieldKind(question["kind"])](question, answer, at)


def _choice(question: Question, answer: Any, at: Question) -> None:
    if answer not in [option["value"] for option in question["options"]]:
        raise AnswerWrongError(**at)


def _multi(question: Question, answer: Any, at: Question) -> None:
    if not isinstance(answer, list) or len(set(map(str, answer))) != len(answer):
        raise AnswerWrongError(**at)
    for one in answer:
        _choice(question, one, at)


def _text(question: Question, answer: Any, at: Question) -> None:
    if not isinstance(answer, str):
        raise AnswerWrongError(**at)
    most = question.get("most", MOST_SIGNS)
    if len(answer) > most:
        raise AnswerLongError(**at, most=most)


def _number(question: Question, answer: Any, at: Question) -> None:
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not math.isfinite(answer):
        raise AnswerWrongError(**at)
    least, most = question.get("least", LEAST_NUMBER), question.get("most", MOST_NUMBER)
    if not least <= answer <= most:
        raise AnswerRangeError(**at, least=least, most=most)


def _boolean(_question: Question, answer: Any, at: Question) -> None:
    if not isinstance(answer, bool):
        raise AnswerWrongError(**at)


_CHECKS: dict[FieldKind, Callable[[Question, Any, Question], None]] = {
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI: _multi,
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.BOOLEAN: _boolean,
}
