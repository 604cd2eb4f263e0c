"""What was said of care and on visits: it goes some time after the care ended; that somebody called stays."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from app.clock import business_day, months_ago, start_of
from app.models import CareEvent, CareRecord, CareStep, FollowUp, HarmCase, HarmRecord, Visit, VisitBasis
from app.retention.harm_rules import kept_for_a_case
from app.retention.rules import Rule, table_of

CONTACTS_KEPT = timedelta(days=30)
"""Who is to be called has no share in the care: his number goes soon."""
_BASIS = "PIPL 19; as long as somebody may sue (Civil Code 188)"


def care_rules(months: int) -> Iterator[Rule]:
    """Give the rules; ``months`` is how long the words stay after the end of the care.

    Where a case of harm was ever opened about the resident, or by a visit, all of it stays: what surrounds it
    is evidence too (Minor Protection Law 11). So does an emergency that had to be reported.
    """
    since = business_day(months_ago(months))
    kept = f"{months} months after the care ended (`GONGDI_CARE_MONTHS`)"
    words = (Visit.answers_sealed, Visit.note_sealed, Visit.word_sealed)
    visit = or_(*(one.is_not(None) for one in words))
    yield Rule(
        "words of visits",
        table_of(Visit),
        and_(visit, Visit.received_at < start_of(since), _free(since)),
        kept,
        _BASIS,
        emptied={one.key: None for one in words},
        stays="who called on whom, when, how, with which outcome, and whether it was confirmed",
    )
    over = and_(CareEvent.at < start_of(since), _ended(CareEvent.care_record_id, since))
    yield Rule(
        "reasons of care",
        table_of(CareEvent),
        and_(CareEvent.reason_sealed.is_not(None), over),
        kept,
        _BASIS,
        emptied={"reason_sealed": None},
        stays="what was changed, by whom and when",
    )
    contacts = and_(CareRecord.contacts_sealed.is_not(None), _over(business_day() - CONTACTS_KEPT))
    yield Rule(
        "emergency contacts",
        table_of(CareRecord),
        and_(contacts, ~exists().where(HarmCase.resident_id == CareRecord.resident_id)),
        f"{CONTACTS_KEPT.days} days after the care ended",
        "PIPL 19",
        emptied={"contacts_sealed": None},
        stays="who was looked after, when and by whom",
    )
    follow_up = or_(
        FollowUp.need_sealed.is_not(None),
        FollowUp.result_sealed.is_not(None),
        FollowUp.course_sealed.is_not(None),
    )
    of_free = exists().where(Visit.id == FollowUp.visit_id, _free(since))
    yield Rule(
        "words of follow-ups",
        table_of(FollowUp),
        and_(follow_up, _done_or_due() < start_of(since), of_free),
        f"{kept}, and the follow-up was done or due",
        _BASIS,
        emptied={"need_sealed": None, "result_sealed": None, "course_sealed": None},
        stays="whose it was, until when, and whether it was done",
    )


def _free(since: date) -> ColumnElement[bool]:
    """Say in SQL that the care of a visit ended before a day, and that nothing in it is evidence of harm."""
    of_harm = kept_for_a_case(Visit.id, HarmRecord.VISIT)
    return _ended(Visit.care_record_id, since) & ~of_harm & (Visit.basis != VisitBasis.MANDATORY_REPORT)


def _ended(record_id: InstrumentedAttribute[UUID], since: date) -> ColumnElement[bool]:
    harmed = exists().where(HarmCase.resident_id == CareRecord.resident_id)
    return exists().where(CareRecord.id == record_id, _over(since), ~harmed)


def _over(since: date) -> ColumnElement[bool]:
    """Say in SQL, beside ``CareRecord``, that its last day, and when that was entered, lie before a day."""
    entered_since = exists().where(
        CareEvent.care_record_id == CareRecord.id,
        CareEvent.step == CareStep.END,
        CareEvent.at >= start_of(since),
    )
    return (CareRecord.ended_on < since) & ~entered_since


def _done_or_due() -> ColumnElement[datetime]:
    return func.coalesce(FollowUp.done_at, func.timezone("Asia/Shanghai", FollowUp.due_on + 1))
