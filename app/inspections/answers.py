"""The answers of an inspection: every item once, as its kind asks, and a problem never without a word."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.errors import DomainError, Kind
from app.models import AnswerResult, Checklist, ChecklistItem, ItemKind
from app.once import added_later

Value = str | int | float | Sequence[str]
"""The code of an option, a figure, words, or the codes of several options."""


class AnswersUnknownError(DomainError):
    """Answers to items that are not on the checklist (data: ``items``, their ids)."""

    code = "answers_unknown"
    kind = Kind.INVALID


class AnswersTwiceError(DomainError):
    """Items answered more than once (data: ``items``, their numbers on the list)."""

    code = "answers_twice"
    kind = Kind.INVALID


class AnswersMissingError(DomainError):
    """Items without an answer, or left empty though they may not be (data: ``items``, their numbers)."""

    code = "answers_missing"
    kind = Kind.INVALID


class AnswersBareError(DomainError):
    """Problems without a note or a photo (data: ``items``, their numbers on the list)."""

    code = "answers_bare"
    kind = Kind.INVALID


class AnswersUnchosenError(DomainError):
    """Choices that are none of the options, or not as many as may be chosen (data: ``items``)."""

    code = "answers_unchosen"
    kind = Kind.INVALID


class AnswersUnmeasuredError(DomainError):
    """Figures that are none, or have too many decimals (data: ``items``)."""

    code = "answers_unmeasured"
    kind = Kind.INVALID


class AnswersUnwrittenError(DomainError):
    """Items that ask for words, and got something else (data: ``items``)."""

    code = "answers_unwritten"
    kind = Kind.INVALID


class AnswersNeedlessError(DomainError):
    """Values for items that take none (data: ``items``)."""

    code = "answers_needless"
    kind = Kind.INVALID


class AnswersFewPhotosError(DomainError):
    """Items that name fewer photos than they ask for (data: ``items``)."""

    code = "answers_few_photos"
    kind = Kind.INVALID


class AnswersJudgedError(DomainError):
    """Results that contradict what was chosen, measured or left empty (data: ``items``)."""

    code = "answers_judged"
    kind = Kind.INVALID


class CorrectedWithoutProblemError(DomainError):
    """Items corrected on the spot that were no problem (data: ``items``, their numbers on the list)."""

    code = "corrected_without_problem"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Answer:
    """One answer to one item; ``corrected`` says that the problem was put right on the spot.

    A check is answered by its result, other kinds by a value or photos, from which the result follows; of
    words and photos somebody may say himself that they show a problem, or by a note alone that there is one.
    """

    item_id: UUID
    result: AnswerResult | None = None
    value: Value | None = added_later(None)
    note: str = ""
    corrected: bool = False
    photo_ids: Sequence[UUID] = ()


@dataclass(frozen=True)
class Judged:
    """An answer with its item, and what it amounts to."""

    item: ChecklistItem
    answer: Answer
    result: AnswerResult | None
    """None where an item that need not be answered was left empty, with a word about it."""
    words: str = ""
    """What was filled in, as a reader sees it."""

    @property
    def raises_hazard(self) -> bool:
        """Say whether the problem is still there."""
        return self.result is AnswerResult.PROBLEM and not self.answer.corrected

    @property
    def told(self) -> str:
        """Say what is wrong: what was filled in, and the note."""
        return "；".join(part for part in (self.words, self.answer.note) if part)

    @property
    def written(self) -> str:
        """Give what somebody wrote himself, and not only chose."""
        return self.told if self.item.kind is ItemKind.TEXT else self.answer.note

    @property
    def kept_value(self) -> Any:
        """Give what is kept beside the words: codes or the figure."""
        return None if self.item.kind is ItemKind.TEXT else self.answer.value


def judged(checklist: Checklist, answers: Sequence[Answer]) -> list[Judged]:
    """Give each item that was answered with its answer and its result, in the order of the list.

    One that need not be answered may be left out or sent empty: nobody said anything of it then.

    Raises AnswersUnknownError, AnswersTwiceError, AnswersMissingError, AnswersNeedlessError,
    AnswersUnchosenError, AnswersUnmeasuredError, AnswersUnwrittenError, AnswersFewPhotosError,
    AnswersJudgedError, AnswersBareError, CorrectedWithoutProblemError.
    """
    by_item = {answer.item_id: answer for answer in answers}
    unknown = by_item.keys() - {item.id for item in checklist.items}
    if unknown:
        raise AnswersUnknownError(field="answers", items="、".join(sorted(map(str, unknown))))
    often = Counter(answer.item_id for answer in answers)
    _refuse(AnswersTwiceError, (item for item in checklist.items if often[item.id] > 1))
    _refuse(AnswersMissingError, (one for one in checklist.items if one.required and one.id not in by_item))
    pairs = [(item, by_item[item.id]) for item in checklist.items if item.id in by_item]
    faults = [(fault, item) for item, answer in pairs if (fault := _fault(item, answer)) is not None]
    for error in dict.fromkeys(fault for fault, _ in faults):
        _refuse(error, (item for fault, item in faults if fault is error))
    found = [
        Judged(item, answer, _result(item, answer), _words(item, answer))
        for item, answer in pairs
        if not _is_empty(item, answer)
    ]
    _refuse(AnswersBareError, (one.item for one in found if _is_bare(one)))
    _refuse(CorrectedWithoutProblemError, (one.item for one in found if _is_contrary(one)))
    return found


def _refuse(error: type[DomainError], items: Iterable[ChecklistItem]) -> None:
    """Raise the error if there are any such items, naming them as the phone's page numbers them."""
    numbers = "、".join(str(item.position) for item in items)
    if numbers:
        raise error(field="answers", items=numbers)


_CHOICES = {ItemKind.SINGLE, ItemKind.MULTIPLE}
_VALUELESS = {ItemKind.CHECK, ItemKind.PHOTO}
_JUDGED_BY_PEOPLE = {ItemKind.TEXT, ItemKind.PHOTO}
_MOST_FIGURE = Decimal(10) ** 9


def _fault(item: ChecklistItem, answer: Answer) -> type[DomainError] | None:
    """Say how an answer does not fit its item, or None."""
    if item.kind in _VALUELESS and answer.value is not None:
        return AnswersNeedlessError
    if _is_skipped(item, answer):
        if item.required or (item.kind is ItemKind.CHECK and answer.photo_ids):
            return AnswersMissingError
        if answer.result is AnswerResult.PROBLEM:
            return None if item.kind in _JUDGED_BY_PEOPLE else AnswersJudgedError
        return AnswersJudgedError if answer.result is AnswerResult.OK else None
    if item.kind is ItemKind.CHECK:
        return None
    return _misfit(item, answer) or (AnswersJudgedError if _is_misjudged(item, answer) else None)


def _is_skipped(item: ChecklistItem, answer: Answer) -> bool:
    """Say whether what an item asks for was left empty."""
    if item.kind is ItemKind.CHECK:
        return answer.result is None
    if item.kind is ItemKind.PHOTO:
        return not answer.photo_ids
    return answer.value is None or answer.value in ("", [])


def _is_empty(item: ChecklistItem, answer: Answer) -> bool:
    """Say whether nothing at all was said of an item that need not be answered."""
    said = answer.result is not None or answer.note or answer.photo_ids or answer.corrected
    return _is_skipped(item, answer) and not said


def _misfit(item: ChecklistItem, answer: Answer) -> type[DomainError] | None:
    value = answer.value
    if item.kind in _CHOICES:
        return (
            None
            if _are_options(item, [value] if item.kind is ItemKind.SINGLE else value)
            else AnswersUnchosenError
        )
    if item.kind is ItemKind.NUMBER:
        return None if _is_figure(item, value) else AnswersUnmeasuredError
    if item.kind is ItemKind.TEXT:
        return None if isinstance(value, str) else AnswersUnwrittenError
    return AnswersFewPhotosError if _lacks_photos(item, answer) else None


def _lacks_photos(item: ChecklistItem, answer: Answer) -> bool:
    """Say whether pictures are too few; a problem with what need not be answered has any number of them."""
    may_be_few = not item.required and answer.result is AnswerResult.PROBLEM
    return len(set(answer.photo_ids)) < item.photos and not may_be_few


def _are_options(item: ChecklistItem, chosen: Any) -> bool:
    if not isinstance(chosen, list) or not all(isinstance(code, str) for code in chosen):
        return False
    return len(set(chosen)) == len(chosen) and set(chosen) <= _texts(item).keys()


def _is_figure(item: ChecklistItem, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    figure = _figure(value)
    return abs(figure) <= _MOST_FIGURE and figure == round(figure, item.decimals)


def _is_misjudged(item: ChecklistItem, answer: Answer) -> bool:
    """Say whether a result was sent that the value contradicts; words and pictures are judged by people."""
    if answer.result is None:
        return False
    if item.kind is ItemKind.NUMBER or item.kind in _CHOICES:
        return answer.result is not _result(item, answer)
    return answer.result is AnswerResult.NOT_APPLICABLE


def _result(item: ChecklistItem, answer: Answer) -> AnswerResult | None:
    if _is_skipped(item, answer):
        return answer.result
    if item.kind is ItemKind.NUMBER:
        figure = _figure(answer.value)
        is_low = item.least is not None and figure < item.least
        is_high = item.most is not None and figure > item.most
        return AnswerResult.PROBLEM if is_low or is_high else AnswerResult.OK
    if item.kind in _CHOICES:
        chosen = _codes(answer)
        is_problem = any(one["problem"] and one["code"] in chosen for one in item.options)
        return AnswerResult.PROBLEM if is_problem else AnswerResult.OK
    return answer.result or AnswerResult.OK


def _words(item: ChecklistItem, answer: Answer) -> str:
    if item.kind in _VALUELESS or _is_skipped(item, answer):
        return ""
    if item.kind is ItemKind.NUMBER:
        return f"{_figure(answer.value):f}{item.unit}"
    if item.kind in _CHOICES:
        chosen = _codes(answer)
        return "、".join(text for code, text in _texts(item).items() if code in chosen)
    return str(answer.value)


def _figure(value: Any) -> Decimal:
    return Decimal(str(value))


def _codes(answer: Answer) -> Sequence[str]:
    return [answer.value] if isinstance(answer.value, str) else answer.value  # type: ignore[return-value]


def _texts(item: ChecklistItem) -> dict[str, str]:
    return {one["code"]: one["text"] for one in item.options}


def _is_bare(one: Judged) -> bool:
    is_told = one.words or one.answer.note or one.answer.photo_ids
    return one.result is AnswerResult.PROBLEM and not is_told


def _is_contrary(one: Judged) -> bool:
    return one.answer.corrected and one.result is not AnswerResult.PROBLEM
