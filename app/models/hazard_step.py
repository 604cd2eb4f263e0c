"""What may happen to a hazard, and which of it is nobody's outside the offices."""

import enum


class HazardStep(enum.StrEnum):
    """What happened to a hazard."""

    REPORT = "report"
    RECUR = "recur"
    ACCEPT = "accept"
    RAISE_LEVEL = "raise_level"
    """It is major by what is known since: by another report, or by a newer version of its item."""
    REJECT = "reject"
    DUPLICATE = "duplicate"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    UNASSIGN = "unassign"
    """Whoever had it has no post any more; nobody took this step."""
    START = "start"
    RECTIFY = "rectify"
    WORK_LATE = "work_late"
    """A start or work done that arrived after others had put it right: nothing follows from it."""
    VERIFY = "verify"
    RECHECK_FAIL = "recheck_fail"
    RECHECK_LATE = "recheck_late"
    """A recheck that passed, of before a newer finding that was there already: nothing follows from it."""
    CLOSE = "close"
    REMIND = "remind"
    """Most of the time is over; nobody took this step, nor the next two."""
    SUPERVISE_COUNTY = "supervise_county"
    SUPERVISE_CITY = "supervise_city"
    SUPERVISE = "supervise"
    ANSWER = "answer"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    TRANSFER = "transfer"
    DEPARTMENT_ANSWER = "department_answer"
    REPORT_CONTROLS = "report_controls"
    CHECK_CONTROLS = "check_controls"
    REMIND_CONTROLS = "remind_controls"
    RATE = "rate"
    TAKE_OVER = "take_over"
    """Whoever reported it as a visitor is known by now."""


HAZARD_QUIET = frozenset(
    {
        HazardStep.RAISE_LEVEL,
        HazardStep.WORK_LATE,
        HazardStep.RECHECK_LATE,
        HazardStep.REMIND,
        HazardStep.SUPERVISE_COUNTY,
        HazardStep.SUPERVISE_CITY,
        HazardStep.SUPERVISE,
        HazardStep.ANSWER,
        HazardStep.ASK_EXTENSION,
        HazardStep.REFUSE_EXTENSION,
        HazardStep.REPORT_CONTROLS,
        HazardStep.CHECK_CONTROLS,
        HazardStep.REMIND_CONTROLS,
        HazardStep.RATE,
        HazardStep.TAKE_OVER,
    }
)
"""What passes between offices and staff: it stands in the history, and no notice tells a reporter of it."""
