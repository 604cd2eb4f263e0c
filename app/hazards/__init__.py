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
from app.hazards.figures import HazardCounts, hazard_counts
from app.hazards.filters import HazardFilter, HazardKey, HazardOrder
from app.hazards.hazard_listings import ListedHazard, ShownHazard, hazard, hazards
from app.hazards.history import ShownEvent
from app.hazards.map_data import HazardMap, MappedHazard, hazard_map
from app.hazards.raising import Finding, raise_or_join
from app.hazards.receipts import Receipt, receipt
from app.hazards.recheck import Recheck, SamePersonError, close, verify
from app.hazards.reporting import HazardReport, PlaceUnnamedError, report
from app.hazards.timeline import PhotoMoment, Timeline, TimelineEntry, timeline
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
    "HazardCounts",
    "HazardFilter",
    "HazardKey",
    "HazardLevel",
    "HazardMap",
    "HazardOrder",
    "HazardReport",
    "HazardSource",
    "HazardStatus",
    "HazardStep",
    "IncompleteFiveFixedError",
    "LevelKeptError",
    "ListedHazard",
    "MajorControlsError",
    "MappedHazard",
    "NotAssigneeError",
    "NotMajorError",
    "NothingShownError",
    "PhotoMoment",
    "PlaceUnnamedError",
    "ReassignReasonError",
    "Receipt",
    "Recheck",
    "SameAssigneeError",
    "SamePersonError",
    "ShownEvent",
    "ShownHazard",
    "Timeline",
    "TimelineEntry",
    "accept",
    "assign",
    "close",
    "duplicate",
    "hazard",
    "hazard_counts",
    "hazard_map",
    "hazards",
    "raise_or_join",
    "receipt",
    "rectify",
    "reject",
    "report",
    "start",
    "timeline",
    "unassign",
    "verify",
]
