"""Drafts: written by whoever edits, published as the next version of a list, or given up."""

from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.actors import Actor
from app.checklists.beginnings import DraftFixedError, DraftOutdatedError, basis, followed, origin
from app.checklists.comparing import Changes, compared, head_of
from app.checklists.listings import checklist, newest
from app.checklists.sheets import DraftSheet, ItemSheet, plain_items, plain_items_of, rows_of
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.ids import new_id
from app.models import Area, Checklist, ChecklistDraft, ChecklistItem, Plan
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError


class ChecklistPlannedError(DomainError):
    """A plan that goes on asks for the list, and no other version of it serves there (data: ``plan``)."""

    code = "checklist_planned"
    kind = Kind.CONFLICT


class DraftChangedError(DomainError):
    """Somebody wrote the draft since (data: ``revision``, the present one)."""

    code = "draft_changed"
    kind = Kind.CONFLICT


class DraftOpenError(DomainError):
    """The list has a draft that is being written already."""

    code = "draft_open"
    kind = Kind.CONFLICT


class DraftEndedError(DomainError):
    """The draft was published or discarded."""

    code = "draft_ended"
    kind = Kind.CONFLICT


class DraftEmptyError(DomainError):
    """A draft without a question."""

    code = "draft_empty"
    kind = Kind.INVALID


class DraftUnchangedError(DomainError):
    """A draft that says what the published version says."""

    code = "draft_unchanged"
    kind = Kind.CONFLICT


def write(
    session: Session, actor: Actor, draft_id: UUID, revision: int, sheet: DraftSheet
) -> tuple[ChecklistDraft, bool]:
    """Begin a draft (``revision`` 0), or replace what it says if nobody did since that revision.

    The same again is the first one, though the actor's areas are others or the draft ended since.

    Raises NotFoundError outside the actor's areas, AreaUnknownError, ItemCodesTwiceError, CopyUnfitError,
    DraftChangedError, DraftOpenError, DraftEndedError, DraftOutdatedError, DraftFixedError and
    OtherContentError.
    """
    sent = content_hash(actor.user_id, revision, sheet)
    first = made_before(session, ChecklistDraft, draft_id, sent)
    if first is not None:
        return first, False
    if not actor.scope.covers(sheet.area_code):
        raise NotFoundError(field="area_code")
    row = _find(session, actor, draft_id, lock=True)
    if row is None:
        return _begin(session, actor, draft_id, revision, sheet, sent)
    check_open(row, revision)
    if (row.area_code, row.code, row.kind) != (sheet.area_code, sheet.code, sheet.kind):
        raise DraftFixedError(field="code")
    begun_with = basis(session, actor, sheet)
    row.base_id, row.copied_from_id = sheet.base_id, sheet.copied_from_id or followed(begun_with)
    row.title, row.source = sheet.title, sheet.source
    if sheet.items is not None:
        row.items = plain_items(row.id, sheet.items)
    wrote(row, sent)
    return row, False


def replace_items(
    session: Session, actor: Actor, draft_id: UUID, revision: int, items: list[ItemSheet]
) -> ChecklistDraft:
    """Let a draft ask these items and no others; what it asks already is no new revision.

    Raises NotFoundError, ItemCodesTwiceError, DraftChangedError, DraftEndedError.
    """
    row = draft(session, actor, draft_id, lock=True)
    plain = plain_items(row.id, items)
    if row.ended_at is None and plain == row.items:
        return row
    check_open(row, revision)
    row.items = plain
    wrote(row, content_hash(actor.user_id, revision, plain))
    return row


def draft(session: Session, actor: Actor, draft_id: UUID, *, lock: bool = False) -> ChecklistDraft:
    """Give one draft. Raises NotFoundError outside the actor's areas."""
    row = _find(session, actor, draft_id, lock=lock)
    if row is None:
        raise NotFoundError
    return row


def open_drafts(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[ChecklistDraft]:
    """List the drafts that are being written in the actor's areas, the newest first."""
    query = (
        select(ChecklistDraft)
        .where(actor.scope.clause(ChecklistDraft.area_code), ChecklistDraft.ended_at.is_(None))
        .order_by(ChecklistDraft.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(ChecklistDraft.id < after)
    return list(session.scalars(query))


def draft_changes(session: Session, actor: Actor, draft_id: UUID, *, since_id: UUID | None) -> Changes:
    """Say what a draft has otherwise than a version: the one it replaces, or copies, unless another is named.

    Raises NotFoundError.
    """
    row = draft(session, actor, draft_id)
    since_id = since_id or row.base_id or row.copied_from_id
    head = {"title": row.title, "source": row.source}
    if since_id is None:
        return compared(head, [], head, row.items)
    before = checklist(session, actor, since_id)
    return compared(head_of(before), plain_items_of(before), head, row.items)


def publish(session: Session, actor: Actor, draft_id: UUID, revision: int) -> ChecklistDraft:
    """Make the draft the next version of its list, from this moment; the version before is retired by it.

    Raises NotFoundError, DraftChangedError, DraftEndedError, DraftOutdatedError, DraftEmptyError,
    DraftUnchangedError.
    """
    row = draft(session, actor, draft_id, lock=True)
    if row.checklist_id is not None:
        return row
    check_open(row, revision)
    if not row.items:
        raise DraftEmptyError
    former = newest(session, row.area_code, row.code)
    if (former.id if former else None) != row.base_id:
        raise DraftOutdatedError(field="base_id")
    if former is not None and _says_the_same(row, former):
        raise DraftUnchangedError
    at = now()
    made = Checklist(
        id=new_id(),
        area_code=row.area_code,
        code=row.code,
        kind=row.kind,
        title=row.title,
        source=row.source,
        version=former.version + 1 if former else 1,
        published_at=at,
        copied_from_id=row.copied_from_id,
        origin_area_code=origin(session, row, former),
        items=[ChecklistItem(id=new_id(), **columns) for columns in rows_of(row.items)],
    )
    session.add(made)
    if former is not None and former.retired_at is None:
        former.retired_at = at
    session.flush()
    row.checklist_id, row.ended_at = made.id, at
    return row


def discard(session: Session, actor: Actor, draft_id: UUID, revision: int) -> ChecklistDraft:
    """Give a draft up; it stays readable.

    Raises NotFoundError, DraftChangedError, DraftEndedError for a published one.
    """
    row = draft(session, actor, draft_id, lock=True)
    if row.ended_at is None or row.checklist_id is not None:
        check_open(row, revision)
        row.ended_at = now()
    return row


def retire(session: Session, actor: Actor, checklist_id: UUID) -> Checklist:
    """Take a list out of use; a copy's places have the list above again. What is retired stays so.

    Raises NotFoundError for a list that is not of the actor's areas, ChecklistPlannedError.
    """
    row = checklist(session, actor, checklist_id)
    if actor.scope.covers(row.area_code) and row.retired_at is None:
        _keep(session, row)
        _check_unplanned(session, row)
    retired = update(Checklist).where(
        Checklist.id == checklist_id,
        actor.scope.clause(Checklist.area_code),
        Checklist.retired_at.is_(None),
    )
    session.execute(retired.values(retired_at=now()))
    row = checklist(session, actor, checklist_id)
    if not actor.scope.covers(row.area_code):
        raise NotFoundError
    return row


def check_open(row: ChecklistDraft, revision: int) -> None:
    """Refuse to write over a draft that ended, or another revision of it."""
    if row.ended_at is not None:
        raise DraftEndedError
    if row.revision != revision:
        raise DraftChangedError(field="revision", revision=row.revision)


def wrote(row: ChecklistDraft, sent: bytes) -> None:
    """Note that a draft says something else now."""
    row.revision += 1
    row.content_hash = sent
    row.written_at = now()


def _keep(session: Session, row: Checklist) -> None:
    """Lock a list, all its versions and copies: no plan is made for it meanwhile, none retired beside."""
    owner = func.coalesce(Checklist.origin_area_code, Checklist.area_code)
    query = select(Checklist.id).where(owner == row.owner, Checklist.code == row.code).order_by(Checklist.id)
    session.execute(query.with_for_update(key_share=True))


def _check_unplanned(session: Session, row: Checklist) -> None:
    """Refuse to retire a list that a plan asks for where nothing else serves: nobody could fill it."""
    other = aliased(Checklist)
    serves = exists().where(
        other.id != row.id,
        other.code == row.code,
        func.coalesce(other.origin_area_code, other.area_code) == row.owner,
        other.published_at <= now(),
        other.retired_at.is_(None),
        func.starts_with(Plan.area_code, other.area_code),
    )
    title = session.scalar(
        select(Plan.title)
        .where(
            Plan.checklist_area_code == row.owner,
            Plan.checklist_code == row.code,
            Plan.area_code.startswith(row.area_code),
            or_(Plan.ends_on.is_(None), Plan.ends_on >= business_day()),
            ~serves,
        )
        .order_by(Plan.id)
        .limit(1)
    )
    if title is not None:
        raise ChecklistPlannedError(plan=title)


def _find(session: Session, actor: Actor, draft_id: UUID, *, lock: bool) -> ChecklistDraft | None:
    query = select(ChecklistDraft).where(
        ChecklistDraft.id == draft_id, actor.scope.clause(ChecklistDraft.area_code)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _begin(
    session: Session, actor: Actor, draft_id: UUID, revision: int, sheet: DraftSheet, sent: bytes
) -> tuple[ChecklistDraft, bool]:
    if revision != 0:
        raise NotFoundError
    if session.get(Area, sheet.area_code) is None:
        raise AreaUnknownError(field="area_code")
    begun_with = basis(session, actor, sheet)
    items = plain_items_of(begun_with) if begun_with else []
    if sheet.items is not None:
        items = plain_items(draft_id, sheet.items)
    return insert_once(
        session,
        ChecklistDraft,
        draft_id,
        sent,
        taken=DraftOpenError(field="code"),
        area_code=sheet.area_code,
        code=sheet.code,
        kind=sheet.kind,
        title=sheet.title,
        source=sheet.source,
        items=items,
        base_id=sheet.base_id,
        copied_from_id=sheet.copied_from_id or followed(begun_with),
        revision=1,
        written_at=now(),
    )


def _says_the_same(row: ChecklistDraft, former: Checklist) -> bool:
    head = {"title": row.title, "source": row.source}
    found = compared(head_of(former), plain_items_of(former), head, row.items)
    return found.are_none and row.copied_from_id == former.copied_from_id
