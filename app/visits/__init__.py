"""Care records of residents somebody looks after, the visits to them, and what follows."""

from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    FollowUp,
    PresenceState,
    VisitMode,
    VisitOutcome,
)
from app.visits.answers import (
    AnswerLongError,
    AnswerMissingError,
    AnswerRangeError,
    AnswerUnknownError,
    AnswerWrongError,
    FieldKind,
)
from app.visits.care import (
    CareOpenError,
    EndDayError,
    NewCare,
    NotStaffHereError,
    TooSeldomError,
    end_care,
    open_care,
)
from app.visits.care_listings import NotResponsibleError, care_record_of, care_records
from app.visits.due import CareEndedError, DueKey, first_due, most_days, overdue_days
from app.visits.filing import (
    MAX_FOLLOW_UPS,
    DueDayError,
    NewFollowUp,
    NewVisit,
    OutcomeError,
    file,
)
from app.visits.follow_ups import Done, Whose, finish, follow_ups
from app.visits.forms import FormKey, WrongFormError, forms
from app.visits.listings import WholeVisit, filed_visit, visits_of, whole_visit

__all__ = [
    "MAX_FOLLOW_UPS",
    "AnswerLongError",
    "AnswerMissingError",
    "AnswerRangeError",
    "AnswerUnknownError",
    "AnswerWrongError",
    "CareCategory",
    "CareEndedError",
    "CareLevel",
    "CareOpenError",
    "CareRecord",
    "Done",
    "DueDayError",
    "DueKey",
    "EndDayError",
    "FieldKind",
    "FollowUp",
    "FormKey",
    "NewCare",
    "NewFollowUp",
    "NewVisit",
    "NotResponsibleError",
    "NotStaffHereError",
    "OutcomeError",
    "PresenceState",
    "TooSeldomError",
    "VisitMode",
    "VisitOutcome",
    "WholeVisit",
    "Whose",
    "WrongFormError",
    "care_record_of",
    "care_records",
    "end_care",
    "file",
    "filed_visit",
    "finish",
    "first_due",
    "follow_ups",
    "forms",
    "most_days",
    "open_care",
    "overdue_days",
    "visits_of",
    "whole_visit",
]
