"""How one step of a hazard is taken: locked, safe to repeat, numbered, recorded, told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from app import harm, notices
from app.actors import Actor
from app.clock import now
from app.errors import IllegalStepError, NotFoundError
from app.evidence import PhotoOwner, link_photos
from app.harm import HarmRecord, Told
from app.hazards.assignees import given_elsewhere
from app.hazards.clocks import Clocks, not_before
from app.hazards.merging import MERGED_MOST, merged_below
from app.hazards.taken_back import TakenBack, may_arrive, may_be_late, taken_back
from app.models import (
    HAZARD_ENDED,
    HAZARD_QUIET,
    Hazard,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
)
from app.notices import NoticeKind
from app.once import append_event, content_hash, made_before
from app.people import OwnHouseholdError

_HIDDEN = select(harm.hidden_from_a_minor(HarmRecord.HAZARD, bindparam("hazard_id", type_=Uuid())))
"""Built once: putting a statement together costs as much as running it."""
Reach = Callable[[Hazard], bool]
_SIGHTINGS = frozenset({HazardStep.REPORT, HazardStep.RECUR})
_S = HazardStatus
_OPEN = frozenset(HazardStatus) - HAZARD_ENDED
_IN_HAND = frozenset({_S.ASSIGNED, _S.RECTIFYING})
_DANGEROUS = _IN_HAND | {_S.ACCEPTED, _S.TRANSFERRED}
_FROM: dict[HazardStep, frozenset[HazardStatus]] = {
    HazardStep.ACCEPT: frozenset({_S.REPORTED}),
    HazardStep.REJECT: frozenset({_S.REPORTED}),
    HazardStep.DUPLICATE: frozenset({_S.REPORTED}),
    HazardStep.RAISE_LEVEL: _DANGEROUS | {_S.RECTIFIED},
    HazardStep.ASSIGN: frozenset({_S.ACCEPTED, _S.ASSIGNED, _S.RECTIFYING}),
    HazardStep.START: frozenset({_S.ASSIGNED}),
    HazardStep.RECTIFY: frozenset({_S.RECTIFYING}),
    HazardStep.VERIFY: frozenset({_S.RECTIFIED}),
    HazardStep.CLOSE: frozenset({_S.VERIFIED}),
    HazardStep.SUPERVISE: _OPEN,
    HazardStep.ANSWER: _OPEN,
    HazardStep.ASK_EXTENSION: _IN_HAND,
    HazardStep.GRANT_EXTENSION: _IN_HAND,
    HazardStep.REFUSE_EXTENSION: _IN_HAND,
    HazardStep.TRANSFER: _IN_HAND | {_S.ACCEPTED},
    HazardStep.DEPARTMENT_ANSWER: frozenset({_S.TRANSFERRED}),
    HazardStep.REPORT_CONTROLS: _DANGEROUS,
    HazardStep.CHECK_CONTROLS: _DANGEROUS,
    HazardStep.RATE: frozenset({_S.CLOSED, _S.DUPLICATE}),
    HazardStep.TAKE_OVER: frozenset(HazardStatus),
}
"""The states each verb starts from; narrower than the transition table, in which a failed recheck,
too, leads to ``assigned``."""
DECISIONS = _FROM.keys() - {
    HazardStep.START,
    HazardStep.RECTIFY,
    HazardStep.ANSWER,
    HazardStep.ASK_EXTENSION,
    HazardStep.REPORT_CONTROLS,
    HazardStep.RATE,
    HazardStep.TAKE_OVER,
}
"""What nobody does about a hazard behind his own door; whoever it was given to puts it right."""


def verbs_from(status: HazardStatus) -> list[HazardStep]:
    """List the verbs that start from a state."""
    return [verb for verb, starts in _FROM.items() if status in starts]


@dataclass(frozen=True)
class Step:
    """A step somebody is taking: the locked hazard, and what its events will say."""

    session: Session
    actor: Actor
    hazard: Hazard
    id: UUID
    """Made by whoever takes the step; its event gets it."""
    sent: bytes
    """Hash of the verb, its actor, the hazard and the input."""
    when: Clocks
    repeated: bool
    """The step was taken before and its reply lost: there is nothing left to do."""
    taken_back: TakenBack | None = None
    """By which the hazard was taken from the actor after he took this step without a network."""

    @property
    def at(self) -> datetime:
        """Give the moment it arrived."""
        return self.when.at

    @property
    def happened_at(self) -> datetime:
        """Give the moment that counts."""
        return self.when.happened_at

    def take(
        self,
        to: HazardStatus,
        event: HazardStep,
        *,
        note: str = "",
        photo_ids: Sequence[UUID] = (),
        **data: Any,
    ) -> None:
        """Move the hazard and record it, with a notice to the reporter.

        A wish for more time was somebody's who works on it: it goes with his work.

        Raises IllegalStepError, and OtherContentError if the step's id belongs to another step.
        """
        self.hazard.advance(to)
        if to is not HazardStatus.RECTIFYING:
            self.hazard.asked_due_at = None
        self._end_if(to)
        self.leave(event, note=note, photo_ids=photo_ids, **data)

    def leave(
        self, event: HazardStep, *, note: str = "", photo_ids: Sequence[UUID] = (), **data: Any
    ) -> None:
        """Record what was said or decided about a hazard that stays in its state.

        Its words are watched first: whom they keep the hazard from is not told of the step either.

        Raises OtherContentError if the step's id belongs to another step.
        """
        told = Told(HarmRecord.HAZARD, self.hazard.id, self.hazard.area_code, self.id)
        harm.watch(self.session, self.actor, told, [note, *map(str, data.values())])
        record(
            self.session,
            self.actor,
            self.hazard,
            event,
            sent=self.sent,
            when=self.when,
            event_id=self.id,
            note=note,
            photo_ids=photo_ids,
            **data,
        )

    def _end_if(self, to: HazardStatus) -> None:
        """Let an ended hazard's clock stand still: what no alarm is of is in no index of alarms.

        It ended by the clock by which findings are made, or one after it would be a sighting before it.
        """
        if to in HAZARD_ENDED:
            self.hazard.ended_at, self.hazard.alarm_at = self.happened_at, None

    def follow(self, to: HazardStatus, event: HazardStep) -> None:
        """Move the hazard on by what follows from the step of itself, at its time, under an id made here."""
        self.hazard.advance(to)
        self._end_if(to)
        record(self.session, self.actor, self.hazard, event, sent=self.sent, when=self.when)


def begin(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    verb: HazardStep,
    *,
    reach: Reach | None = None,
    captured_at: datetime | None = None,
    **sent: Any,
) -> Step:
    """Lock a hazard for a step that whoever takes it named; ``reach`` is his right to it, else his areas.

    Whoever stands in reaches what was given to him there, to put it right.

    ``captured_at`` is when he took it by his phone, which may have been offline; without it, it has no share
    in what was sent. Before the step that goes before it he cannot have: then the server's clock counts.

    The work that somebody did before the hazard was taken from him may arrive later, by a clock that is
    believed, also once others have put it right.

    A step that was taken is known by its name, whatever followed it, and before anything is judged: it is
    marked as repeated, also for somebody whose areas are others by now.

    Raises OtherContentError if the actor used the name for something else, NotFoundError outside his areas,
    OwnHouseholdError for a decision on what is behind his own door, IllegalStepError if the verb does not
    start from the hazard's state.
    """
    hazard = session.get(Hazard, hazard_id, with_for_update={"key_share": True}, populate_existing=True)
    if hazard is None:
        raise NotFoundError
    taken = {"captured_at": captured_at} if captured_at is not None else {}
    mark = content_hash(verb, actor.user_id, hazard_id, sent | taken)
    event = made_before(session, HazardEvent, step_id, mark, author=HazardEvent.actor_id, by=actor.user_id)
    late = None
    if event is None:
        if captured_at is not None and may_be_late(actor, hazard, verb):
            items = bool(sent.get("five_fixed"))
            late = taken_back(session, actor, hazard, verb, captured_at, with_items=items)
        if late is None and not (
            reach(hazard) if reach is not None else _reaches(session, actor, hazard, verb)
        ):
            raise NotFoundError
        if verb in DECISIONS and is_behind_own_door(session, actor, hazard):
            raise OwnHouseholdError
        if not (hazard.status in _FROM[verb] if late is None else may_arrive(actor, hazard)):
            raise IllegalStepError(id=hazard_id, now=hazard.status, asked=verb)
    number = late.number if late is not None else None
    since = not_before(session, hazard_id, verb, number=number) if captured_at is not None else None
    when = Clocks(now(), captured_at, since)
    repeated = event is not None
    return Step(session, actor, hazard, step_id, mark, when, repeated=repeated, taken_back=late)


def _reaches(session: Session, actor: Actor, hazard: Hazard, verb: HazardStep) -> bool:
    if actor.scope.covers(hazard.area_code):
        return True
    return verb not in DECISIONS and hazard.id in given_elsewhere(session, actor, [hazard])


def is_behind_own_door(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether a hazard is behind the door of a home of the actor; few of the staff have one here."""
    return bool(actor.homes) and not actor.homes.isdisjoint(harm.homes_behind(session, hazard))


def record(
    session: Session,
    actor: Actor,
    hazard: Hazard,
    step: HazardStep,
    *,
    sent: bytes,
    when: Clocks,
    event_id: UUID | None = None,
    note: str = "",
    photo_ids: Sequence[UUID] = (),
    **data: Any,
) -> None:
    """Append an event to a hazard that this transaction locked or made; tell the reporter what others did.

    Who reported what was merged into it is told as well, each person once. Of what passes between offices
    and staff nobody is, nor of a recheck by which a general hazard is closed in the same moment: the closing
    tells of both.

    ``event_id`` is the name of a step; what nobody asked for gets an id here. Raises OtherContentError if
    it belongs to another event.
    """
    last = select(func.max(HazardEvent.number)).where(HazardEvent.hazard_id == hazard.id)
    event = append_event(
        session,
        HazardEvent,
        event_id,
        sent,
        area_code=hazard.area_code,
        hazard_id=hazard.id,
        number=func.coalesce(last.scalar_subquery(), 0) + 1,
        step=step,
        status_after=hazard.status,
        actor_id=actor.user_id,
        at=when.at,
        captured_at=when.captured_at,
        clock_flag=when.flag,
        note=note,
        data=data,
    )
    link_photos(session, PhotoOwner.HAZARD_EVENT, event.id, hazard.area_code, photo_ids, by=actor.user_id)
    closes = step is HazardStep.VERIFY and hazard.level is HazardLevel.GENERAL
    if step in HAZARD_QUIET or closes:
        return
    told = {None, actor.user_id}
    for seen in [hazard] if step in _SIGHTINGS else [hazard, *_merged(session, hazard)]:
        if seen.reported_by not in told and not is_hidden(session, seen):
            told.add(seen.reported_by)
            status = hazard.status
            tell(session, NoticeKind.HAZARD_STEP, seen, to=seen.reported_by, step=step, status=status)


def _merged(session: Session, hazard: Hazard) -> list[Hazard]:
    """Give the first reports that were merged into a hazard, also by way of another that was.

    Who wrote them waits for the same thing.
    """
    merged = merged_below([hazard.id])
    query = select(Hazard).join(merged, Hazard.id == merged.c.id).where(Hazard.id != hazard.id)
    query = query.where(Hazard.reported_by.is_not(None)).order_by(Hazard.id)
    with session.no_autoflush:
        return list(session.scalars(query.limit(MERGED_MOST)))


def is_hidden(session: Session, hazard: Hazard) -> bool:
    """Say whether the reporter is a minor who does not find it: a notice or points would tell of the case."""
    reader = harm.reading_as(hazard.reported_by)
    return bool(session.scalar(_HIDDEN, {"hazard_id": hazard.id, **reader}))


def tell(session: Session, kind: NoticeKind, hazard: Hazard, *, to: UUID | None, **more: Any) -> None:
    """Write a notice about a hazard to a user; a visitor who reported it has no inbox."""
    about = {"hazard_id": hazard.id, "status": hazard.status, "level": hazard.level, **more}
    notices.post(session, kind, to=to, area_code=hazard.area_code, **about)
