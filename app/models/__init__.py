"""All tables, in one place to import them from."""

from app.models.account_event import AccountEvent, AccountStep
from app.models.approval import Approval, ApprovalKind, ApprovalState
from app.models.area import DIGITS, Area, AreaLevel
from app.models.audit import AuditCheckpoint, AuditEntry, AuditLink, AuditResult, AuditVerification
from app.models.base import Base, ClockFlag, Datum, Presence
from app.models.binding import (
    NOT_HIM,
    Binding,
    BindingCode,
    BindingEnd,
    BindingRequest,
    BindingRequestState,
    BindingWay,
)
from app.models.care import (
    CareCategory,
    CareEvent,
    CareLevel,
    CareRecord,
    CareStep,
    LeavingReason,
    SaidBy,
    Willingness,
)
from app.models.care_count import CareCount
from app.models.category_deadline import CategoryDeadline
from app.models.checklist import Checklist, ChecklistItem, ItemKind
from app.models.checklist_draft import ChecklistDraft
from app.models.child_protection import HARM_RECORDS, HarmCase, HarmRecord, ViewingTicket
from app.models.claim import CLAIM_NEXT, Claim, ClaimEvent, ClaimStatus, ClaimStep
from app.models.closing import Closing, ClosingState
from app.models.consent import Consent, ConsentChannel, ConsentPurpose, ConsentText
from app.models.correction import Correction, CorrectionField
from app.models.credential import Invitation, RefreshToken, SecondFactor, SignInCode, SignInTries
from app.models.deletion import Deletion, DeletionKind
from app.models.escape_help import EscapeHelp
from app.models.freezing import FROZEN_TOO
from app.models.guardianship import GuardianRelation, Guardianship
from app.models.hazard import (
    HAZARD_ENDED,
    HAZARD_IN_HAND,
    HAZARD_NEXT,
    HAZARD_OPEN,
    HAZARD_PUT_RIGHT,
    HAZARD_UNCONFIRMED,
    HAZARD_WAITING,
    Department,
    Hazard,
    HazardCategory,
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
)
from app.models.hazard_alarm import AlarmKind, HazardAlarm
from app.models.hazard_export import HazardExport
from app.models.hazard_step import HAZARD_QUIET, HazardStep
from app.models.household import UNPREPARED, Household, LeftWhy, PresenceState, Relation, Resident, Sex
from app.models.inspection import AnswerResult, Inspection, InspectionAnswer
from app.models.message import OVER, CreditEnding, MessageAcceptance, MessageCredit, MessageSend, SendState
from app.models.notice import Notice, NoticeKind
from app.models.notice_settings import NoticeSettings
from app.models.occurrence import Absence, AbsenceReason, Occurrence, OccurrenceState, ToldOpening
from app.models.own_data import OwnCopy
from app.models.own_request import OwnRequest, OwnRequestState
from app.models.photo import (
    MatchKind,
    MatchVerdict,
    Photo,
    PhotoLink,
    PhotoMatch,
    PhotoOwner,
    PhotoPrint,
    Quarantine,
)
from app.models.place import Place, PlaceCode, PlaceKind
from app.models.plan import OnDayOff, Plan, PlanEvent, PlanFrequency, PlanStep
from app.models.points_ledger import Account, AccountKind, Lot, LotDraw, SourceKind, Transfer, TransferKind
from app.models.policy_switch import PolicyChange, PolicySwitch
from app.models.presence import Challenge, DeviceMark, WitnessCode, WitnessUse
from app.models.proxy import Proxy, ProxyEnd, ProxyRelation, ProxyState, ProxyWord
from app.models.rectification_notice import RectificationNotice
from app.models.removal import Removal, RemovalKind
from app.models.reveal import Reveal, RevealField
from app.models.roster_change import RosterChange, RosterChangeKind
from app.models.roster_export import RosterColumn, RosterExport
from app.models.roster_import import (
    ImportFailure,
    ImportOutcome,
    ImportRow,
    ImportRowState,
    ImportSheet,
    ImportState,
    RosterImport,
)
from app.models.route import Route
from app.models.rule import AutomaticSource, CapOf, Evidence, Period, Rule, Verifier
from app.models.session import EndReason, SessionKind, SignIn
from app.models.shop import REDEMPTION_NEXT, Redemption, RedemptionStatus, Reward, StockMovement, StockReason
from app.models.spot_check import SpotCheck, SpotCheckRecord, SpotCheckStatus, SpotCheckWeek
from app.models.taken_out import ExportFailure, ExportState, TakenOut
from app.models.unit import Unit, UnitEvent, UnitKind, UnitMember
from app.models.user import Grant, User
from app.models.visit import Confirmation, FollowUp, Visit, VisitBasis, VisitForm, VisitMode, VisitOutcome
from app.models.weather import WeatherAlert, WeatherCall, WeatherKind
from app.models.wechat import WeChatApp, WeChatLink
from app.models.wechat_event import WeChatEvent, WeChatEventState
from app.models.work import Employment, WageBand, WorkPlace, WorkSource, WorkState, WorkWay
from app.models.work_count import WorkCount, WorkMeasure

__all__ = ["CLAIM_NEXT", "DIGITS", "FROZEN_TOO", "HARM_RECORDS", "HAZARD_ENDED", "HAZARD_IN_HAND"]
__all__ += ["HAZARD_NEXT", "HAZARD_OPEN", "HAZARD_PUT_RIGHT", "HAZARD_QUIET", "HAZARD_UNCONFIRMED"]
__all__ += ["HAZARD_WAITING", "NOT_HIM", "OVER", "REDEMPTION_NEXT", "UNPREPARED"]
__all__ += ["Employment", "WageBand", "WorkCount", "WorkMeasure", "WorkPlace", "WorkSource"]
__all__ += ["WorkState", "WorkWay"]
__all__ += [
    "Absence",
    "AbsenceReason",
    "Account",
    "AccountEvent",
    "AccountKind",
    "AccountStep",
    "AlarmKind",
    "AnswerResult",
    "Approval",
    "ApprovalKind",
    "ApprovalState",
    "Area",
    "AreaLevel",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditLink",
    "AuditResult",
    "AuditVerification",
    "AutomaticSource",
    "Base",
    "Binding",
    "BindingCode",
    "BindingEnd",
    "BindingRequest",
    "BindingRequestState",
    "BindingWay",
    "CapOf",
    "CareCategory",
    "CareCount",
    "CareEvent",
    "CareLevel",
    "CareRecord",
    "CareStep",
    "CategoryDeadline",
    "Challenge",
    "Checklist",
    "ChecklistDraft",
    "ChecklistItem",
    "Claim",
    "ClaimEvent",
    "ClaimStatus",
    "ClaimStep",
    "ClockFlag",
    "Closing",
    "ClosingState",
    "Confirmation",
    "Consent",
    "ConsentChannel",
    "ConsentPurpose",
    "ConsentText",
    "Correction",
    "CorrectionField",
    "CreditEnding",
    "Datum",
    "Deletion",
    "DeletionKind",
    "Department",
    "DeviceMark",
    "EndReason",
    "EscapeHelp",
    "Evidence",
    "ExportFailure",
    "ExportState",
    "FollowUp",
    "Grant",
    "GuardianRelation",
    "Guardianship",
    "HarmCase",
    "HarmRecord",
    "Hazard",
    "HazardAlarm",
    "HazardCategory",
    "HazardEvent",
    "HazardExport",
    "HazardLevel",
    "HazardSource",
    "HazardStatus",
    "HazardStep",
    "Household",
    "ImportFailure",
    "ImportOutcome",
    "ImportRow",
    "ImportRowState",
    "ImportSheet",
    "ImportState",
    "Inspection",
    "InspectionAnswer",
    "Invitation",
    "ItemKind",
    "LeavingReason",
    "LeftWhy",
    "Lot",
    "LotDraw",
    "MatchKind",
    "MatchVerdict",
    "MessageAcceptance",
    "MessageCredit",
    "MessageSend",
    "Notice",
    "NoticeKind",
    "NoticeSettings",
    "Occurrence",
    "OccurrenceState",
    "OnDayOff",
    "OwnCopy",
    "OwnRequest",
    "OwnRequestState",
    "Period",
    "Photo",
    "PhotoLink",
    "PhotoMatch",
    "PhotoOwner",
    "PhotoPrint",
    "Place",
    "PlaceCode",
    "PlaceKind",
    "Plan",
    "PlanEvent",
    "PlanFrequency",
    "PlanStep",
    "PolicyChange",
    "PolicySwitch",
    "Presence",
    "PresenceState",
    "Proxy",
    "ProxyEnd",
    "ProxyRelation",
    "ProxyState",
    "ProxyWord",
    "Quarantine",
    "RectificationNotice",
    "Redemption",
    "RedemptionStatus",
    "RefreshToken",
    "Relation",
    "Removal",
    "RemovalKind",
    "Resident",
    "Reveal",
    "RevealField",
    "Reward",
    "RosterChange",
    "RosterChangeKind",
    "RosterColumn",
    "RosterExport",
    "RosterImport",
    "Route",
    "Rule",
    "SaidBy",
    "SecondFactor",
    "SendState",
    "SessionKind",
    "Sex",
    "SignIn",
    "SignInCode",
    "SignInTries",
    "SourceKind",
    "SpotCheck",
    "SpotCheckRecord",
    "SpotCheckStatus",
    "SpotCheckWeek",
    "StockMovement",
    "StockReason",
    "TakenOut",
    "ToldOpening",
    "Transfer",
    "TransferKind",
    "Unit",
    "UnitEvent",
    "UnitKind",
    "UnitMember",
    "User",
    "Verifier",
    "ViewingTicket",
    "Visit",
    "VisitBasis",
    "VisitForm",
    "VisitMode",
    "VisitOutcome",
    "WeChatApp",
    "WeChatEvent",
    "WeChatEventState",
    "WeChatLink",
    "WeatherAlert",
    "WeatherCall",
    "WeatherKind",
    "Willingness",
    "WitnessCode",
    "WitnessUse",
]
