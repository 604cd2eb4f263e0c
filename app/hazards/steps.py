"""How one step of a hazard is taken: locked, safe to repeat, numbered, recorded, told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor
from app.clock import now
from app.errors import IllegalStepError, NotFoundError
from app.evidence import PhotoOwner, link_photos
from app.ids import new_id
from app.models import Hazard, HazardEvent, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.once import content_hash

_S = HazardStatus
_FROM: dict[HazardStep, frozenset[HazardStatus]] = {
    HazardStep.ACCEPT: frozenset({_S.REPORTED}),
    HazardStep.REJECT: frozenset({_S.REPORTED}),
    HazardStep.DUPLICATE: frozenset({_S.REPORTED}),
    HazardStep.ASSIGN: frozenset({_S.ACCEPTED, _S.ASSIGNED, _S.RECTIFYING}),
    HazardStep.START: frozenset({_S.ASSIGNED}),
    HazardStep.RECTIFY: frozenset({_S.RECTIFYING}),
    HazardStep.VERIFY: frozenset({_S.RECTIFIED}),
    HazardStep.CLOSE: frozenset({_S.VERIFIED}),
}
"""The states each verb starts from; narrower than the transition table, in which a failed recheck,
too, leads to ``assigned``."""


def verbs_from(status: HazardStatus) -> list[HazardStep]:
    """List the verbs that start from a state."""
    return [verb for verb, starts in _FROM.items() if status in starts]


@dataclass(frozen=True)
class Step:
    """A step somebody is taking: the locked hazard, and what its events will say."""

    session: Session
    actor: Actor
    hazard: Hazard
    sent: bytes
    """Hash of the verb, its actor and its input."""
    at: datetime
    repeated: bool
    """The step was taken before and its reply lost: there is nothing left to do."""

    def take(
        self,
        to: HazardStatus,
        event: HazardStep,
        *,
        note: str = "",
        photo_ids: Sequence[UUID] = (),
        **data: Any,
    ) -> None:
        """Move the hazard and record it, with a notice to the reporter. Raises IllegalStepError."""
        self.hazard.advance(to)
        record(
            self.session,
            self.actor,
            self.hazard,
            event,
            sent=self.sent,
            at=self.at,
            note=note,
            photo_ids=photo_ids,
            **data,
        )


def begin(session: Session, actor: Actor, hazard_id: UUID, verb: HazardStep, **sent: Any) -> Step:
    """Lock a hazard for a step.

    The same step, sent again by the same person with the same input, is marked as repeated.

    Raises NotFoundError outside the actor's areas, IllegalStepError if the verb does not start from
    the hazard's state.
    """
    hazard = session.scalars(
        select(Hazard)
        .where(Hazard.id == hazard_id, actor.scope.clause(Hazard.area_code))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if hazard is None:
        raise NotFoundError
    mark = content_hash(verb, actor.user_id, sent)
    repeated = _last_mark(session, hazard_id) == mark
    if not repeated and hazard.status not in _FROM[verb]:
        raise IllegalStepError(id=hazard_id, now=hazard.status, asked=verb)
    return Step(session, actor, hazard, mark, now(), repeated)


def record(
    session: Session,
    actor: Actor,
    hazard: Hazard,
    step: HazardStep,
    *,
    sent: bytes,
    at: datetime,
    note: str = "",
    photo_ids: Sequence[UUID] = (),
    **data: Any,
) -> None:
    """Append an event to a hazard that this transaction locked or made; tell the reporter what others did."""
    number = session.scalar(select(func.max(HazardEvent.number)).where(HazardEvent.hazard_id == hazard.id))
    event = HazardEvent(
        id=new_id(),
        area_code=hazard.area_code,
        hazard_id=hazard.id,
        number=(number or 0) + 1,
        step=step,
        status_after=hazard.status,
        actor_id=actor.user_id,
        at=at,
        note=note,
        data=data,
        content_hash=sent,
    )
    session.add(event)
    link_photos(session, PhotoOwner.HAZARD_EVENT, event.id, hazard.area_code, photo_ids, by=actor.user_id)
    if hazard.reported_by != actor.user_id:
        tell(session, NoticeKind.HAZARD_STEP, hazard, to=hazard.reported_by, step=step)


def tell(session: Session, kind: NoticeKind, hazard: Hazard, *, to: UUID | None, **more: Any) -> None:
    """Write a notice about a hazard to a user; a visitor who reported it has no inbox."""
    about = {"hazard_id": hazard.id, "status": hazard.status, **more}
    notices.post(session, kind, to=to, area_code=hazard.area_code, **about)


def _last_mark(session: Session, hazard_id: UUID) -> bytes | None:
    """Give the hash of the latest step; a recurrence in between is nobody's step."""
    return session.scalar(
        select(HazardEvent.content_hash)
        .where(HazardEvent.hazard_id == hazard_id, HazardEvent.step != HazardStep.RECUR)
        .order_by(HazardEvent.number.desc())
        .limit(1)
    )
