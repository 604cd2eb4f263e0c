"""The answers of an inspection: every item once, and a problem never without a word or a picture."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.errors import DomainError, Kind
from app.models import AnswerResult, Checklist, ChecklistItem


class AnswersUnknownError(DomainError):
    """Answers to items that are not on the checklist (data: ``items``, their ids)."""

    code = "answers_unknown"
    kind = Kind.INVALID


class AnswersTwiceError(DomainError):
    """Items answered more than once (data: ``items``, their numbers on the list)."""

    code = "answers_twice"
    kind = Kind.INVALID


class AnswersMissingError(DomainError):
    """Items without an answer (data: ``items``, their numbers on the list)."""

    code = "answers_missing"
    kind = Kind.INVALID


class AnswersBareError(DomainError):
    """Problems without a note or a photo (data: ``items``, their numbers on the list)."""

    code = "answers_bare"
    kind = Kind.INVALID


class CorrectedWithoutProblemError(DomainError):
    """Items corrected on the spot that were no problem (data: ``items``, their numbers on the list)."""

    code = "corrected_without_problem"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Answer:
    """One answer to one item; ``corrected`` says that the problem was put right on the spot."""

    item_id: UUID
    result: AnswerResult
    note: str = ""
    corrected: bool = False
    photo_ids: Sequence[UUID] = ()

    @property
    def raises_hazard(self) -> bool:
        """Say whether the problem is still there."""
        return self.result is AnswerResult.PROBLEM and not self.corrected


def paired(checklist: Checklist, answers: Sequence[Answer]) -> list[tuple[ChecklistItem, Answer]]:
    """Give each item with its answer, in the order of the list.

    Raises AnswersUnknownError, AnswersTwiceError, AnswersMissingError, AnswersBareError,
    CorrectedWithoutProblemError.
    """
    by_item = {answer.item_id: answer for answer in answers}
    unknown = by_item.keys() - {item.id for item in checklist.items}
    if unknown:
        raise AnswersUnknownError(field="answers", items="、".join(sorted(map(str, unknown))))
    often = Counter(answer.item_id for answer in answers)
    _refuse(AnswersTwiceError, (item for item in checklist.items if often[item.id] > 1))
    _refuse(AnswersMissingError, (item for item in checklist.items if item.id not in by_item))
    pairs = [(item, by_item[item.id]) for item in checklist.items]
    _refuse(AnswersBareError, (item for item, answer in pairs if _is_bare(answer)))
    _refuse(CorrectedWithoutProblemError, (item for item, answer in pairs if _is_contrary(answer)))
    return pairs


def _refuse(error: type[DomainError], items: Iterable[ChecklistItem]) -> None:
    """Raise the error if there are any such items, naming them as the phone's page numbers them."""
    numbers = "、".join(str(item.position) for item in items)
    if numbers:
        raise error(field="answers", items=numbers)


def _is_bare(answer: Answer) -> bool:
    return answer.result is AnswerResult.PROBLEM and not answer.note and not answer.photo_ids


def _is_contrary(answer: Answer) -> bool:
    return answer.corrected and answer.result is not AnswerResult.PROBLEM
