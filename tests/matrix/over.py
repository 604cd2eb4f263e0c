"""How things of each kind are over for good, or frozen, and what a line of the matrix answers then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import text

from tests.matrix.lines import ROLES, Call, Line
from tests.matrix.stage import Stage

OVER = {
    "plans": "UPDATE plans SET starts_on = '2026-01-01', ends_on = '2026-01-02'",
    "occurrences": "UPDATE occurrences SET opens_at = now() - interval '3 h', "
    "due_at = now() - interval '2 h', missed_at = now() - interval '1 h'",
    "escape-helps": "UPDATE escape_helps SET ended_on = CURRENT_DATE - 2",
    "weather-alerts": "UPDATE weather_alerts SET ended_at = now()",
    "absences": "UPDATE absences SET ended_at = now()",
    "units": "UPDATE units SET ended_at = now()",
    "hazards": "UPDATE hazards SET status = 'closed'",
    "claims": "UPDATE claims SET status = 'withdrawn'",
    "redemptions": "UPDATE redemptions SET status = 'cancelled'",
    "bindings": "UPDATE bindings SET ended_at = now(), end_reason = 'mistake'",
    "binding-requests": "UPDATE binding_requests SET state = 'withdrawn', decided_at = now()",
    "approvals": "UPDATE approvals SET state = 'refused', decided_by = (SELECT id FROM users WHERE name = "
    "'far_county'), decided_at = now()",
    "viewing-tickets": "UPDATE viewing_tickets SET approved = false, decided_at = now(), "
    "decided_by = user_id",
    "harm-cases": "UPDATE harm_cases SET closed_at = now(), closed_by = opened_by",
    "visits": "UPDATE visits SET confirmation = 'denied', answer_id = id, answered_at = now()",
    "follow-ups": "UPDATE follow_ups SET done_at = now(), done_by = owner_id",
    "guardianships": "UPDATE guardianships SET ended_at = now(), ended_by = recorded_by",
    "care-records": "UPDATE care_records SET ended_on = CURRENT_DATE - 2",
    "corrections": "UPDATE corrections SET state = 'withdrawn', wanted_sealed = NULL, decided_at = now()",
    "deletions": "UPDATE deletions SET state = 'withdrawn', decided_at = now()",
    "closings": "UPDATE closings SET state = 'withdrawn', ended_at = now()",
    "proxies": "UPDATE proxies SET state = 'ended', ended_at = now(), end_reason = 'admin', "
    "ended_by = asked_by",
    "consents": "UPDATE consents SET withdrawn_at = now(), withdrawn_by = recorded_by",
    "roster-exports": "UPDATE roster_exports SET ready_at = now(), expires_at = now(), ended_at = now()",
    "imports": "UPDATE roster_imports SET state = 'over', key_sealed = NULL, ended_at = now()",
    "hazard-exports": "UPDATE hazard_exports SET ready_at = now(), expires_at = now(), ended_at = now()",
}
"""How a thing of each kind is over for good."""
FREEZABLE = {
    "hazards",
    "bindings",
    "binding-requests",
    "corrections",
    "deletions",
    "proxies",
    "consents",
}
"""Kinds that stay frozen when the account they belong to is closed."""


@dataclass(frozen=True)
class Case:
    """A line of the matrix, called when what it names is over in one way."""

    name: str
    """Of the line."""
    state: str
    end: str | Callable[[Stage], None]
    """What made it over, after everything was written that the call needs."""
    told: Mapping[str, int] | None = None
    """Status by role where it differs from the line's; None: every role is answered as the line says."""
    writes: bool = False
    """Whether who is answered well changes something: else nothing at all may be written."""
    call: Callable[[Stage], Call] | None = None
    """The call, where the line's own names nothing that can be over so."""

    def prepared(self, line: Line, stage: Stage) -> Call:
        """Write what the call needs, and end it."""
        call = (self.call or line.call)(stage)
        stage.session.flush()
        if callable(self.end):
            self.end(stage)
        elif self.end:
            stage.session.execute(text(self.end))
        stage.session.flush()
        stage.session.expire_all()
        return call

    def expected(self, line: Line) -> dict[str, int]:
        """Give the status for each role; 403 ``forbidden`` for those whose function it is not."""
        return {**dict.fromkeys(ROLES, 403), **line.allowed, **(self.told or {})}


def kind_of(rule: str) -> str:
    """Name the kind of thing that a rule is about: what stands before its first id."""
    before, _, _ = rule.removeprefix("/v1/").removeprefix("me/").partition("/<uuid:")
    return before


def freeze(stage: Stage) -> None:
    """Freeze all that can be, by the closing of somebody who is not of the matrix."""
    _freeze(stage, "true")


def freeze_closed_hazards(stage: Stage) -> None:
    """Freeze the hazards that are closed."""
    _freeze(stage, "status = 'closed'", "hazards")


def _freeze(stage: Stage, which: str, *tables: str) -> None:
    closing_id = stage.closing("colleague")
    done = "UPDATE closings SET state = 'done', begun_at = now(), ended_at = now() WHERE id = :id"
    stage.session.execute(text(done), {"id": closing_id})
    for table in tables or sorted({kind.replace("-", "_") for kind in FREEZABLE} | {"photo_links"}):
        update = f"UPDATE {table} SET frozen_by = :id WHERE {which}"  # noqa: S608 - words of this file
        stage.session.execute(text(update), {"id": closing_id})
