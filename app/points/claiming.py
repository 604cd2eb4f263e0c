"""Claims: made by a resident, by staff for a household, or by a fact itself; sent again, or taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import evidence, harm
from app.actors import Actor, community_of
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.evidence import PhotoOwner
from app.harm import HarmRecord, Told
from app.ids import new_id
from app.models import (
    AutomaticSource,
    Claim,
    ClaimStatus,
    ClaimStep,
    ClockFlag,
    Evidence,
    Household,
    Resident,
    Rule,
    SourceKind,
)
from app.once import content_hash, insert_once, made_before
from app.people import (
    Category,
    ConsentChangedError,
    NoBasisError,
    ResidentLeftError,
    check_about,
    home_held,
    resident_in_scope,
)
from app.points.acted_for import made_for, tell_home
from app.points.claim_steps import Course, begin, tell, tell_office, tell_unverifiable
from app.points.kept_back import check_shown
from app.points.rulebook import automatic_rule, claimable_rule


class NotYourClaimError(DomainError):
    """Only who made a claim, or its household, sends it again or takes it back."""

    code = "not_your_claim"
    kind = Kind.FORBIDDEN


class PointsOutOfRangeError(DomainError):
    """The rule does not give that many points (data: ``least``, ``most``)."""

    code = "points_out_of_range"
    kind = Kind.INVALID


class PhotoNeededError(DomainError):
    """The rule asks for a photo."""

    code = "photo_needed"
    kind = Kind.INVALID


class NoteNeededError(DomainError):
    """The rule asks for some words."""

    code = "note_needed"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Ask:
    """What a claim asks for, and what it brings along; without ``points`` it asks for the rule's least."""

    text: str = ""
    points: int | None = None
    photo_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class NewClaim:
    """What it takes to claim for a resident's household."""

    resident_id: UUID
    rule_id: UUID
    captured_at: datetime
    ask: Ask = Ask()


@dataclass(frozen=True)
class Fact:
    """What earns a claim by itself: who brought it forward, for whom he acted, who made his way in."""

    kind: SourceKind
    id: UUID
    happened_at: datetime
    brought_by: UUID | None
    acted_for: UUID | None = None
    let_in_by: UUID | None = None


def submit(session: Session, actor: Actor, claim_id: UUID, new: NewClaim) -> tuple[Claim, bool]:
    """Claim points for a household: a resident for his own, staff for one of their area.

    The same claim again is the one it made, though the rule ended or the resident moved since.

    Raises NotFoundError for a resident out of reach and, sent again, for what is kept back from the actor by
    now, NoBasisError and ConsentChangedError for a child under 14 without its guardian's consent,
    ResidentLeftError for what happened after he left, HouseholdClosedError, RuleNotInForceError on the day it
    happened, PointsOutOfRangeError, PhotoNeededError, NoteNeededError, OtherContentError.
    """
    sent = made_for(actor, new)
    first = made_before(session, Claim, claim_id, sent, author=Claim.submitted_by, by=actor.user_id)
    if first is not None:
        check_shown(session, actor, first, repeated=True)
        return first, False
    if actor.acted_for not in {None, new.resident_id}:
        raise NotFoundError(field="resident_id")
    resident = resident_in_scope(session, actor, new.resident_id)
    signs = _signs_of_harm(session, actor, resident, new.ask)
    household = resident.household
    received_at = now()
    flag = evidence.clock_flag(new.captured_at, received_at)
    happened_on = business_day(new.captured_at if flag is ClockFlag.OK else received_at)
    if resident.left_on is not None and happened_on > resident.left_on:
        raise ResidentLeftError(field="resident_id")
    household = home_held(session, household.id, field="resident_id")
    rule = claimable_rule(session, new.rule_id, area_code=household.area_code, on=happened_on)
    claim, made = insert_once(
        session,
        Claim,
        claim_id,
        sent,
        area_code=household.area_code,
        household_id=household.id,
        resident_id=new.resident_id,
        rule_id=rule.id,
        points=_points(rule, new.ask),
        text=new.ask.text,
        submitted_by=actor.user_id,
        acted_for=actor.acted_for,
        let_in_by=actor.let_in_by,
        captured_at=new.captured_at,
        received_at=received_at,
        clock_flag=flag,
    )
    if made:
        _name_photos(session, actor, claim, new.ask.photo_ids)
        Course(session, claim).record(
            ClaimStep.SUBMIT, sent, by=actor.user_id, note=new.ask.text, let_in_by=actor.let_in_by
        )
        if signs:
            told = Told(HarmRecord.CLAIM, claim.id, claim.area_code)
            harm.open_case(session, actor, told, signs, about=resident)
        else:
            tell_home(session, actor, claim, "claimed")
        tell(session, [claim], ClaimStep.SUBMIT, by=actor.user_id)
    return claim, made


def resubmit(session: Session, actor: Actor, claim_id: UUID, step_id: UUID, ask: Ask) -> Claim:
    """Send a returned claim again, with other words or points, or more photos; its events keep the old ones.

    Raises NotFoundError, OtherContentError, NotYourClaimError, IllegalStepError, HouseholdClosedError,
    NoBasisError and ConsentChangedError for a child under 14 without its guardian's consent,
    PointsOutOfRangeError, PhotoNeededError, NoteNeededError.
    """
    step = begin(session, actor, claim_id, step_id, ClaimStep.RESUBMIT, ask=vars(ask))
    claim = step.claim
    if step.repeated:
        return claim
    _check_is_his(actor, claim)
    claim.check_step(ClaimStatus.SUBMITTED)
    home_held(session, claim.household_id)
    signs = _signs_of_harm(session, actor, claim.resident, ask)
    claim.points = _points(claim.rule, ask)
    claim.advance(ClaimStatus.SUBMITTED)
    claim.text = ask.text
    claim.verified_by = None
    claim.acted_for = actor.acted_for or claim.acted_for
    claim.let_in_by = actor.let_in_by or claim.let_in_by
    _name_photos(session, actor, claim, ask.photo_ids)
    step.record_known(ask.text, signs)
    tell(session, [claim], ClaimStep.RESUBMIT, by=actor.user_id)
    return claim


def withdraw(session: Session, actor: Actor, claim_id: UUID, step_id: UUID) -> Claim:
    """Take back a claim that is not approved yet.

    Raises NotFoundError, OtherContentError, NotYourClaimError, IllegalStepError.
    """
    step = begin(session, actor, claim_id, step_id, ClaimStep.WITHDRAW)
    claim = step.claim
    if step.repeated:
        return claim
    _check_is_his(actor, claim)
    claim.advance(ClaimStatus.WITHDRAWN)
    step.record()
    tell(session, [claim], ClaimStep.WITHDRAW, by=actor.user_id)
    return claim


def claim_for(
    session: Session,
    fact: Fact,
    *,
    household_id: UUID | None,
    resident_id: UUID | None,
    automatic: AutomaticSource,
    area_code: str,
    actor: Actor,
) -> Claim | None:
    """Make the claim that a fact earns by itself, once per fact; who accepted the fact verified the claim.

    It waits to be verified as any other if he belongs to the household that earns it, if somebody spoke for
    the resident, or if staff made the way in of whoever did: they neither verify nor approve it. Without an
    open household of this community, a rule in force, or what a child's claim rests on, there is no claim.
    """
    rule = automatic_rule(session, automatic, area_code=area_code, on=business_day(fact.happened_at))
    household = session.get(Household, household_id, with_for_update={"read": True}) if household_id else None
    resident = session.get(Resident, resident_id) if resident_id else None
    if rule is None or household is None or resident is None or not _has_basis(session, resident):
        return None
    if community_of(household.area_code) != rule.area_code or household.closed_on is not None:
        return None
    sent = content_hash(fact.kind, fact.id)
    made = session.scalars(
        insert(Claim)
        .values(
            id=new_id(),
            area_code=household.area_code,
            household_id=household.id,
            resident_id=resident.id,
            rule_id=rule.id,
            points=rule.points_min,
            source_kind=fact.kind,
            source_id=fact.id,
            acted_for=fact.acted_for,
            let_in_by=fact.let_in_by,
            content_hash=sent,
            captured_at=fact.happened_at,
            received_at=now(),
        )
        .on_conflict_do_nothing()
        .returning(Claim)
    ).one_or_none()
    if made is None:
        which = (Claim.source_kind == fact.kind, Claim.source_id == fact.id)
        return session.scalars(select(Claim).where(*which)).one()
    course = Course(session, made)
    spoke = fact.brought_by if fact.acted_for is not None else None
    course.record(ClaimStep.SUBMIT, sent, by=spoke, let_in_by=fact.let_in_by)
    if not made.has_others_behind and household.id not in actor.homes:
        made.advance(ClaimStatus.VERIFIED)
        made.verified_by = actor.user_id
        course.record(ClaimStep.VERIFY, sent, by=actor.user_id)
        tell_office(session, made)
    else:
        tell_unverifiable(session, made, rule)
    tell(session, [made], ClaimStep.SUBMIT, by=actor.user_id)
    return made


def _signs_of_harm(session: Session, actor: Actor, resident: Resident, ask: Ask) -> list[str]:
    """Give what in a claim's words tells of harm; without it, a child's claim needs its guardian's consent.

    Words of harm wait for nobody (Minor Protection Law, art. 11). Raises NoBasisError, ConsentChangedError.
    """
    signs = harm.signs_of_harm(session, actor, [ask.text], about=resident)
    if not signs:
        check_about(session, resident, Category.CLAIM)
    return signs


def _has_basis(session: Session, resident: Resident) -> bool:
    try:
        check_about(session, resident, Category.CLAIM)
    except (NoBasisError, ConsentChangedError):
        return False
    return True


def _check_is_his(actor: Actor, claim: Claim) -> None:
    if actor.user_id != claim.submitted_by and actor.household_id != claim.household_id:
        raise NotYourClaimError


def _points(rule: Rule, ask: Ask) -> int:
    """Give the points asked for, once they and the evidence are what the rule wants."""
    points = rule.points_min if ask.points is None else ask.points
    if not rule.points_min <= points <= rule.points_max:
        raise PointsOutOfRangeError(field="points", least=rule.points_min, most=rule.points_max)
    if rule.evidence is Evidence.PHOTO and not ask.photo_ids:
        raise PhotoNeededError(field="photo_ids")
    if rule.evidence is Evidence.NOTE and not ask.text:
        raise NoteNeededError(field="text")
    return points


def _name_photos(session: Session, actor: Actor, claim: Claim, photo_ids: Sequence[UUID]) -> None:
    evidence.link_photos(session, PhotoOwner.CLAIM, claim.id, claim.area_code, photo_ids, by=actor.user_id)
