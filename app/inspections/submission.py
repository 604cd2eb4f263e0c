"""Filing inspections: one filled checklist, the hazards it raises, and those it finds still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app import harm, plans, policies
from app.actors import Actor
from app.checklists import checklist_serving
from app.clock import now
from app.errors import DomainError, Kind
from app.evidence import Gathered, PhotoOwner, Signals, gather, link_photos
from app.harm import HarmRecord, Told
from app.hazards import Finding, Standing, lock_standing, raise_or_join, tell_new
from app.inspections.answers import Answer, Judged, judged
from app.models import (
    EscapeHelp,
    Household,
    Inspection,
    InspectionAnswer,
    Place,
    PlaceKind,
    PresenceState,
    Resident,
)
from app.once import added_later, content_hash, insert_once, made_before
from app.places import CodeSigner


class ChecklistUnfitError(DomainError):
    """There is no such checklist for this kind of place in this area."""

    code = "checklist_unfit"
    kind = Kind.INVALID


@dataclass(frozen=True)
class InspectionForm:
    """What a worker files."""

    place_id: UUID
    checklist_id: UUID
    answers: Sequence[Answer]
    signals: Signals
    note: str = ""
    photo_ids: Sequence[UUID] = ()
    late_reason: str | None = added_later(None)
    """Why a period of a plan was missed for which it stands in."""

    @property
    def all_photo_ids(self) -> list[UUID]:
        """Photos of the whole and of the answers, each once."""
        named = [*self.photo_ids, *(photo for answer in self.answers for photo in answer.photo_ids)]
        return list(dict.fromkeys(named))


def submit(
    session: Session, actor: Actor, signer: CodeSigner, inspection_id: UUID, form: InspectionForm
) -> tuple[Inspection, list[plans.Resolved] | None]:
    """File an inspection; each problem not corrected on the spot raises a hazard or joins the open one.

    Gives it with what it resolves of plans; None for the latter says that it was filed before.

    The same form again is the inspection it made, though its place moved or its checklist was taken back.
    A new one has its place and its checklist at hand, so that its answer need not ask for them again.

    Raises NotFoundError for a place outside the actor's areas where no occurrence is his,
    ChecklistUnfitError, what ``answers.judged`` raises, OtherContentError.
    """
    sent = content_hash(actor.user_id, form)
    first = made_before(
        session, Inspection, inspection_id, sent, author=Inspection.worker_id, by=actor.user_id
    )
    if first is not None:
        return first, None
    place = plans.place_to_inspect(session, actor, form.place_id, captured_at=form.signals.captured_at)
    checklist = checklist_serving(session, place, form.checklist_id)
    if checklist is None:
        raise ChecklistUnfitError(field="checklist_id")
    found = judged(checklist, form.answers)
    photo_ids = form.all_photo_ids
    gathered = gather(
        session,
        actor,
        signer,
        place,
        form.signals,
        record_id=inspection_id,
        received_at=now(),
        photos=len(photo_ids),
    )
    gathered = policies.with_missing(session, place.area_code, gathered)
    inspection, made = insert_once(
        session,
        Inspection,
        inspection_id,
        sent,
        area_code=place.area_code,
        place_id=place.id,
        checklist_id=checklist.id,
        worker_id=actor.user_id,
        note=form.note,
        late_reason=form.late_reason,
        escape_helps=_escape_helps(place),
        **gathered.columns(),
    )
    resolved = None
    if made:
        set_committed_value(inspection, "place", place)
        set_committed_value(inspection, "checklist", checklist)
        link_photos(
            session, PhotoOwner.INSPECTION, inspection.id, place.area_code, photo_ids, by=actor.user_id
        )
        found.sort(key=lambda one: checklist.key_of(one.item))
        keys = [checklist.key_of(one.item) for one in found if one.raises_hazard]
        standing = lock_standing(session, place.id, keys, found_at=gathered.happened_at) if keys else None
        rows = [_answer(session, actor, inspection, gathered, one, standing) for one in found]
        if rows:
            session.execute(insert(InspectionAnswer), rows)
        _tell(session, actor, inspection, found, rows)
        told = Told(HarmRecord.INSPECTION, inspection.id, inspection.area_code)
        words = [form.note, form.late_reason or "", *(one.written for one in found)]
        harm.watch(session, actor, told, words)
        resolved = plans.resolve(session, inspection, checklist)
    return inspection, resolved


def _escape_helps(place: Place) -> ColumnElement[int] | None:
    """Count in SQL who of a building with homes is there and needs others to get out; None elsewhere."""
    if place.kind is not PlaceKind.RESIDENTIAL:
        return None
    query = (
        select(func.count())
        .select_from(EscapeHelp)
        .join(Resident, Resident.id == EscapeHelp.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .where(
            Household.place_id == place.id,
            EscapeHelp.ended_on.is_(None),
            Resident.presence != PresenceState.AWAY,
        )
    )
    return query.scalar_subquery()


def _answer(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    gathered: Gathered,
    one: Judged,
    standing: Standing | None,
) -> dict[str, Any]:
    """Give the row of one answer, with the hazard it raised or joined."""
    item, answer = one.item, one.answer
    hazard_id, joined = None, False
    if standing is not None and one.raises_hazard:
        found = Finding(inspection.checklist.key_of(item), item, one.told, answer.photo_ids)
        hazard_id, joined = raise_or_join(session, actor, inspection, gathered, found, standing)
    return {
        "inspection_id": inspection.id,
        "item_id": item.id,
        "position": item.position,
        "result": one.result,
        "value": one.kept_value,
        "value_text": one.words,
        "note": answer.note,
        "corrected": answer.corrected,
        "photo_ids": [str(photo_id) for photo_id in answer.photo_ids],
        "hazard_id": hazard_id,
        "recurrence": joined,
    }


def _tell(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    found: Sequence[Judged],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Tell of all hazards that an inspection raised at once; one that was open was told of when it came."""
    levels = {one.item.id: one.item.level for one in found}
    raised = [row for row in rows if row["hazard_id"] is not None and not row["recurrence"]]
    if raised:
        new = {row["hazard_id"]: levels[row["item_id"]] for row in raised}
        tell_new(session, actor, inspection.area_code, new, inspection_id=inspection.id)
