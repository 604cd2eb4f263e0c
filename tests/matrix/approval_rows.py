"""Rows of approvals, written straight into the tables."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.clock import now
from app.ids import new_id
from app.models import (
    Approval,
    ApprovalKind,
    ApprovalState,
    HazardExport,
    ImportState,
    RosterExport,
    RosterImport,
)
from app.once import content_hash
from tests.matrix.side import Side


class ApprovalRows(Side):
    """Writes what a second person is asked."""

    def batch(self) -> dict[str, Any]:
        """Give a batch of corrections for the household."""
        item = {"id": str(new_id()), "household_id": str(self.household_id), "points": 5}
        return {"area_code": self.community, "reason": "年底核对", "items": [item]}

    def roster(self, export_id: UUID) -> dict[str, Any]:
        """Give what an export of the community's roster is bound to."""
        columns = ["door", "name", "phone"]
        return {"id": str(export_id), "area_code": self.community, "columns": columns, "clear": False}

    def switch(self, step_id: UUID) -> dict[str, Any]:
        """Give what turning on a policy switch of the community is bound to."""
        return {
            "id": str(step_id),
            "area_code": self.community,
            "switch": "photo_compulsory",
            "purpose": "防汛留痕",
            "legal_basis": "县政府2026年第8号文件",
        }

    def export(self, *, is_over: bool = False) -> UUID:
        """Write that ``admin`` asked for a file of the roster, as ``county`` approved; one may be open."""
        export_id, at = new_id(), now()
        over: dict[str, Any] = {"ready_at": at, "expires_at": at, "ended_at": at} if is_over else {}
        self.add(
            RosterExport(
                id=export_id,
                area_code=self.community,
                asked_by=self.user("admin"),
                approved_by=self.user("county"),
                purpose="核对入住名单",
                columns=["door", "name", "phone"],
                clear=False,
                asked_at=at,
                try_at=at,
                content_hash=b"",
                **over,
            )
        )
        return export_id

    def roster_import(self, *, is_over: bool = False, is_checked: bool = False) -> UUID:
        """Write that ``admin`` sent a workbook; one may be open."""
        import_id, at = new_id(), now()
        checked: dict[str, Any] = {"state": ImportState.CHECKED, "checked_at": at, "rows_total": 0}
        over: dict[str, Any] = {"state": ImportState.OVER, "ended_at": at}
        self.add(
            RosterImport(
                id=import_id,
                area_code=self.community,
                asked_by=self.user("admin"),
                asked_at=at,
                try_at=at,
                expires_at=at,
                content_hash=b"",
                **(over if is_over else checked if is_checked else {}),
            )
        )
        return import_id

    def ledger_export(self, *, is_over: bool = False) -> UUID:
        """Write that ``admin`` asked for a file of the ledger of hazards; one may be open."""
        export_id, at = new_id(), now()
        over: dict[str, Any] = {"ready_at": at, "expires_at": at, "ended_at": at} if is_over else {}
        wanted: dict[str, Any] = {"status": [], "source": [], "category": [], "level": None, "overdue": False}
        spans = ("reported_since", "reported_until", "closed_since", "closed_until")
        self.add(
            HazardExport(
                id=export_id,
                area_code=self.community,
                asked_by=self.user("admin"),
                purpose="季度台账归档",
                wanted=wanted | dict.fromkeys(spans),
                asked_at=at,
                try_at=at,
                content_hash=b"",
                **over,
            )
        )
        return export_id

    def approval(
        self,
        payload: dict[str, Any] | None = None,
        *,
        kind: ApprovalKind = ApprovalKind.POINTS_BULK,
        is_approved: bool = False,
    ) -> UUID:
        """Write an approval asked for by ``admin``, of a batch unless told otherwise.

        ``county`` decided on it if so wanted.
        """
        approval_id, payload = new_id(), payload or self.batch()
        decided: dict[str, Any] = {}
        if is_approved:
            decided = {
                "state": ApprovalState.APPROVED,
                "decided_by": self.user("county"),
                "decided_at": now(),
            }
        self.add(
            Approval(
                id=approval_id,
                kind=kind,
                area_code=self.community,
                payload=payload,
                payload_hash=content_hash(payload),
                reason="年底",
                asked_by=self.user("admin"),
                asked_at=now(),
                expires_at=now() + timedelta(hours=72),
                content_hash=b"",
                **decided,
            )
        )
        return approval_id
