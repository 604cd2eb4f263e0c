"""Making plans, changing and ending them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import DIGITS, Area, Checklist, Plan, PlanEvent, PlanStep
from app.once import append_event, content_hash, insert_once, made_before
from app.places import AreaUnknownError
from app.plans.making import MOST_PLACES, count_places, take_back
from app.plans.terms import Terms, check, terms_of


class PlanChecklistError(DomainError):
    """There is no such checklist in force for this area."""

    code = "plan_checklist"
    kind = Kind.INVALID


class PlanTooManyPlacesError(DomainError):
    """The plan is about more places than one plan may be (data: ``most``)."""

    code = "plan_too_many_places"
    kind = Kind.INVALID


class PlanEndError(DomainError):
    """A plan ends today or later, and not before it starts."""

    code = "plan_end"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewPlan:
    """What it takes to make a plan; any version of a checklist, or of a copy, stands for the list."""

    area_code: str
    checklist_id: UUID
    terms: Terms


def make_plan(session: Session, actor: Actor, plan_id: UUID, new: NewPlan) -> tuple[Plan, bool]:
    """Make a plan; a job makes its occurrences within the minute.

    Raises NotFoundError outside the actor's areas, AreaUnknownError, PlanChecklistError, what ``terms.check``
    raises, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Plan, plan_id, sent, author=Plan.made_by, by=actor.user_id)
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    if len(new.area_code) < COMMUNITY_DIGITS or session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    _keep_list(session, new.area_code, new.checklist_id)
    checklist = _checklist(session, new.area_code, new.checklist_id)
    if checklist is None:
        raise PlanChecklistError(field="checklist_id")
    check(session, new.area_code, checklist.kind, new.terms)
    plan, made = insert_once(
        session,
        Plan,
        plan_id,
        sent,
        area_code=new.area_code,
        checklist_area_code=checklist.owner,
        checklist_code=checklist.code,
        kind=checklist.kind,
        made_by=actor.user_id,
        created_at=now(),
        **new.terms.columns(),
    )
    if made:
        _bound(session, plan)
    return plan, made


def change_plan(session: Session, actor: Actor, plan_id: UUID, step_id: UUID, terms: Terms) -> Plan:
    """Let a plan say something else for the periods that have not begun yet; those that have stay.

    Another title makes nothing anew.

    Raises NotFoundError, IllegalStepError for one that is over, what ``terms.check`` raises,
    OtherContentError.
    """
    plan, sent = _begin(session, actor, plan_id, step_id, PlanStep.CHANGE, terms)
    if plan is None:
        return session.get_one(Plan, plan_id)
    check(session, plan.area_code, plan.kind, terms)
    before = terms_of(plan).columns()
    _record(session, actor, plan, step_id, PlanStep.CHANGE, sent, before)
    changed = {name: value for name, value in terms.columns().items() if value != before[name]}
    for name, value in changed.items():
        setattr(plan, name, value)
    if changed.keys() - {"title"}:
        _bound(session, plan)
        take_back(session, plan)
    return plan


def end_plan(session: Session, actor: Actor, plan_id: UUID, step_id: UUID, *, ends_on: date) -> Plan:
    """Let a plan end with a day, today at the earliest; what began by then is still to be done.

    Raises NotFoundError, IllegalStepError for one that is over, PlanEndError, OtherContentError.
    """
    plan, sent = _begin(session, actor, plan_id, step_id, PlanStep.END, ends_on)
    if plan is None:
        return session.get_one(Plan, plan_id)
    if ends_on < max(plan.starts_on, business_day()):
        raise PlanEndError(field="ends_on")
    _record(session, actor, plan, step_id, PlanStep.END, sent, {"ends_on": plan.ends_on})
    plan.ends_on = ends_on
    take_back(session, plan)
    return plan


def _begin(
    session: Session, actor: Actor, plan_id: UUID, step_id: UUID, step: PlanStep, said: object
) -> tuple[Plan | None, bytes]:
    """Lock a plan for a step; None where the step was taken before and nothing is left to do."""
    sent = content_hash(step, actor.user_id, plan_id, said)
    before = made_before(session, PlanEvent, step_id, sent, author=PlanEvent.actor_id, by=actor.user_id)
    if before is not None:
        return None, sent
    query = select(Plan).where(Plan.id == plan_id, actor.scope.clause(Plan.area_code))
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    plan = session.scalars(query).one_or_none()
    if plan is None:
        raise NotFoundError
    if made_before(session, PlanEvent, step_id, sent, author=PlanEvent.actor_id, by=actor.user_id):
        return None, sent  # a copy took it while this one waited
    if plan.ends_on is not None and plan.ends_on < business_day():
        raise IllegalStepError(id=plan_id, now="ended", asked=step)
    return plan, sent


def _record(
    session: Session,
    actor: Actor,
    plan: Plan,
    step_id: UUID,
    step: PlanStep,
    sent: bytes,
    before: dict[str, object],
) -> None:
    plain = {
        name: value if value is None or isinstance(value, int | list) else str(value)
        for name, value in before.items()
    }
    append_event(
        session,
        PlanEvent,
        step_id,
        sent,
        area_code=plan.area_code,
        plan_id=plan.id,
        step=step,
        actor_id=actor.user_id,
        at=now(),
        data=plain,
    )


def _keep_list(session: Session, area_code: str, checklist_id: UUID) -> None:
    """Wait for whoever retires the list, in any version or copy that serves an area, and let nobody else."""
    asked = aliased(Checklist)
    family = and_(
        asked.code == Checklist.code,
        func.coalesce(asked.origin_area_code, asked.area_code)
        == func.coalesce(Checklist.origin_area_code, Checklist.area_code),
    )
    query = select(Checklist.id).join(asked, family)
    query = query.where(asked.id == checklist_id, Checklist.area_code.in_(_above(area_code)))
    session.execute(query.order_by(Checklist.id).with_for_update(read=True, of=Checklist))


def _above(area_code: str) -> list[str]:
    return [area_code[:digits] for digits in DIGITS.values() if digits <= len(area_code)]


def _checklist(session: Session, area_code: str, checklist_id: UUID) -> Checklist | None:
    """Give a list that serves an area, in whichever version, if one of its versions or copies is in force."""
    above, other, at = _above(area_code), aliased(Checklist), now()
    in_force = exists().where(
        other.code == Checklist.code,
        func.coalesce(other.origin_area_code, other.area_code)
        == func.coalesce(Checklist.origin_area_code, Checklist.area_code),
        other.area_code.in_(above),
        other.published_at <= at,
        or_(other.retired_at.is_(None), other.retired_at > at),
    )
    query = select(Checklist).where(
        Checklist.id == checklist_id,
        Checklist.area_code.in_(above),
        Checklist.published_at <= at,
        in_force,
    )
    return session.scalars(query).one_or_none()


def _bound(session: Session, plan: Plan) -> None:
    """Refuse a plan about more places than are made at once. Raises PlanTooManyPlacesError."""
    if count_places(session, plan) > MOST_PLACES:
        raise PlanTooManyPlacesError(field="place_ids", most=MOST_PLACES)
