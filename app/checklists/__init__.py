"""Checklists: the versioned questions for each kind of place, and the drafts of their next versions."""

from app.checklists.beginnings import CopyUnfitError, DraftFixedError, DraftOutdatedError
from app.checklists.comparing import Changes, changes
from app.checklists.drafts import (
    DraftChangedError,
    DraftEmptyError,
    DraftEndedError,
    DraftOpenError,
    DraftUnchangedError,
    discard,
    draft,
    draft_changes,
    open_drafts,
    publish,
    replace_items,
    retire,
    write,
)
from app.checklists.following import DraftTooLongError, follow
from app.checklists.listings import checklist, checklist_serving, checklists, newer_above
from app.checklists.sheets import (
    MOST_ITEMS,
    DraftSheet,
    ItemCodesTwiceError,
    ItemSheet,
    OptionSheet,
    plain_items_of,
)
from app.checklists.workbook import (
    ReadItems,
    WorkbookHeadingsError,
    WorkbookTooLongError,
    as_workbook,
    read_items,
)
from app.models import Checklist, ChecklistDraft, ItemKind

__all__ = [
    "MOST_ITEMS",
    "Changes",
    "Checklist",
    "ChecklistDraft",
    "CopyUnfitError",
    "DraftChangedError",
    "DraftEmptyError",
    "DraftEndedError",
    "DraftFixedError",
    "DraftOpenError",
    "DraftOutdatedError",
    "DraftSheet",
    "DraftTooLongError",
    "DraftUnchangedError",
    "ItemCodesTwiceError",
    "ItemKind",
    "ItemSheet",
    "OptionSheet",
    "ReadItems",
    "WorkbookHeadingsError",
    "WorkbookTooLongError",
    "as_workbook",
    "changes",
    "checklist",
    "checklist_serving",
    "checklists",
    "discard",
    "draft",
    "draft_changes",
    "follow",
    "newer_above",
    "open_drafts",
    "plain_items_of",
    "publish",
    "read_items",
    "replace_items",
    "retire",
    "write",
]
