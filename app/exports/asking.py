"""Asking for a file of the roster: only what a second person agreed to, to the letter (ADR 0017)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import identity
from app.actors import COMMUNITY_DIGITS, Actor
from app.adapters import PhotoStore
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.exports.ending import end_over
from app.exports.rows import rows_of
from app.models import Approval, ApprovalKind, Area, RosterColumn, RosterExport
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError

ROWS_MOST = 20_000
"""Residents in one file, more than any community has: the workbook is made in memory."""


class RosterTooBigError(DomainError):
    """There are more residents than one file may hold (data: ``rows``, ``most``)."""

    code = "roster_too_big"
    kind = Kind.INVALID


class ExportOpenError(DomainError):
    """The actor asked for a file before that is being made or waits for him."""

    code = "export_open"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewExport:
    """Whose residents, what of them, and whether adults' numbers stand there in full."""

    area_code: str
    columns: Sequence[RosterColumn]
    clear: bool

    def payload(self, export_id: UUID) -> dict[str, Any]:
        """Give what an approval is bound to; with the export's id in it, it is good for one export."""
        return {
            "id": str(export_id),
            "area_code": self.area_code,
            "columns": [column.value for column in RosterColumn if column in self.columns],
            "clear": self.clear,
        }


def ask_export(
    session: Session,
    actor: Actor,
    photos: PhotoStore,
    export_id: UUID,
    new: NewExport,
    *,
    approval_id: UUID,
) -> tuple[RosterExport, bool]:
    """Ask for a file that somebody of another role approved; the approval's reason is its purpose.

    Sent again it is the first one, also on the used approval. A person has one open at a time (OWASP
    API4:2023): a second one is refused, and its approval stays good. One that is over stands in no way.

    Raises NotFoundError (the area is outside the actor's), AreaUnknownError (it is no community or grid),
    RosterTooBigError, ExportOpenError, OtherContentError, and what ``identity.use_approval`` raises.
    """
    assert actor.user_id is not None, "who asks is signed in"
    payload = new.payload(export_id)
    sent = content_hash(actor.user_id, approval_id, payload)
    first = made_before(
        session, RosterExport, export_id, sent, author=RosterExport.asked_by, by=actor.user_id
    )
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    if len(new.area_code) < COMMUNITY_DIGITS or session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    rows = rows_of(session, new.area_code)
    if rows > ROWS_MOST:
        raise RosterTooBigError(field="area_code", rows=rows, most=ROWS_MOST)
    approved_by = identity.use_approval(
        session, actor, approval_id, ApprovalKind.ROSTER_EXPORT, payload, again=True
    )
    end_over(session, photos, actor.user_id)
    at = now()
    return insert_once(
        session,
        RosterExport,
        export_id,
        sent,
        taken=ExportOpenError(),
        area_code=new.area_code,
        asked_by=actor.user_id,
        approved_by=approved_by,
        purpose=session.get_one(Approval, approval_id).reason,
        columns=payload["columns"],
        clear=new.clear,
        asked_at=at,
        try_at=at,
    )
