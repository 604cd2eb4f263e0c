"""Taking the ledger of hazards out as a file: for a purpose, and a large one by two people (ADR 0017)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import identity
from app.actors import Actor
from app.adapters import PhotoStore, Sink
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.exports import ExportKind, ExportOpenError, Mark, end_over, write_workbook
from app.hazards.filters import HazardFilter
from app.hazards.ledger_pictures import PICTURED_MOST, LedgerPictures
from app.hazards.ledger_rows import COLUMNS, ledger_count, ledger_lines
from app.hazards.ledger_words import ledger_in_words, names_of
from app.identity import Permission
from app.models import (
    ApprovalKind,
    Area,
    ExportFailure,
    HazardCategory,
    HazardExport,
    HazardLevel,
    HazardSource,
    HazardStatus,
    NoticeKind,
)
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError
from app.sealing import Sealer

LEDGER_ROWS_MOST = 20_000
"""Hazards in one file, which is made in memory."""
FREE_ROWS = 200
"""What one person takes out on a day without a second one (GB/T 45574)."""
DAY = timedelta(hours=24)
IN_WORDS = {
    ExportFailure.FAULT: "系统出了问题，试了几次都没有做成，请告诉系统管理员，修好后重新导出",
    ExportFailure.LATE: "过了24小时还没有做成，请重新导出",
    ExportFailure.TOO_BIG: f"条数多了：没有审批最多{FREE_ROWS}条，最多{LEDGER_ROWS_MOST}条，请重新导出",
    ExportFailure.NO_FUNCTION: "您已经不管这个地方的隐患，不能再导出",
}
"""What whoever asked reads, and what he can do."""
_SHEET = "隐患台账"
_NOTE = "不含上报居民和群众的姓名。只能用于上面写的用途，用完请删除。"
_IDS = ("place_id", "assignee_id", "unit_id")
LEDGER_MORE = (
    *_IDS,
    "item_key",
    "due_within_days",
    "recurring",
    "lacks_photos",
    "satisfaction",
    "supervised",
    "extension_asked",
    "text",
)
"""What stands in a wish only where it was asked for: one sent before it could be is the same still."""
_MOMENTS = ("reported_since", "reported_until", "closed_since", "closed_until")


class LedgerTooBigError(DomainError):
    """There are more hazards than one file may hold (data: ``most``)."""

    code = "ledger_too_big"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewLedgerExport:
    """Which hazards of which area, and what for."""

    area_code: str
    purpose: str
    wanted: dict[str, Any]
    """Of ``HazardFilter``, as JSON has it: words, and moments in UTC."""

    def payload(self, export_id: UUID) -> dict[str, Any]:
        """Give what an approval is bound to; with the export's id in it, it is good for one export."""
        return {"id": str(export_id), **vars(self)}


def ask_ledger(
    session: Session,
    actor: Actor,
    photos: PhotoStore,
    export_id: UUID,
    new: NewLedgerExport,
    *,
    approval_id: UUID | None,
) -> tuple[HazardExport, bool]:
    """Ask for a file; with what the actor took within a day, more than 200 hazards need an approval.

    Sent again it is the first one. A person has one open at a time.

    Raises NotFoundError (the area is outside the actor's), AreaUnknownError, LedgerTooBigError,
    ExportOpenError, OtherContentError, and what ``identity.use_approval`` raises.
    """
    assert actor.user_id is not None, "who asks is signed in"
    payload = new.payload(export_id)
    sent = content_hash(actor.user_id, approval_id, payload)
    by = actor.user_id
    first = made_before(session, HazardExport, export_id, sent, author=HazardExport.asked_by, by=by)
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    if session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    rows = ledger_rows(session, new.area_code, new.wanted)
    if rows > LEDGER_ROWS_MOST:
        raise LedgerTooBigError(field="area_code", most=LEDGER_ROWS_MOST)
    approved_by = None
    if approval_id is not None or rows + _taken(session, by) > FREE_ROWS:
        kind = ApprovalKind.HAZARD_EXPORT
        approved_by = identity.use_approval(session, actor, approval_id, kind, payload, again=True)
    end_over(session, photos, by, table=HazardExport)
    at = now()
    return insert_once(
        session,
        HazardExport,
        export_id,
        sent,
        taken=ExportOpenError(),
        area_code=new.area_code,
        asked_by=by,
        approved_by=approved_by,
        purpose=new.purpose,
        wanted=new.wanted,
        asked_at=at,
        try_at=at,
    )


def ledger_rows(session: Session, area_code: str, wanted: dict[str, Any]) -> int:
    """Count the hazards of a file, no further than one more than it may hold."""
    return ledger_count(session, _filter(area_code, wanted), most=LEDGER_ROWS_MOST)


def _taken(session: Session, user_id: UUID) -> int:
    """Count what somebody had made for him within a day that nobody agreed to."""
    rows = select(func.sum(HazardExport.row_count)).where(
        HazardExport.asked_by == user_id,
        HazardExport.asked_at > now() - DAY,
        HazardExport.approved_by.is_(None),
    )
    return session.scalar(rows) or 0


def _filter(area_code: str, wanted: dict[str, Any]) -> HazardFilter:
    level = wanted["level"]
    spans: dict[str, Any] = {name: datetime.fromisoformat(wanted[name]) for name in _MOMENTS if wanted[name]}
    more: dict[str, Any] = {name: wanted[name] for name in LEDGER_MORE if name in wanted}
    more |= {name: UUID(more[name]) for name in _IDS if name in more}
    return HazardFilter(
        area_code=area_code,
        status=[HazardStatus(word) for word in wanted["status"]],
        source=[HazardSource(word) for word in wanted["source"]],
        category=[HazardCategory(word) for word in wanted["category"]],
        level=HazardLevel(level) if level else None,
        overdue=wanted["overdue"],
        **spans,
        **more,
    )


def _is_too_big(session: Session, row: HazardExport) -> bool:
    most = FREE_ROWS if row.approved_by is None else LEDGER_ROWS_MOST
    return ledger_count(session, _filter(row.area_code, row.wanted), most=most) > most


def _write(
    session: Session,
    sealer: Sealer,  # noqa: ARG001 - of a kind
    photos: PhotoStore,
    row: HazardExport,
    mark: Mark,
    sink: Sink,
) -> int:
    wanted = _filter(row.area_code, row.wanted)
    pictures = LedgerPictures(photos, hazards=ledger_count(session, wanted, most=PICTURED_MOST))
    told = ledger_lines(session, wanted, pictures)
    which = ledger_in_words(row.wanted, names_of(session, [(row.area_code, row.wanted)])[0])

    def note() -> str:
        return f"内容：{which}。{_NOTE}{pictures.note}"  # known of pictures once all lines are there

    return write_workbook(sink, mark, COLUMNS, told, sheet=_SHEET, note=note)


LEDGER = ExportKind(
    HazardExport,
    Permission.HAZARD_EXPORT,
    NoticeKind.HAZARD_EXPORT,
    named="hazard_export_id",
    is_too_big=_is_too_big,
    write=_write,
)
