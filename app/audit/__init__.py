"""The audit trail: who did what, kept so that a later change of it is found and named."""

from app.audit.chain import Head, checkpoint, link
from app.audit.copies import CopyBrokenError, append_copy, copies_in
from app.audit.cutting import Beginning, Cut, CutRefusedError, beginning, cut, drop, last_cut, place_to_cut
from app.audit.entries import AuditAwayError, Entry, area_of, record
from app.audit.findings import Finding, FindingKind
from app.audit.keys import AuditKeys
from app.audit.listings import (
    Filters,
    NotVerifiedYetError,
    entries,
    keep_verification,
    last_checkpoint,
    last_verification,
)
from app.audit.verifying import Signed, Verifier
from app.models import AuditCheckpoint, AuditEntry, AuditResult, AuditVerification

__all__ = [
    "AuditAwayError",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditKeys",
    "AuditResult",
    "AuditVerification",
    "Beginning",
    "CopyBrokenError",
    "Cut",
    "CutRefusedError",
    "Entry",
    "Filters",
    "Finding",
    "FindingKind",
    "Head",
    "NotVerifiedYetError",
    "Signed",
    "Verifier",
    "append_copy",
    "area_of",
    "beginning",
    "checkpoint",
    "copies_in",
    "cut",
    "drop",
    "entries",
    "keep_verification",
    "last_checkpoint",
    "last_cut",
    "last_verification",
    "link",
    "place_to_cut",
    "record",
]
