"""What of a notice about visits, follow-ups and care is settled by now."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from app.clock import business_day
from app.messages.rules import Answer, Rule, Told, is_news
from app.models import (
    Absence,
    CareRecord,
    Confirmation,
    FollowUp,
    HarmRecord,
    NoticeKind,
    Visit,
    VisitOutcome,
    WeatherAlert,
    WeatherCall,
)
from app.retention import kept_for_a_case


def _urgent(told: Told) -> Answer:
    """Say whether somebody is still to be reached, or helped."""
    visit, record = told.row(Visit, "visit_id"), told.row(CareRecord, "care_record_id")
    if visit is None or record is None:
        return True
    if record.ended_on is not None:
        return False
    if visit.outcome is VisitOutcome.NOT_REACHED:
        return record.not_reached > 0
    urgent = and_(FollowUp.visit_id == visit.id, FollowUp.urgent)
    return or_(~told.any(urgent), told.any(urgent, FollowUp.done_at.is_(None)))


def _to_follow_up(told: Told) -> bool:
    """Say whether a follow-up is to be done."""
    row = told.row(FollowUp, "follow_up_id")
    return row is not None and row.done_at is None


def _his_to_follow_up(told: Told) -> Answer:
    """Say whether it is to be done by him, be it in somebody's place."""
    row = told.row(FollowUp, "follow_up_id")
    if row is None or row.done_at is not None:
        return False
    return told.any(FollowUp.id == row.id, told.may_see_to(FollowUp.owner_id))


def _over_its_day(told: Told) -> bool:
    row = told.row(FollowUp, "follow_up_id")
    return row is not None and row.done_at is None and row.due_on < business_day()


def _his_over_its_day(told: Told) -> Answer:
    return _over_its_day(told) and _his_to_follow_up(told)


def _nobodys_follow_up(told: Told) -> bool:
    row = told.row(FollowUp, "follow_up_id")
    return row is not None and row.done_at is None and row.told_unowned_on is not None


def _cares(told: Told) -> bool:
    record = told.row(CareRecord, "care_record_id")
    return record is None or (record.ended_on is None and record.worker_id == told.user_id)


def _cares_no_more(told: Told) -> bool:
    record = told.row(CareRecord, "care_record_id")
    return record is None or not _cares(told)


def _substitutes(told: Told) -> bool:
    record = told.row(CareRecord, "care_record_id")
    return record is None or (record.ended_on is None and record.substitute_id == told.user_id)


def _substitutes_no_more(told: Told) -> bool:
    record = told.row(CareRecord, "care_record_id")
    return record is None or not _substitutes(told)


def _denied(told: Told) -> bool:
    visit = told.row(Visit, "visit_id")
    return visit is None or visit.confirmation is Confirmation.DENIED


def _care_goes_on(told: Told) -> bool:
    record = told.row(CareRecord, "care_record_id")
    return record is None or record.ended_on is None


def _before_weather(told: Told) -> Answer:
    """Say whether an alert stands, and one of those whom he may have to visit was not."""
    alert = told.row(WeatherAlert, "weather_alert_id")
    if alert is None:
        return True
    if alert.ended_at is not None or alert.until_on < business_day():
        return False
    his = or_(told.may_see_to(CareRecord.worker_id), told.may_see_to(CareRecord.substitute_id))
    call = and_(WeatherCall.alert_id == alert.id, WeatherCall.closed_at.is_(None))
    return told.any(call, CareRecord.id == WeatherCall.care_record_id, CareRecord.ended_on.is_(None), his)


def _stands_in(told: Told) -> Answer:
    return told.any(
        Absence.substitute_id == told.user_id,
        told.here(Absence.area_code),
        Absence.ended_at.is_(None),
        Absence.until_on >= business_day(),
    )


def _came_over(told: Told) -> Answer:
    return told.any(*_without_hands(told), told.may_see_to(CareRecord.substitute_id))


def _nobodys_care(told: Told) -> Answer:
    return told.any(*_without_hands(told))


def _without_hands(told: Told) -> tuple[ColumnElement[bool], ...]:
    row = CareRecord
    return told.here(row.area_code), row.ended_on.is_(None), row.hands_told_on.is_not(None)


def _asked(told: Told) -> Answer:
    """Say whether he did not answer yet, and no case of harm names the visit by now."""
    visit_id = UUID(told.notice.data["own_visit_id"])
    kept = kept_for_a_case(Visit.id, HarmRecord.VISIT)
    return told.any(Visit.id == visit_id, Visit.answer_id.is_(None), ~kept)


CARE_RULES: Mapping[NoticeKind, Mapping[str, Rule]] = {
    NoticeKind.VISIT_URGENT: {
        "": _urgent,
        "emergency": _urgent,
        "out_of_contact": _urgent,
        "nobody_decides": is_news,
    },
    NoticeKind.OWN_VISIT: {"": _asked, "call": _asked},
    NoticeKind.FOLLOW_UP_ASSIGNED: {
        "": _his_to_follow_up,
        "handed_over": _to_follow_up,
        "postponed": _to_follow_up,
        "due": _his_over_its_day,
        "late": _over_its_day,
        "put_off": _to_follow_up,
        "unowned": _nobodys_follow_up,
        "ended": is_news,
        "nobody_decides": is_news,
    },
    NoticeKind.CARE: {
        "given": _cares,
        "given_up": _cares_no_more,
        "substitute": _substitutes,
        "substitute_no_more": _substitutes_no_more,
        "standing_in": _stands_in,
        "denied": _denied,
        "unagreed": _care_goes_on,
        "weather": _before_weather,
        "came_over": _came_over,
        "nobodys": _nobodys_care,
        "nobody_decides": is_news,
    },
}
"""By what a notice says (``app/notices/words.py``)."""
