"""The closed loop of hazards."""

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
from app.hazards.deadlines import DueTimeError
from app.hazards.hazard_listings import HazardFilter, ListedHazard, ShownEvent, ShownHazard, hazard, hazards
from app.hazards.raising import Finding, raise_or_join
from app.hazards.receipts import Receipt, receipt
from app.hazards.recheck import Recheck, SamePersonError, close, verify
from app.hazards.reporting import HazardReport, PlaceUnnamedError, report
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
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
)

__all__ = [
    "AssigneeChangedError",
    "AssigneeUnfitError",
    "Assignment",
    "DueTimeError",
    "DuplicateUnfitError",
    "Finding",
    "FiveFixed",
    "HazardCategory",
    "HazardFilter",
    "HazardLevel",
    "HazardReport",
    "HazardSource",
    "HazardStatus",
    "HazardStep",
    "IncompleteFiveFixedError",
    "LevelKeptError",
    "ListedHazard",
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
    "ShownEvent",
    "ShownHazard",
    "accept",
    "assign",
    "close",
    "duplicate",
    "hazard",
    "hazards",
    "raise_or_join",
    "receipt",
    "rectify",
    "reject",
    "report",
    "start",
    "unassign",
    "verify",
]
