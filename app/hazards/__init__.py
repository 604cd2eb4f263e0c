"""The closed loop of hazards."""

from app.hazards.alarms import RUNNING, take_alarms
from app.hazards.assignees import AssigneeUnfitError, UnitUnfitError
from app.hazards.assignment import (
    AssigneeChangedError,
    Assignment,
    MajorControlsError,
    NotMajorError,
    ReassignReasonError,
    SameAssigneeError,
    assign,
)
from app.hazards.controls import NoControlsNeededError, NoControlsShownError, check_controls, report_controls
from app.hazards.deadlines import MAJOR_CONTROLS_WITHIN, Alarm, DueTimeError, alarms_of
from app.hazards.extensions import (
    ExtensionOpenError,
    ExtensionSpanError,
    ExtensionsUsedError,
    MajorExtensionError,
    NoExtensionAskedError,
    OwnExtensionError,
    ask_extension,
    grant_extension,
    refuse_extension,
)
from app.hazards.figures import HazardCounts, hazard_counts
from app.hazards.filters import HazardFilter, HazardKey, HazardOrder
from app.hazards.hazard_listings import ListedHazard, ShownHazard, hazard, hazards
from app.hazards.history import ShownEvent
from app.hazards.ledger_exports import (
    IN_WORDS,
    LEDGER,
    LedgerTooBigError,
    NewLedgerExport,
    ask_ledger,
    ledger_rows,
)
from app.hazards.map_data import HazardMap, MappedHazard, hazard_map
from app.hazards.merging import KeptHazard
from app.hazards.naming import CATEGORY_NAMES, LEVEL_NAMES, SOURCE_NAMES, STATUS_NAMES
from app.hazards.nearby import RADIUS_M, NearbyHazard, nearby
from app.hazards.raising import CAME_BACK_WITHIN, Finding, raise_or_join
from app.hazards.receipts import Receipt, receipt
from app.hazards.recheck import Recheck, SamePersonError, close, verify
from app.hazards.rectification_notices import (
    NewNotice,
    NoticeGivenError,
    PrintedNotice,
    ShownNotice,
    give_notice,
    printed_notice,
)
from app.hazards.recurrences import EarlierHazard, Recurrence, RecurrenceBy, recurrences
from app.hazards.reporting import HazardReport, PlaceUnnamedError, report
from app.hazards.satisfaction import Rating, RatingOverError, rate, rate_by_receipt
from app.hazards.supervising import NotSupervisedError, answer, supervise
from app.hazards.taking_over import ReportNotHisError, ReportTakenError, take_over
from app.hazards.timeline import PhotoMoment, Timeline, TimelineEntry, timeline
from app.hazards.transferring import Transfer, department_answer, transfer
from app.hazards.triage import (
    DuplicateUnfitError,
    LevelKeptError,
    accept,
    duplicate,
    reject,
)
from app.hazards.unassigning import unassign
from app.hazards.units import (
    MEMBERS_MOST,
    NewUnit,
    ShownUnit,
    UnitChange,
    UnitMemberUnfitError,
    change_unit,
    make_unit,
    units,
)
from app.hazards.work import (
    FiveFixed,
    IncompleteFiveFixedError,
    NotAssigneeError,
    NothingShownError,
    rectify,
    start,
)
from app.models import (
    Department,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    UnitKind,
)

__all__ = [
    "CAME_BACK_WITHIN",
    "CATEGORY_NAMES",
    "IN_WORDS",
    "LEDGER",
    "LEVEL_NAMES",
    "MAJOR_CONTROLS_WITHIN",
    "MEMBERS_MOST",
    "RADIUS_M",
    "RUNNING",
    "SOURCE_NAMES",
    "STATUS_NAMES",
    "Alarm",
    "AssigneeChangedError",
    "AssigneeUnfitError",
    "Assignment",
    "Department",
    "DueTimeError",
    "DuplicateUnfitError",
    "EarlierHazard",
    "ExtensionOpenError",
    "ExtensionSpanError",
    "ExtensionsUsedError",
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
    "KeptHazard",
    "LedgerTooBigError",
    "LevelKeptError",
    "ListedHazard",
    "MajorControlsError",
    "MajorExtensionError",
    "MappedHazard",
    "NearbyHazard",
    "NewLedgerExport",
    "NewNotice",
    "NewUnit",
    "NoControlsNeededError",
    "NoControlsShownError",
    "NoExtensionAskedError",
    "NotAssigneeError",
    "NotMajorError",
    "NotSupervisedError",
    "NothingShownError",
    "NoticeGivenError",
    "OwnExtensionError",
    "PhotoMoment",
    "PlaceUnnamedError",
    "PrintedNotice",
    "Rating",
    "RatingOverError",
    "ReassignReasonError",
    "Receipt",
    "Recheck",
    "Recurrence",
    "RecurrenceBy",
    "ReportNotHisError",
    "ReportTakenError",
    "SameAssigneeError",
    "SamePersonError",
    "ShownEvent",
    "ShownHazard",
    "ShownNotice",
    "ShownUnit",
    "Timeline",
    "TimelineEntry",
    "Transfer",
    "UnitChange",
    "UnitKind",
    "UnitMemberUnfitError",
    "UnitUnfitError",
    "accept",
    "alarms_of",
    "answer",
    "ask_extension",
    "ask_ledger",
    "assign",
    "change_unit",
    "check_controls",
    "close",
    "department_answer",
    "duplicate",
    "give_notice",
    "grant_extension",
    "hazard",
    "hazard_counts",
    "hazard_map",
    "hazards",
    "ledger_rows",
    "make_unit",
    "nearby",
    "printed_notice",
    "raise_or_join",
    "rate",
    "rate_by_receipt",
    "receipt",
    "rectify",
    "recurrences",
    "refuse_extension",
    "reject",
    "report",
    "report_controls",
    "start",
    "supervise",
    "take_alarms",
    "take_over",
    "timeline",
    "transfer",
    "unassign",
    "units",
    "verify",
]
