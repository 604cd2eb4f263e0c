"""What ended or was answered: kept as proof for as long as somebody may sue, then the row goes.

Frozen rows have rules of their own (``frozen_rules``), and what tells of harm to a minor stays. Each fact
stands in the audit trail, too.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, exists, false, or_, select

from app.clock import business_day, months_ago, now
from app.models import (
    Absence,
    Binding,
    BindingRequest,
    BindingRequestState,
    Correction,
    Deletion,
    Employment,
    EscapeHelp,
    HarmCase,
    HarmRecord,
    OwnRequestState,
    Proxy,
    Removal,
    Resident,
    RosterChange,
)
from app.retention.gone_rules import came_back, is_masked, says_gone, shows_return, was_him
from app.retention.harm_rules import kept_for_a_case
from app.retention.rules import Rule, table_of

_BASIS = "PIPL 19, 56; Civil Code 188"
UNLISTED_KEPT = timedelta(days=90)
"""As old as a backup may be: what is younger waits for its line, where the list cannot be written. Without a
list, as on a developer's machine, no line ever ends the waiting. The database holds the same."""


def ended_rules(months: int, words_kept: timedelta) -> Iterator[Rule]:
    """Give the rules: ``months`` for rows, ``words_kept`` for why a binding ended."""
    since, setting = months_ago(months), "(`GONGDI_ENDED_MONTHS`)"
    yield Rule(
        "words on ended bindings",
        table_of(Binding),
        and_(Binding.ended_at < now() - words_kept, Binding.end_note != ""),
        kept=f"{words_kept.days} days after the end",
        basis="PIPL 19",
        emptied={"end_note": ""},
        stays="who was which resident, from when to when, and the kind of end",
    )
    yield Rule(
        "ended bindings",
        table_of(Binding),
        and_(
            Binding.ended_at < since,
            Binding.frozen_by.is_(None),
            was_him(Binding),
            or_(~says_gone(Binding), came_back()),
            ~shows_return(),
        ),
        kept=f"{months} months after the end {setting}; one by which staff say that he moved away or died,"
        " until he is bound again; the one that shows his return, as long as it; one of somebody else"
        " than the resident, which keeps the two apart, while the account lives",
        basis=_BASIS,
    )
    over = or_(
        Proxy.ended_at < since, and_(Proxy.ended_at.is_(None), Proxy.valid_until < business_day(since))
    )
    yield Rule(
        "ended proxies",
        table_of(Proxy),
        and_(over, Proxy.frozen_by.is_(None)),
        kept=f"{months} months after the end or the last day {setting}",
        basis=_BASIS,
    )
    yield Rule(
        "absences that are over",
        table_of(Absence),
        Absence.until_on < business_day(since),
        kept=f"{months} months after the last day {setting}",
        basis=_BASIS,
        stays="whose an inspection was at first and who did it",
    )
    yield Rule(
        "help to get out that is over",
        table_of(EscapeHelp),
        EscapeHelp.ended_on < business_day(since),
        kept=f"{months} months after the last day {setting}",
        basis=_BASIS,
    )
    duplicates = select(Resident.id).where(Resident.same_as_id == HarmCase.resident_id)
    same = (HarmCase.resident_id == RosterChange.resident_id) | RosterChange.resident_id.in_(duplicates)
    of_harm = exists().where(same)
    told = (RosterChange.said_sealed, RosterChange.reason_sealed, RosterChange.moved)
    said = or_(*(one.is_not(None) for one in told))
    yield Rule(
        "words of changes of the roster",
        table_of(RosterChange),
        and_(or_(RosterChange.at < since, is_masked(RosterChange.resident_id)), said, ~of_harm),
        kept=f"{months} months after the change {setting}, or until his name on the roster is masked",
        basis=_BASIS,
        emptied={"said_sealed": None, "reason_sealed": None, "moved": None},
        stays="what kind of change it was, of whom, by whom and when",
    )
    yield Rule(
        "what somebody lived by",
        table_of(Employment),
        Employment.month < business_day(since),
        kept=f"{months} months after the month {setting}",
        basis=_BASIS,
    )
    yield Rule(
        "facts of removals",
        table_of(Removal),
        and_(
            Removal.at < since,
            or_(Removal.number.is_not(None), Removal.at < now() - UNLISTED_KEPT),
            Removal.facts != {},
        ),
        kept=f"{months} months {setting}; what no list has, {UNLISTED_KEPT.days} days at the least",
        basis="PIPL 19, 47",
        emptied={"facts": {}},
        stays="what kind of row went when, by its id, so that an older backup is told from a newer one",
    )
    for model, opened in (
        (BindingRequest, BindingRequestState.OPEN),
        (Correction, OwnRequestState.OPEN),
        (Deletion, OwnRequestState.OPEN),
    ):
        table = table_of(model)
        kept = kept_for_a_case(table.c.id, HarmRecord.CORRECTION) if model is Correction else false()
        yield Rule(
            f"answered {table.name.replace('_', ' ')}",
            table,
            and_(
                table.c.state != opened,
                table.c.decided_at < since,
                table.c.frozen_by.is_(None),
                ~kept,
            ),
            kept=f"{months} months after the decision {setting}",
            basis=_BASIS,
        )
