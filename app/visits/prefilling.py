"""What holds from one visit to the next: whoever makes the next one enters what changed, and no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, select
from sqlalchemy.orm import Session

from app import harm
from app.actors import Actor
from app.errors import DomainError, Kind
from app.models import CareRecord, Visit, VisitForm, VisitOutcome
from app.sealing import Opener
from app.visits.answers import AnswerUnknownError, Question, check_answers
from app.visits.care_shown import ShownCare, seen_care_record
from app.visits.forms import forms_in_force
from app.visits.leave import Leave, leave_to_read
from app.visits.sealed import answers_of

_COMPLETE = frozenset({VisitOutcome.SEEN_WELL, VisitOutcome.FINE_BY_PHONE, VisitOutcome.NEEDS_REFERRAL})
"""Outcomes with which the whole form was asked."""


class NotNewestVisitError(DomainError):
    """What is said to be unchanged was not told by the last complete visit before this one."""

    code = "not_newest_visit"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class VisitDraft:
    """A care record with the form in force, and the visit whose lasting answers the next one begins with."""

    record: CareRecord
    form: VisitForm | None
    visit: Visit | None
    leave: Leave | None = None


def visit_draft(session: Session, actor: Actor, record_id: UUID) -> VisitDraft:
    """Give what the next visit to somebody begins with. Raises as ``seen_care_record`` does."""
    (draft,) = visit_drafts(session, actor, [seen_care_record(session, actor, record_id)])
    return draft


def visit_drafts(session: Session, actor: Actor, shown: Sequence[ShownCare]) -> list[VisitDraft]:
    """Give that for each of these that the actor may read, in two queries however many they are."""
    whole = [one for one in shown if one.whole]
    if not whole:
        return []
    forms = {form.category: form for form in forms_in_force(session, {one.record.category for one in whole})}
    last = _last_complete(actor, CareRecord.id).correlate(CareRecord).scalar_subquery()
    ids = select(last).where(CareRecord.id.in_([one.record.id for one in whole]))
    visits = {
        visit.care_record_id: visit for visit in session.scalars(select(Visit).where(Visit.id.in_(ids)))
    }
    return [
        VisitDraft(one.record, forms.get(one.record.category), visits.get(one.record.id), one.leave)
        for one in whole
    ]


def lasting_answers(sealer: Opener, form: VisitForm | None, visit: Visit | None) -> dict[str, Any]:
    """Give what a visit was told that lasts, as far as the form still asks so and has that option."""
    if form is None or visit is None:
        return {}
    told = answers_of(sealer, visit)
    asked = {one["key"]: one for one in form.fields if one.get("lasting")}
    return {key: told[key] for key in asked if key in told and _fits(asked[key], told[key])}


def joined(
    session: Session,
    actor: Actor,
    sealer: Opener,
    record: CareRecord,
    form: VisitForm,
    *,
    unchanged_from: UUID | None,
    cleared: Sequence[str],
    answers: Mapping[str, Any],
    at: datetime,
) -> dict[str, Any]:
    """Give all answers of a visit that happened ``at`` a moment: those unchanged, but some, and the new ones.

    Raises NotNewestVisitError, TicketNeededError for a minor's without leave, AnswerUnknownError for
    something to be cleared that was not there.
    """
    before = dict[str, Any]()
    if unchanged_from is not None:
        leave_to_read(session, actor, record.resident)
        visit = session.scalars(
            select(Visit).where(Visit.id == _last_complete(actor, record.id, before=at).scalar_subquery())
        ).one_or_none()
        if visit is None or visit.id != unchanged_from:
            raise NotNewestVisitError(field="unchanged_from")
        before = lasting_answers(sealer, form, visit)
    if any(key not in before for key in cleared):
        raise AnswerUnknownError(field="cleared")
    return {key: answer for key, answer in before.items() if key not in cleared} | dict(answers)


def told_apart(sealer: Opener, visit: Visit) -> tuple[list[str], list[str]]:
    """Give the keys of what lasts that stayed as it was at the visit before, and of what did not.

    Both are empty where a visit was entered whole, or the words of the one before are gone.
    """
    before = visit.unchanged_from
    if before is None or before.answers_sealed is None or visit.answers_sealed is None:
        return [], []
    then, today = answers_of(sealer, before), answers_of(sealer, visit)
    asked = [one["key"] for one in visit.form.fields if one.get("lasting")]
    told = [key for key in asked if key in then or key in today]
    stayed = [key for key in told if key in then and key in today and then[key] == today[key]]
    return stayed, [key for key in told if key not in stayed]


def _last_complete(
    actor: Actor, record_id: UUID | SQLColumnExpression[UUID], *, before: datetime | None = None
) -> Select[UUID]:
    """Select the id of the last visit of a record that asked the whole form, of what the actor finds."""
    query = (
        select(Visit.id)
        .where(
            Visit.care_record_id == record_id,
            Visit.outcome.in_(_COMPLETE),
            Visit.answers_sealed.is_not(None),
            ~harm.visit_kept_from(actor),
        )
        .order_by(Visit.happened_at.desc(), Visit.id.desc())
        .limit(1)
    )
    return query if before is None else query.where(Visit.happened_at <= before)


def _fits(question: Question, answer: Any) -> bool:
    try:
        check_answers([question], {question["key"]: answer}, complete=True)
    except DomainError:
        return False
    return True
