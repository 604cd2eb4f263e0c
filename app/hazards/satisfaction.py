"""Whether who reported a hazard is satisfied with what became of it: one of three faces, and a sentence."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import VISITOR, Actor
from app.errors import DomainError, IllegalStepError, Kind
from app.hazards.merging import kept_for
from app.hazards.responsible import givers, tell_all
from app.hazards.steps import Reach, begin, is_hidden
from app.models import Hazard, HazardSource, HazardStatus, HazardStep
from app.notices import NoticeKind

CHANGEABLE_FOR = timedelta(days=7)
DISSATISFIED = 1
"""Of three faces; the second is so-so."""


class RatingOverError(DomainError):
    """He said so more than seven days ago: it stands."""

    code = "rating_over"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Rating:
    """How satisfied, from 1 to 3, and why."""

    faces: int
    note: str = ""


def receipt_hash(key: str) -> bytes:
    """Give what is kept of the key in the address of a receipt."""
    return sha256(key.encode()).digest()


def opens(hazard: Hazard, key: str) -> bool:
    """Say whether a key is the one under which a visitor reported a hazard: staff know its id, not this."""
    return (
        hazard.source is HazardSource.VISITOR
        and hazard.receipt_hash is not None
        and hmac.compare_digest(hazard.receipt_hash, receipt_hash(key))
    )


def opens_as_visitors(hazard: Hazard, key: str) -> bool:
    """Say whether it is still his who has the key: of what somebody made his own he speaks in his account."""
    return opens(hazard, key) and hazard.reported_by is None


def rate(session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, rating: Rating) -> Hazard:
    """Say how satisfied one is with what became of one's own report, once it is closed.

    Of a report that was merged it is said of the hazard that was kept, once that is closed, and stands with
    the report: each of several reporters says it for himself.

    Raises NotFoundError for anybody else's, OtherContentError, IllegalStepError, RatingOverError.
    """

    def is_his(hazard: Hazard) -> bool:
        return hazard.reported_by == actor.user_id and not is_hidden(session, hazard)

    return _rate(session, actor, hazard_id, step_id, rating, is_his)


def rate_by_receipt(
    session: Session, place_id: UUID, hazard_id: UUID, step_id: UUID, key: str, rating: Rating
) -> Hazard:
    """Say so of a report made without an account: the key in the address of its receipt is the right to.

    Raises what ``rate`` raises.
    """

    def is_his(hazard: Hazard) -> bool:
        return hazard.place_id == place_id and opens_as_visitors(hazard, key)

    return _rate(session, VISITOR, hazard_id, step_id, rating, is_his)


def _rate(
    session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, rating: Rating, is_his: Reach
) -> Hazard:
    step = begin(session, actor, hazard_id, step_id, HazardStep.RATE, reach=is_his, rating=vars(rating))
    hazard = step.hazard
    if step.repeated:
        return hazard
    kept = _closed(session, actor, hazard)
    if hazard.rated_at is not None and step.at > hazard.rated_at + CHANGEABLE_FOR:
        raise RatingOverError(id=hazard_id)
    before = hazard.satisfaction
    hazard.satisfaction, hazard.rated_at = rating.faces, hazard.rated_at or step.at
    step.leave(HazardStep.RATE, note=rating.note, faces=rating.faces)
    if rating.faces == DISSATISFIED != before:
        people = givers(session, kept)[1] - {actor.user_id}
        tell_all(session, NoticeKind.HAZARD_MATTER, kept, people, HazardStep.RATE)
    return hazard


def _closed(session: Session, actor: Actor, hazard: Hazard) -> Hazard:
    """Give what is rated: the hazard, or the closed one into which it was merged. Raises IllegalStepError."""
    if hazard.status is not HazardStatus.DUPLICATE:
        return hazard
    kept = kept_for(session, [hazard], reader=actor.user_id).get(hazard.id)
    if kept is None or kept.hazard.status is not HazardStatus.CLOSED:
        now = kept.hazard.status if kept else hazard.status
        raise IllegalStepError(id=hazard.id, now=now, asked=HazardStep.RATE)
    return kept.hazard
