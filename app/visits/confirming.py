"""Whether somebody came: who was visited, or who answers for him, says so on his own phone.

He is shown when, by whom and how somebody called; nothing of what was said or seen. What tells of harm to a
minor, or was made while a case about the visited one was open, he is not shown: who does the harm may live
there (ADR 0013). A denial decides nothing: it is told to who sees to it, who asks both sides.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, contains_eager

from app import harm, notices
from app.actors import Actor
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError, OtherContentError
from app.harm import HarmRecord, Told
from app.identity import seeing_to
from app.models import (
    CareRecord,
    Confirmation,
    Guardianship,
    HarmCase,
    NoticeKind,
    Resident,
    SaidBy,
    User,
    Visit,
    VisitBasis,
    VisitMode,
    VisitOutcome,
)
from app.once import content_hash, unique
from app.people import guardianship_in_force, is_minor, last_birth_of_adults
from app.retention import kept_for_a_case
from app.sealing import Sealer
from app.visits.care_listings import admin_scope
from app.visits.leave import Leave, leave_for
from app.visits.sealed import sealed_word

ASKED_FOR = timedelta(days=30)
"""So long after a visit arrived somebody may say whether it is so: whoever works elsewhere looks rarely."""
ANSWERS = frozenset({Confirmation.CONFIRMED, Confirmation.DENIED})


class VisitAnsweredError(DomainError):
    """Somebody said already whether it is so, who was visited or another who answers for him."""

    code = "visit_answered"
    kind = Kind.CONFLICT


class AnswerOverError(DomainError):
    """The visit is too long ago to be confirmed or denied here."""

    code = "answer_over"
    kind = Kind.CONFLICT


class OwnVisitError(DomainError):
    """Who made a visit does not confirm it, nor anybody in a session that he let in."""

    code = "own_visit"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class AnsweredVisit:
    """A visit that somebody confirmed or denied, with as much as its reader may know of it."""

    visit: Visit
    resident: Resident
    worker_name: str
    whole: bool
    """Without it he is told what was answered and where: of a minor the rest takes leave."""
    leave: Leave | None


@dataclass(frozen=True)
class OwnVisit:
    """A visit as who was visited sees it."""

    visit: Visit
    resident: Resident
    worker_name: str
    open: bool
    """Whether he is asked."""


def own_visits(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[OwnVisit]:
    """List the visits to the actor and the children whose guardian he is, or to whom he acts for.

    The newest first; those only that met somebody.
    """
    query = _shown(actor).order_by(Visit.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Visit.id < after)
    return [_seen(visit, name) for visit, name in session.execute(query).all()]


def answer(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    visit_id: UUID,
    step_id: UUID,
    *,
    said: Confirmation,
    word: str,
) -> OwnVisit:
    """Say that a visit took place, or that nobody came; the same step again changes nothing.

    Raises NotFoundError for what is not shown to the actor, OtherContentError, OwnVisitError,
    VisitAnsweredError, AnswerOverError.
    """
    assert said in ANSWERS, "the edge takes no other"
    sent = sealer.fingerprint(content_hash(actor.user_id, visit_id, said, word))
    if (first := _sent_before(session, step_id, sent)) is not None:
        return first
    query = _shown(actor).where(Visit.id == visit_id).with_for_update(of=Visit)
    found = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFoundError
    if (first := _sent_before(session, step_id, sent)) is not None:  # by a copy that was there first
        return first
    visit, name = found
    if visit.answer_id is not None:
        raise VisitAnsweredError
    if visit.worker_id == actor.user_id or (
        said is Confirmation.CONFIRMED and visit.worker_id in (actor.code_by, actor.inviter)
    ):
        raise OwnVisitError
    if not _is_asked(visit):
        raise AnswerOverError
    resident = visit.care_record.resident
    visit.confirmation, visit.answer_id, visit.answer_hash = said, step_id, sent
    visit.answered_at, visit.answered_by = now(), actor.user_id
    visit.answered_as = _as(actor, resident)
    if word:
        visit.word_sealed = sealed_word(sealer, visit.id, word)
    with unique({"uq_visits_answer_id": OtherContentError(id=step_id)}):
        session.flush()
    if said is Confirmation.DENIED:
        _tell(session, actor, visit, resident)
    told = Told(HarmRecord.VISIT, visit.id, visit.area_code, step_id)
    harm.watch(session, actor, told, [word], about=resident)
    return _seen(visit, name)


def ask_whether_so(session: Session, visit: Visit) -> None:
    """Ask who was visited, in one notice on his own account, whether somebody came; who signed has said so.

    Nobody is asked who is under 18, or made the visit himself, nor what ``answer`` would not take: so nobody
    for whom a guardian or another acts, and no home that a case of harm is kept from.
    """
    if visit.confirmation is not Confirmation.NONE:
        return
    query = (
        select(User.id)
        .join(Resident, Resident.id == User.resident_id)
        .join(CareRecord, CareRecord.resident_id == Resident.id)
        .join(Visit, Visit.care_record_id == CareRecord.id)
        .where(
            Visit.id == visit.id,
            _tells_home(),
            Resident.birth_date <= last_birth_of_adults(business_day()),
            Resident.left_on.is_(None),
            User.id != visit.worker_id,
            User.disabled_at.is_(None),
        )
    )
    about = {"own_visit_id": visit.id} | ({} if visit.mode is VisitMode.IN_PERSON else {"what": "call"})
    to = session.scalar(query)
    notices.post(session, NoticeKind.OWN_VISIT, to=to, area_code=visit.area_code, **about)


def answered_visits(
    session: Session, actor: Actor, *, said: Confirmation | None, after: UUID | None, limit: int
) -> list[AnsweredVisit]:
    """List what was confirmed or denied in the areas that the actor oversees, the newest visit first.

    None that a case of harm keeps from his home; of minors as much as he has leave to read.
    """
    query = (
        select(Visit, Resident, User.name)
        .join(Visit.care_record)
        .join(CareRecord.resident)
        .join(User, User.id == Visit.worker_id)
        .where(
            Visit.answer_id.is_not(None),
            admin_scope(actor).clause(Visit.area_code),
            ~harm.visit_kept_from(actor),
        )
        .order_by(Visit.id.desc())
        .limit(limit)
    )
    if said is not None:
        query = query.where(Visit.confirmation == said)
    if after is not None:
        query = query.where(Visit.id < after)
    found = session.execute(query).all()
    minors = {resident.id: resident for _, resident, _ in found if is_minor(resident)}
    leave = leave_for(session, actor, list(minors.values()))
    hidden = minors.keys() - leave.keys()
    return [
        AnsweredVisit(visit, resident, name, resident.id not in hidden, leave.get(resident.id))
        for visit, resident, name in found
    ]


def _shown(actor: Actor) -> Select[Visit, str]:
    """Select what the actor is shown, with the resident and the worker's name."""
    return (
        select(Visit, User.name)
        .join(Visit.care_record)
        .join(CareRecord.resident)
        .join(User, User.id == Visit.worker_id)
        .options(contains_eager(Visit.care_record).contains_eager(CareRecord.resident))
        .where(_his(actor), _tells_home())
    )


def _tells_home() -> ColumnElement[bool]:
    """Say in SQL, beside ``Visit`` and ``Resident``, that who was visited may be told of a visit."""
    about_him = exists().where(
        HarmCase.resident_id == Resident.id,
        HarmCase.opened_at <= Visit.received_at,
        or_(HarmCase.closed_at.is_(None), HarmCase.closed_at >= Visit.received_at),
    )
    return and_(
        Visit.outcome != VisitOutcome.NOT_REACHED,
        Visit.basis != VisitBasis.MANDATORY_REPORT,
        ~kept_for_a_case(Visit.id, HarmRecord.VISIT),
        ~about_him,
    )


def _his(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, beside ``CareRecord``, that its visits are the actor's to answer for."""
    himself = CareRecord.resident_id == actor.resident_id
    if actor.acting is not None:
        return himself
    wards = select(Guardianship.child_id).where(
        Guardianship.guardian_id == actor.resident_id, guardianship_in_force()
    )
    return or_(himself, CareRecord.resident_id.in_(wards))


def _sent_before(session: Session, step_id: UUID, sent: bytes) -> OwnVisit | None:
    """Give the visit that this step was about, as its author saw it, whatever became of it since.

    Raises OtherContentError where the step was another.
    """
    query = select(Visit, User.name).join(User, User.id == Visit.worker_id).join(Visit.care_record)
    query = query.join(CareRecord.resident).where(Visit.answer_id == step_id)
    home = contains_eager(Visit.care_record).contains_eager(CareRecord.resident)
    found = session.execute(query.options(home)).one_or_none()
    if found is None:
        return None
    visit, name = found
    if visit.answer_hash != sent:
        raise OtherContentError(id=step_id)
    return _seen(visit, name)


def _seen(visit: Visit, worker_name: str) -> OwnVisit:
    return OwnVisit(visit, visit.care_record.resident, worker_name, _is_asked(visit))


def _is_asked(visit: Visit) -> bool:
    return visit.answer_id is None and visit.received_at > now() - ASKED_FOR


def _as(actor: Actor, resident: Resident) -> SaidBy:
    """Say what the actor is to the resident."""
    if actor.acting is not None:
        return SaidBy.GUARDIAN if actor.acting.proxy_id is None else SaidBy.FAMILY
    return SaidBy.RESIDENT if actor.resident_id == resident.id else SaidBy.GUARDIAN


def _tell(session: Session, actor: Actor, visit: Visit, resident: Resident) -> None:
    """Tell the admins but him who made the visit, or where there is no other the office above."""
    but = {actor.user_id, visit.worker_id} | harm.not_told_of_visit(session, visit.id, resident)
    what, people = seeing_to.who_sees_to_it(session, visit.area_code, but=but)
    about: dict[str, Any] = {"what": what}
    if what == "asked":
        about = {"what": "denied", "visit_id": visit.id, "care_record_id": visit.care_record_id}
    for user_id in sorted(people):
        notices.post(session, NoticeKind.CARE, to=user_id, area_code=visit.area_code, **about)
