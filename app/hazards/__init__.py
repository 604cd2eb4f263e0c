"""Checklists, inspections, and the closed loop of hazards."""

from app.hazards.answers import (
    Answer,
    AnswersBareError,
    AnswersMissingError,
    AnswersTwiceError,
    AnswersUnknownError,
    CorrectedWithoutProblemError,
)
from app.hazards.assignees import AssigneeUnfitError
from app.hazards.assignment import (
    AssigneeChangedError,
    Assignment,
    MajorControlsError,
    NotMajorError,
    ReassignReasonError,
    SameAssigneeError,
    assign,
)
from app.hazards.checklist_listings import checklist, checklists
from app.hazards.deadlines import DueTimeError
from app.hazards.hazard_listings import HazardFilter, ListedHazard, ShownEvent, ShownHazard, hazard, hazards
from app.hazards.inspection_listings import (
    InspectionFilter,
    ListedInspection,
    ShownAnswer,
    ShownInspection,
    inspection,
    inspections,
    whole_inspection,
)
from app.hazards.receipts import Receipt, receipt
from app.hazards.recheck import Recheck, SamePersonError, close, verify
from app.hazards.reporting import HazardReport, PlaceUnnamedError, report
from app.hazards.submission import ChecklistUnfitError, InspectionForm, submit
from app.hazards.triage import (
    DuplicateUnfitError,
    LevelKeptError,
    accept,
    duplicate,
    reject,
)
from app.hazards.unassigning import unassign
from app.hazards.work import (
    FiveFixed,
    IncompleteFiveFixedError,
    NotAssigneeError,
    NothingShownError,
    rectify,
    start,
)
from app.models import (
    AnswerResult,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
)

__all__ = [
    "Answer",
    "AnswerResult",
    "AnswersBareError",
    "AnswersMissingError",
    "AnswersTwiceError",
    "AnswersUnknownError",
    "AssigneeChangedError",
    "AssigneeUnfitError",
    "Assignment",
    "ChecklistUnfitError",
    "CorrectedWithoutProblemError",
    "DueTimeError",
    "DuplicateUnfitError",
    "FiveFixed",
    "HazardCategory",
    "HazardFilter",
    "HazardLevel",
    "HazardReport",
    "HazardSource",
    "HazardStatus",
    "HazardStep",
    "IncompleteFiveFixedError",
    "InspectionFilter",
    "InspectionForm",
    "LevelKeptError",
    "ListedHazard",
    "ListedInspection",
    "MajorControlsError",
    "NotAssigneeError",
    "NotMajorError",
    "NothingShownError",
    "PlaceUnnamedError",
    "ReassignReasonError",
    "Receipt",
    "Recheck",
    "SameAssigneeError",
    "SamePersonError",
    "ShownAnswer",
    "ShownEvent",
    "ShownHazard",
    "ShownInspection",
    "accept",
    "assign",
    "checklist",
    "checklists",
    "close",
    "duplicate",
    "hazard",
    "hazards",
    "inspection",
    "inspections",
    "receipt",
    "rectify",
    "reject",
    "report",
    "start",
    "submit",
    "unassign",
    "verify",
    "whole_inspection",
]
