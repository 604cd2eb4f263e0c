"""What a draft begins with: the version that it replaces, and the list above that it copies."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.checklists.listings import checklist, newest
from app.checklists.sheets import DraftSheet
from app.errors import DomainError, Kind, NotFoundError
from app.models import Checklist, ChecklistDraft


class DraftOutdatedError(DomainError):
    """The version that the draft replaces is not the newest of its list."""

    code = "draft_outdated"
    kind = Kind.CONFLICT


class DraftFixedError(DomainError):
    """Area, code or kind of place of a draft, which stay as they were when it was begun."""

    code = "draft_fixed"
    kind = Kind.INVALID


class CopyUnfitError(DomainError):
    """What a list is copied from is none of an area above, or another list than before."""

    code = "copy_unfit"
    kind = Kind.INVALID


def basis(session: Session, actor: Actor, sheet: DraftSheet) -> Checklist | None:
    """Give the list that a draft begins with: the version it replaces, or the one it copies.

    Raises DraftOutdatedError, CopyUnfitError.
    """
    former = newest(session, sheet.area_code, sheet.code)
    if (former.id if former else None) != sheet.base_id:
        raise DraftOutdatedError(field="base_id")
    if former is not None and former.kind is not sheet.kind:
        raise DraftFixedError(field="kind")
    if sheet.copied_from_id is None:
        return former
    try:
        copied = checklist(session, actor, sheet.copied_from_id)
    except NotFoundError:
        raise CopyUnfitError(field="copied_from_id") from None
    is_above = len(copied.area_code) < len(sheet.area_code) and sheet.area_code.startswith(copied.area_code)
    if not is_above or (copied.code, copied.kind) != (sheet.code, sheet.kind):
        raise CopyUnfitError(field="copied_from_id")
    if former is not None and former.origin_area_code != copied.owner:
        raise CopyUnfitError(field="copied_from_id")
    return former or copied


def origin(session: Session, row: ChecklistDraft, former: Checklist | None) -> str | None:
    """Give whose list it was first copied from: all versions of a copy keep that."""
    if former is not None:
        return former.origin_area_code
    if row.copied_from_id is None:
        return None
    return session.get_one(Checklist, row.copied_from_id).owner


def followed(begun_with: Checklist | None) -> UUID | None:
    """Give what a list follows that a draft begins with."""
    return begun_with.copied_from_id if begun_with else None
