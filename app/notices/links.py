"""Which record a notice is about: whoever may read more than its sentence opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_RECORDS = (
    "harm_case_id",
    "hazard_id",
    "claim_id",
    "redemption_id",
    "follow_up_id",
    "visit_id",
    "approval_id",
)
"""What a notice is about goes before what it names besides; then any other record, and last ``_BESIDES``."""
_BESIDES = ("care_record_id", "resident_id", "user_id")
_NO_RECORD = {"by_id"}
_CALLED = {
    "request": "binding_request",
    "ticket": "viewing_ticket",
    "export": "roster_export",
    "import": "roster_import",
}


@dataclass(frozen=True, slots=True)
class Link:
    """The record that a notice is about."""

    kind: str
    id: str


def link_of(data: Mapping[str, Any]) -> Link | None:
    """Name the record that a notice is about, if it names one."""
    named = {name for name, value in data.items() if name.endswith("_id") and value} - _NO_RECORD
    others = sorted(named - {*_RECORDS, *_BESIDES})
    for name in (*_RECORDS, *others, *_BESIDES):
        if name in named:
            kind = name.removesuffix("_id")
            return Link(_CALLED.get(kind, kind), str(data[name]))
    return None
