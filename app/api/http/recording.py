"""The edge's part in the audit trail: what a request leaves there, whoever sends it and however it ends.

Every write and every sensitive read leaves one entry in its own transaction: both stay, or neither. Every
refusal of somebody signed in leaves one of its own, and so does every sign-in that fails. Other reads and the
noise of strangers leave none.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar, cast
from uuid import UUID

import marshmallow as ma
import structlog
from flask import g, request
from werkzeug.exceptions import HTTPException

from app import audit
from app.actors import VISITOR, Actor, Role
from app.api.http.parts import parts
from app.audit import AuditResult, Entry
from app.db import DATABASE_AWAY
from app.db import transaction as own_transaction
from app.errors import DomainError, Kind
from app.identity import Opened, Permission, check_acting, roles_for
from app.visits import Leave

log = structlog.get_logger()
View = TypeVar("View", bound=Callable[..., Any])
Told = TypeVar("Told")
PUBLIC = "public"
"""Anybody may call it, signed in or not."""
SENSITIVE = {Permission.CARE_READ, Permission.TICKET_READ, Permission.USER_READ, Permission.AUDIT_READ}
"""Whatever these give to read leaves an entry; single views say so by ``@sensitive``."""
_READS = {"GET", "HEAD"}
_OF_A_STEP = {Kind.NOT_FOUND, Kind.GONE, Kind.CONFLICT, Kind.TOO_MANY, Kind.UNKNOWN_PERSON}
"""Refusals of somebody signed in that count where an entry is due; FORBIDDEN counts everywhere."""
_OF_A_STRANGER = {Kind.UNKNOWN_PERSON, Kind.FORBIDDEN, Kind.TOO_MANY}
"""Refusals of somebody without a session that count where he writes: a sign-in that failed."""
_DEVICE_SIGNS = 12
_WHOM = ("resident_id", "household_id", "user_id", "child_id", "guardian_id", "acted_for")
"""The columns by which a record says for whom it is."""


@dataclass
class Recording:
    """What is known about the running request's entry."""

    permission: Permission | str
    due: bool
    """The request is a write or a sensitive read, and has not left its entry yet."""
    kept: bool = False
    actor: Actor = VISITOR
    about: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Say whether the request is a write or a sensitive read."""
        return self.due or self.kept

    def minds(self, refusal: DomainError) -> bool:
        """Say whether a refusal is to be remembered."""
        if self.actor.user_id is None:
            return self.permission == PUBLIC and self.counts and refusal.kind in _OF_A_STRANGER
        return refusal.kind is Kind.FORBIDDEN or (self.counts and refusal.kind in _OF_A_STEP)


def sensitive(view: View) -> View:
    """Let each call of a reading view leave an entry; stands anywhere below ``@allow``."""
    view.sensitive = True  # type: ignore[attr-defined]
    return view


def note(
    *,
    object_kind: str | None = None,
    object_id: UUID | None = None,
    area_code: str | None = None,
    actor_id: UUID | None = None,
    session_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Add to the entry of this request, before its transaction ends: ids, a purpose, words of a fixed list.

    The record is otherwise the one whose id stands last in the address, its area the record's own if the
    transaction has it at hand or else the actor's. For whom it is the record says itself where it has such
    columns; what stands in other rows must be told here. Nothing personal may be.
    """
    told = {
        "object_kind": object_kind,
        "object_id": object_id,
        "area_code": area_code,
        "actor_id": actor_id,
        "session_id": session_id,
    }
    recording: Recording = g.recording
    recording.about |= {name: value for name, value in told.items() if value is not None}
    recording.facts |= facts


def note_leave(leave: Leave | None) -> None:
    """Tell by which ticket or case of harm a minor's record is read, if it is one."""
    if leave is not None:
        told: dict[str, Any] = {name: str(by) for name, by in asdict(leave).items() if by is not None}
        note(**told)


def note_approval(approval_id: UUID | None) -> None:
    """Tell by which approval of a second person something is done, if one is named."""
    if approval_id is not None:
        note(approval_id=str(approval_id))


def note_leaves(leaves: Iterable[Leave | None]) -> None:
    """Tell by which tickets and cases of harm a list shows more of minors than others see."""
    by = [one for one in leaves if one is not None]
    if tickets := sorted({str(one.ticket_id) for one in by if one.ticket_id is not None}):
        note(ticket_ids=tickets)
    if cases := sorted({str(one.case_id) for one in by if one.case_id is not None}):
        note(case_ids=cases)


def note_opened(opened: Opened) -> None:
    """Tell whose session a request opened, however he proved himself, and who of the staff made its code."""
    signed_in = opened.session
    note(
        object_kind="session",
        object_id=signed_in.id,
        area_code=opened.area_code,
        actor_id=signed_in.user_id,
        session_id=signed_in.id,
    )
    if signed_in.let_in_by is not None:
        note(handed_out_by=str(signed_in.let_in_by))


@contextmanager
def recorded(permission: Permission | str, view: Callable[..., Any]) -> Iterator[Recording]:
    """Watch over one call of a view: what it refuses, and where it fails, is recorded here.

    Raises AuditAwayError in place of a refusal that cannot be recorded.
    """
    due = request.method not in _READS or permission in SENSITIVE or getattr(view, "sensitive", False)
    recording = g.recording = Recording(permission, due)
    try:
        yield recording
    except DomainError as refusal:
        if recording.minds(refusal):
            with own_transaction() as session:
                _record(session, recording, AuditResult.REFUSED, refusal.code)
        raise
    except (HTTPException, ma.ValidationError, *DATABASE_AWAY):
        raise
    except Exception:
        if recording.counts:
            _record_failure(recording)
        raise


def _record_done(session: Any) -> None:
    recording: Recording = g.recording
    if recording.actor.acting is not None and request.method not in _READS:
        check_acting(session, recording.actor)
    if recording.due:
        _record(session, recording, AuditResult.DONE)
        recording.due, recording.kept = False, True


reading = own_transaction
"""The transaction of what only looks before a view's real work begins; it leaves no entry."""
transaction = partial(own_transaction, before_commit=_record_done)
"""The transaction of a view: the first one leaves the request's entry, if one is due.

Raises AuditAwayError, and undoes everything, if the entry cannot be written.
"""


def decided(step: Callable[[Any], Told | DomainError]) -> Told:
    """Take a step in the view's transaction, whose refusal is returned since it must keep what it counted.

    The refusal is raised after the commit, and recorded as every other; a session opened is told of.
    """
    outcomes: list[Any] = []

    def end(session: Any) -> None:
        if not isinstance(outcomes[0], DomainError):
            _record_done(session)

    with own_transaction(before_commit=end) as session:
        outcomes.append(step(session))
        if isinstance(outcomes[0], Opened):
            note_opened(outcomes[0])
    if isinstance(outcomes[0], DomainError):
        raise outcomes[0]
    return cast("Told", outcomes[0])


def _record_failure(recording: Recording) -> None:
    try:
        with own_transaction() as session:
            _record(session, recording, AuditResult.FAILED, "internal")
    except Exception:
        log.exception("failure_not_recorded")  # and the fault itself is told of all the same


def _record(session: Any, recording: Recording, result: AuditResult, code: str | None = None) -> None:
    """Write the request's entry. Raises AuditAwayError."""
    actor, about = recording.actor, recording.about
    object_kind, object_id = _object()
    object_id = about.get("object_id", object_id)
    known, by = _known(session, object_id), about.get("actor_id", actor.user_id)
    rule = request.url_rule
    entry = Entry(
        action=f"{request.method} {rule.rule if rule else ''}",
        result=result,
        code=code,
        permission=str(recording.permission),
        object_kind=about.get("object_kind", object_kind),
        object_id=object_id,
        area_code=about.get("area_code") or known.get("area_code") or _area(actor),
        actor_id=by,
        roles=_roles(recording),
        session_id=about.get("session_id", actor.session_id),
        ip=request.remote_addr,
        device=sha256(request.user_agent.string.encode()).hexdigest()[:_DEVICE_SIGNS],
        request_id=UUID(g.request_id) if "request_id" in g else None,
        facts=_whom(known, but=by) | _asked() | _let_in(recording) | recording.facts,
    )
    audit.record(session, parts().audit_keys, entry)


def _object() -> tuple[str | None, UUID | None]:
    """Give kind and id of the record that the address names last, or only the resource's name."""
    for name, value in reversed((request.view_args or {}).items()):
        if isinstance(value, UUID):
            return name.removesuffix("_id"), value
    return request.blueprint, None


def _let_in(recording: Recording) -> dict[str, str]:
    """Give who of the staff made the code of the session in which this was done: he knew it, too.

    Where the request opened another session, that one's own code counts (``note_opened``).
    """
    by = recording.actor.code_by
    return {"handed_out_by": str(by)} if by is not None and "session_id" not in recording.about else {}


def _asked() -> dict[str, str]:
    """Give the ids that a query asks by."""
    return {name: value for name, value in request.args.items() if name.endswith("_id") and _is_id(value)}


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


def _known(session: Any, object_id: UUID | None) -> dict[str, Any]:
    """Give the record's columns if the session holds it; nothing is fetched for this."""
    if object_id is not None:
        for row in session.identity_map.values():
            known: dict[str, Any] = vars(row)
            if known.get("id") == object_id:
                return known
    return {}


def _whom(known: dict[str, Any], *, but: UUID | None) -> dict[str, str]:
    """Give for whom a record is, as it says itself; the actor is named by the entry."""
    return {name: str(whom) for name in _WHOM if (whom := known.get(name)) is not None and whom != but}


def _area(actor: Actor) -> str | None:
    """Give the smallest area that holds the actor's."""
    reach = actor.scope.areas or tuple(held.area_code for held in actor.held)
    return audit.area_of(reach) if reach else actor.home_code


def _roles(recording: Recording) -> tuple[Role, ...]:
    """Give the roles behind the function, or all of a person's where none gives it."""
    actor = recording.actor
    used = roles_for(actor, Permission(recording.permission)) if recording.permission != PUBLIC else ()
    return used or tuple(sorted({held.role for held in actor.held}))
