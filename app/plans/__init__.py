"""Plans: which places are inspected when and by whom, and the occurrences that come of it."""

from app.models import AbsenceReason, OccurrenceState, OnDayOff, PlanFrequency
from app.plans.absences import (
    AbsenceOverlapsError,
    AbsenceSpanError,
    NewAbsence,
    NobodyStandsInError,
    absences,
    end_absence,
    record_absence,
)
from app.plans.listings import (
    PREVIEW_DAYS,
    OccurrenceFilter,
    OpeningKey,
    Preview,
    ShownOccurrence,
    missed_lately,
    occurrence,
    occurrences,
    open_occurrences,
    plan_to_read,
    plans,
    preview,
)
from app.plans.making import AHEAD_DAYS, make, plans_to_make
from app.plans.planning import (
    NewPlan,
    PlanChecklistError,
    PlanEndError,
    PlanTooManyPlacesError,
    change_plan,
    end_plan,
    make_plan,
)
from app.plans.reach import place_to_inspect, places_of_day, reaching
from app.plans.reassigning import hand_over, reassign
from app.plans.resolving import Resolved, resolve, resolved_by
from app.plans.roster import AbsentError, Roster, check_present, rosters_of
from app.plans.telling import TOLD_FROM, due_openings, tell_missed, tell_openings
from app.plans.terms import PlanPlacesError, PlanWindowError, PlanWorkerError, Post, Terms

__all__ = [
    "AHEAD_DAYS",
    "PREVIEW_DAYS",
    "TOLD_FROM",
    "AbsenceOverlapsError",
    "AbsenceReason",
    "AbsenceSpanError",
    "AbsentError",
    "NewAbsence",
    "NewPlan",
    "NobodyStandsInError",
    "OccurrenceFilter",
    "OccurrenceState",
    "OnDayOff",
    "OpeningKey",
    "PlanChecklistError",
    "PlanEndError",
    "PlanFrequency",
    "PlanPlacesError",
    "PlanTooManyPlacesError",
    "PlanWindowError",
    "PlanWorkerError",
    "Post",
    "Preview",
    "Resolved",
    "Roster",
    "ShownOccurrence",
    "Terms",
    "absences",
    "change_plan",
    "check_present",
    "due_openings",
    "end_absence",
    "end_plan",
    "hand_over",
    "make",
    "make_plan",
    "missed_lately",
    "occurrence",
    "occurrences",
    "open_occurrences",
    "place_to_inspect",
    "places_of_day",
    "plan_to_read",
    "plans",
    "plans_to_make",
    "preview",
    "reaching",
    "reassign",
    "record_absence",
    "resolve",
    "resolved_by",
    "rosters_of",
    "tell_missed",
    "tell_openings",
]
