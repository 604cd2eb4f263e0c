"""Hazards seen on a visit: on the books like any other, and nobody reads there whom the visit was to.

A hazard is read by many who do not read of care. So its source is the worker's, as ever: beside a door, "seen
on a visit" would tell who is looked after. Only whoever may read the visit is told of the link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import hazards
from app.actors import Actor
from app.errors import DomainError, Kind, NotFoundError, OtherContentError
from app.evidence import Signals
from app.hazards import HazardCategory, HazardReport, OnVisit, ShownHazard
from app.identity import Permission, scope_of
from app.models import Household, Resident, Visit, VisitMode
from app.places import CodeSigner
from app.visits.care_listings import NotResponsibleError
from app.visits.leave import TicketNeededError
from app.visits.listings import whole_visit
from app.visits.telling_words import telling_word

MAX_HAZARDS = 5


class HazardNamesError(DomainError):
    """The text of a hazard would tell who of the home is looked after (data: ``number``, ``word``)."""

    code = "hazard_names"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewHazard:
    """What was unsafe where somebody was visited; the id is the phone's."""

    id: UUID
    category: HazardCategory
    text: str
    photo_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class HazardOfVisit(ShownHazard):
    """A hazard with the visit on which it was seen, where its reader may read that."""

    visit_id: UUID | None


def report_seen(
    session: Session,
    actor: Actor,
    signer: CodeSigner,
    resident: Resident,
    home: Household,
    visit: Visit,
    signals: Signals,
    seen: Sequence[NewHazard],
) -> None:
    """Report what was seen on a visit just filed, at the home where it was made.

    Raises HazardNamesError, OtherContentError where an id is of another hazard.
    """
    if not seen:
        return
    of_home = select(Resident.name).where(Resident.household_id == home.id)
    names = session.scalars(of_home).all()
    position = signals.position if visit.mode is VisitMode.IN_PERSON else None
    told = Signals(signals.captured_at, position=position)
    for place, one in enumerate(seen):
        word = telling_word(one.text, names=names, place_name=home.place.name)
        if word is not None:
            raise HazardNamesError(field=f"hazards.{place}.text", number=place + 1, word=word)
        report = HazardReport(one.category, one.text, told, place_id=home.place_id, photo_ids=one.photo_ids)
        on = OnVisit(visit.id, home.place, resident)
        _, made = hazards.report(session, actor, signer, one.id, report, on_visit=on)
        if not made:
            raise OtherContentError(id=one.id)


def hazard_of_visit(session: Session, actor: Actor, hazard_id: UUID) -> HazardOfVisit:
    """Give a hazard as ``hazards.hazard`` does, with its visit for whoever may read that. Raises as there."""
    shown = hazards.hazard(session, actor, hazard_id)
    return HazardOfVisit(**vars(shown), visit_id=_told(session, actor, shown.hazard.visit_id))


def _told(session: Session, actor: Actor, visit_id: UUID | None) -> UUID | None:
    scope = scope_of(actor, Permission.CARE_READ)
    if visit_id is None or scope is None:
        return None
    try:
        return whole_visit(session, actor.within(scope), visit_id).visit.id
    except (NotFoundError, NotResponsibleError, TicketNeededError):
        return None
