"""Reporting a hazard by hand: staff and residents within their reach, a visitor at a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import harm, plans
from app.actors import Actor, Role
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.evidence import PhotoOwner, Signals, gather, link_photos
from app.harm import HarmRecord, Told
from app.hazards.assignees import FIELD_ROLES
from app.hazards.clocks import Clocks
from app.hazards.satisfaction import receipt_hash
from app.hazards.steps import record
from app.hazards.telling import tell_new
from app.identity import TABLE, Permission, Reach
from app.models import Hazard, HazardCategory, HazardSource, HazardStep, Place, Resident
from app.once import content_hash, insert_once, made_before
from app.places import CodeSigner, find, resolve

_REPORTERS = FIELD_ROLES | {Role.SHOP_CLERK}
"""Who reports what he sees at work."""


class PlaceUnnamedError(DomainError):
    """A report names its place, or carries the code scanned there."""

    code = "place_unnamed"
    kind = Kind.INVALID


@dataclass(frozen=True)
class HazardReport:
    """What somebody saw; without ``place_id`` it happened where the scanned code hangs."""

    category: HazardCategory
    text: str
    signals: Signals
    place_id: UUID | None = None
    photo_ids: Sequence[UUID] = ()


@dataclass(frozen=True)
class OnVisit:
    """The visit on which a hazard was seen: where, and whose home it is."""

    visit_id: UUID
    place: Place
    resident: Resident


def report(
    session: Session,
    actor: Actor,
    signer: CodeSigner,
    hazard_id: UUID,
    sent: HazardReport,
    *,
    receipt_key: str = "",
    on_visit: OnVisit | None = None,
) -> tuple[Hazard, bool]:
    """Report a hazard; a visitor needs a valid code, nobody needs to know how bad it is.

    ``receipt_key`` is a visitor's right to say later that the report was his. Words about the home of a minor
    whom somebody called on are read as words about him (``on_visit``).

    The same report again is the hazard it made, though its code was revoked or its place moved since.

    Raises PlaceUnnamedError, NotFoundError for a place out of reach or a code that we did not print,
    CodeRevokedError for a visitor's revoked code, OtherContentError, and for the position of a resident who
    did not agree to its use NoBasisError, ConsentChangedError.
    """
    mark = content_of(actor, sent, receipt_key=receipt_key)
    first = made_before(session, Hazard, hazard_id, mark, author=Hazard.reported_by, by=actor.user_id)
    if first is not None:
        return first, False
    place = on_visit.place if on_visit is not None else _place(session, actor, signer, sent)
    on_task = actor.user_id is not None and not actor.scope.covers(place.area_code)
    at = now()
    gathered = gather(
        session,
        actor,
        signer,
        place,
        sent.signals,
        record_id=hazard_id,
        received_at=at,
        photos=len(sent.photo_ids),
    )
    hazard, made = insert_once(
        session,
        Hazard,
        hazard_id,
        mark,
        area_code=place.area_code,
        place_id=place.id,
        visit_id=on_visit.visit_id if on_visit is not None else None,
        source=HazardSource.STAFF if on_task else source_of(actor, place.area_code),
        category=sent.category,
        text=sent.text,
        reported_by=actor.user_id,
        acted_for=actor.acted_for,
        let_in_by=actor.let_in_by,
        receipt_hash=receipt_hash(receipt_key) if receipt_key else None,
        **gathered.columns(),
    )
    if made:
        link_photos(session, PhotoOwner.HAZARD, hazard.id, place.area_code, sent.photo_ids, by=actor.user_id)
        record(session, actor, hazard, HazardStep.REPORT, sent=mark, when=Clocks(at))
        told = Told(HarmRecord.HAZARD, hazard.id, hazard.area_code)
        harm.watch(session, actor, told, [sent.text], about=on_visit.resident if on_visit else None)
        tell_new(session, actor, hazard.area_code, {hazard.id: hazard.level})
    return hazard, made


def content_of(actor: Actor, sent: HazardReport, *, receipt_key: str = "") -> bytes:
    """Give the hash of a report as somebody sends it."""
    acted_for = () if actor.acted_for is None else (actor.acted_for,)
    keyed = (receipt_key,) if receipt_key else ()
    return content_hash(actor.user_id, sent, *acted_for, *keyed)


def reported_content(session: Session, hazard_id: UUID) -> bytes | None:
    """Give the hash of what was reported under an id, if anything was."""
    return session.scalar(select(Hazard.content_hash).where(Hazard.id == hazard_id))


def _place(session: Session, actor: Actor, signer: CodeSigner, sent: HazardReport) -> Place:
    if actor.user_id is None:
        return _visited(session, signer, sent)
    taken: dict[str, Any] = {"captured_at": sent.signals.captured_at, "posts": _REPORTERS}
    if sent.place_id is not None:
        return plans.place_to_inspect(session, actor, sent.place_id, **taken)
    if sent.signals.code is None:
        raise PlaceUnnamedError(field="place_id")
    row = find(session, signer, sent.signals.code)
    if row is None:
        raise NotFoundError(field="code")
    return plans.place_to_inspect(session, actor, row.place_id, **taken)


def _visited(session: Session, signer: CodeSigner, sent: HazardReport) -> Place:
    """Give the place where a visitor stands: nothing but a valid code opens it."""
    if sent.signals.code is None:
        raise PlaceUnnamedError(field="code")
    place = resolve(session, signer, sent.signals.code).place
    if sent.place_id not in {None, place.id}:
        raise NotFoundError(field="place_id")
    return place


def source_of(actor: Actor, area_code: str) -> HazardSource:
    """Say as what the actor speaks: somebody with a post over this area reports as his job."""
    if actor.user_id is None:
        return HazardSource.VISITOR
    reaches = TABLE[Permission.HAZARD_REPORT]
    on_post = any(
        reaches.get(held.role) is Reach.AREA and area_code.startswith(held.area_code) for held in actor.held
    )
    return HazardSource.STAFF if on_post else HazardSource.RESIDENT
