"""Inspections: a checklist filled at a place, and what it found."""

from app.inspections.answers import (
    Answer,
    AnswersBareError,
    AnswersFewPhotosError,
    AnswersJudgedError,
    AnswersMissingError,
    AnswersNeedlessError,
    AnswersTwiceError,
    AnswersUnchosenError,
    AnswersUnknownError,
    AnswersUnmeasuredError,
    AnswersUnwrittenError,
    CorrectedWithoutProblemError,
    Value,
)
from app.inspections.listings import (
    InspectionFilter,
    ListedInspection,
    ShownAnswer,
    ShownInspection,
    inspection,
    inspections,
    whole_inspection,
)
from app.inspections.submission import ChecklistUnfitError, InspectionForm, submit
from app.models import AnswerResult

__all__ = [
    "Answer",
    "AnswerResult",
    "AnswersBareError",
    "AnswersFewPhotosError",
    "AnswersJudgedError",
    "AnswersMissingError",
    "AnswersNeedlessError",
    "AnswersTwiceError",
    "AnswersUnchosenError",
    "AnswersUnknownError",
    "AnswersUnmeasuredError",
    "AnswersUnwrittenError",
    "ChecklistUnfitError",
    "CorrectedWithoutProblemError",
    "InspectionFilter",
    "InspectionForm",
    "ListedInspection",
    "ShownAnswer",
    "ShownInspection",
    "Value",
    "inspection",
    "inspections",
    "submit",
    "whole_inspection",
]
