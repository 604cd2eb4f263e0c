"""What a verification of the trail may find."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class FindingKind(StrEnum):
    """What is wrong."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_INSERTED = "entry_inserted"
    ENTRY_UNLINKED = "entry_unlinked"
    LINK_CHANGED = "link_changed"
    LINKS_MISSING = "links_missing"
    CHECKPOINT_CHANGED = "checkpoint_changed"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_DIFFERS = "checkpoint_differs"


_SENTENCES = {
    FindingKind.ENTRY_CHANGED: "Entry {entry_id}, number {number}, is not as it was written.",
    FindingKind.ENTRY_MISSING: "Entry {entry_id}, number {number}, is missing.",
    FindingKind.ENTRY_INSERTED: "Entry {entry_id} was not written by this program.",
    FindingKind.ENTRY_UNLINKED: "Entry {entry_id} has had no number for too long: its link was removed, or "
    "the job that links does not run, or not yet since a restore (docs/operations.md, To restore, 8).",
    FindingKind.LINK_CHANGED: "Link {number}, of entry {entry_id}, does not follow from the link before.",
    FindingKind.LINKS_MISSING: "Links {number} to {last} are missing.",
    FindingKind.CHECKPOINT_CHANGED: "The checkpoint at {number} is not as it was signed.",
    FindingKind.CHECKPOINT_MISSING: "The checkpoint at {number} is in the copy, not in the database.",
    FindingKind.CHECKPOINT_DIFFERS: "Link {number} is not the one that the checkpoint at {number} saw.",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where."""

    kind: FindingKind
    number: int | None = None
    """Of the link, or of the first of several."""
    last: int | None = None
    entry_id: UUID | None = None

    def __str__(self) -> str:
        """Say it in a sentence."""
        return _SENTENCES[self.kind].format(**asdict(self))

    def plain(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        entry_id = None if self.entry_id is None else str(self.entry_id)
        return {"kind": self.kind.value, "number": self.number, "last": self.last, "entry_id": entry_id}
