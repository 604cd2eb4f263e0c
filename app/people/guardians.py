"""Guardians: adults on record for a child, with proof; good once an admin has verified them.

Nobody verifies from the child's own side: not the child's phone, and nobody of its household (GB/T 45574).
Nor does whoever put the guardian on record: one person could else make up who reads a child's data.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session, aliased

from app.actors import Actor
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import GuardianRelation, Guardianship, Resident, RosterChangeKind, User
from app.once import content_hash, insert_once, made_before
from app.people.deaths import check_not_dead
from app.people.history import change_of, keep_change
from app.people.leaving import check_lives_here
from app.people.listings import resident_in_scope
from app.people.locking import lock_accounts
from app.people.names import age_on
from app.sealing import Cell, Opener, Sealer

ADULT_YEARS = 18
"""Minor Protection Law, art. 2."""
CHILD_YEARS = 14
"""All data of who is younger is sensitive and asks for a guardian's consent (PIPL, art. 28 and 31)."""


class NotAChildError(DomainError):
    """The resident is of age and needs no guardian on record here."""

    code = "not_a_child"
    kind = Kind.INVALID


class GuardianUnfitError(DomainError):
    """The guardian is not of age, is the child, or is reached by the child's own phone."""

    code = "guardian_unfit"
    kind = Kind.INVALID


class GuardianSpanError(DomainError):
    """The guardianship would be over already, or outlast the child's eighteenth birthday."""

    code = "guardian_span"
    kind = Kind.INVALID


class GuardianOpenError(DomainError):
    """The two have a guardianship on record that has not ended; to change it, end it first."""

    code = "guardian_open"
    kind = Kind.CONFLICT


class OwnSideError(DomainError):
    """Whoever verifies or ends a guardianship is neither of the two nor of their households."""

    code = "own_side"
    kind = Kind.FORBIDDEN


class RecordedGuardianError(DomainError):
    """Who put a guardian on record does not verify him: a second person sees the proof."""

    code = "recorded_guardian"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class NewGuardianship:
    """What it takes to put a guardian on record; ``proof`` names the document that was shown."""

    child_id: UUID
    guardian_id: UUID
    relation: GuardianRelation
    proof: str
    valid_until: date


def is_child(resident: Resident, day: date | None = None) -> bool:
    """Say whether a resident is younger than 14 on a day in China, by default today."""
    return age_on(resident.birth_date, day or business_day()) < CHILD_YEARS


def is_minor(resident: Resident, day: date | None = None) -> bool:
    """Say whether a resident is younger than 18 on a day in China, by default today."""
    return age_on(resident.birth_date, day or business_day()) < ADULT_YEARS


def last_day_as_minor(birth_date: date) -> date:
    """Give the day before the eighteenth birthday; who was born on 29 February has his on 1 March."""
    year = birth_date.year + ADULT_YEARS
    try:
        birthday = birth_date.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return birthday - timedelta(days=1)


def record_guardian(
    session: Session, actor: Actor, sealer: Sealer, guardianship_id: UUID, new: NewGuardianship
) -> tuple[Guardianship, bool]:
    """Put a guardian on record; he is good for nothing before an admin has verified him.

    The same record again is the first one, though one of the two moved or came of age since.

    Raises NotFoundError for people outside the actor's areas, NotAChildError, GuardianUnfitError,
    ResidentDeadError, ResidentLeftError, GuardianSpanError, GuardianOpenError where the two have one that is
    not over, OtherContentError.
    """
    sent = sealer.fingerprint(content_hash(actor.user_id, new))
    first = made_before(
        session, Guardianship, guardianship_id, sent, author=Guardianship.recorded_by, by=actor.user_id
    )
    if first is not None:
        return first, False
    child = _named(session, actor, new.child_id, "child_id")
    guardian = _named(session, actor, new.guardian_id, "guardian_id")
    _lock_two(session, actor, child, guardian)
    check_lives_here(child)
    if not is_minor(child):
        raise NotAChildError(field="child_id")
    if is_minor(guardian) or _same_person(child, guardian):
        raise GuardianUnfitError(field="guardian_id")
    check_not_dead(session, guardian.id)
    if new.valid_until < business_day() or not is_minor(child, new.valid_until):
        raise GuardianSpanError(field="valid_until")
    _end_over(session, child.id, guardian.id)
    row, made = insert_once(
        session,
        Guardianship,
        guardianship_id,
        sent,
        taken=GuardianOpenError(),
        area_code=child.area_code,
        child_id=child.id,
        guardian_id=guardian.id,
        relation=new.relation,
        proof_sealed=sealed_proof(sealer, guardianship_id, new.proof),
        recorded_by=actor.user_id,
        created_at=now(),
        valid_until=new.valid_until,
    )
    if made:
        _keep(session, row, "recorded", by=actor.user_id)
    return row, made


def _keep(session: Session, row: Guardianship, what: str, *, by: UUID | None) -> None:
    """Write into the history of the child what became of a guardian of its."""
    data = {"guardianship_id": str(row.id), "guardian_id": str(row.guardian_id), "guardian": what}
    child = session.get_one(Resident, row.child_id)
    keep_change(session, change_of(RosterChangeKind.RELATION, child, data=data), by=by)


def _lock_two(session: Session, actor: Actor, child: Resident, guardian: Resident) -> None:
    """Lock the two on the roster after their accounts and the actor's, and read them anew.

    The row that is written names both, and what is over between them is ended before: whoever puts a birth
    date right holds the child, and ends guardianships then.
    """
    two = (child.id, guardian.id)
    lock_accounts(session, (User.id == actor.user_id) | User.resident_id.in_(two))
    in_order = select(Resident).where(Resident.id.in_(two)).order_by(Resident.id)
    as_named = in_order.with_for_update(read=True, key_share=True)
    session.scalars(as_named.execution_options(populate_existing=True)).all()


def _end_over(session: Session, child_id: UUID, guardian_id: UUID) -> None:
    """End what is past its last day between two, so that they may begin anew; by nobody."""
    two = (Guardianship.child_id == child_id, Guardianship.guardian_id == guardian_id)
    over = (Guardianship.ended_at.is_(None), Guardianship.valid_until < business_day())
    session.execute(update(Guardianship).where(*two, *over).values(ended_at=now()))


def sealed_proof(sealer: Sealer, guardianship_id: UUID, proof: str) -> bytes:
    """Give what a guardianship keeps of its proof."""
    return sealer.seal(proof, Cell("guardianships", "proof_sealed", guardianship_id))


def proof_of(sealer: Opener, row: Guardianship) -> str:
    """Give which document was shown."""
    return sealer.open(row.proof_sealed, Cell("guardianships", "proof_sealed", row.id))


def _named(session: Session, actor: Actor, resident_id: UUID, field: str) -> Resident:
    try:
        return resident_in_scope(session, actor, resident_id)
    except NotFoundError:
        raise NotFoundError(field=field) from None


def _same_person(child: Resident, guardian: Resident) -> bool:
    """Say whether the two share what identifies one person: the row, or a phone."""
    phone = child.phone_index is not None and child.phone_index == guardian.phone_index
    return child.id == guardian.id or phone


def verify_guardian(session: Session, actor: Actor, guardianship_id: UUID) -> tuple[Guardianship, bool]:
    """Note that the actor saw the proof, and say whether that is news; again by anybody changes nothing.

    Raises NotFoundError, OwnSideError, RecordedGuardianError, GuardianUnfitError if the phones are the same
    by now, IllegalStepError for a guardianship that has ended, ResidentDeadError.
    """
    row = _locked(session, actor, guardianship_id)
    child, guardian = _two_of(session, row)
    _check_no_side(actor, child, guardian)
    if row.recorded_by == actor.user_id:
        raise RecordedGuardianError
    if _same_person(child, guardian):
        raise GuardianUnfitError
    if row.ended_at is not None:
        raise IllegalStepError(now="ended", asked="verify")
    check_not_dead(session, guardian.id)
    is_new = row.verified_at is None
    if is_new:
        row.verified_at, row.verified_by = now(), actor.user_id
        _keep(session, row, "verified", by=actor.user_id)
    return row, is_new


def end_guardianship(session: Session, actor: Actor, guardianship_id: UUID) -> tuple[Guardianship, bool]:
    """End a guardianship now, and say whether that is news; what the guardian may, he may no longer.

    Again changes nothing.

    Raises NotFoundError, OwnSideError.
    """
    row = _locked(session, actor, guardianship_id)
    _check_no_side(actor, *_two_of(session, row))
    is_new = row.ended_at is None
    if is_new:
        row.ended_at, row.ended_by = now(), actor.user_id
        _keep(session, row, "ended", by=actor.user_id)
    return row, is_new


def end_guardianships_of(session: Session, guardian_id: UUID, *, by: UUID | None) -> list[Guardianship]:
    """End all that somebody who died is on record for as a guardian; give what ended. Accounts are locked."""
    return _end_all(session, Guardianship.guardian_id == guardian_id, by=by)


def end_guardianships_of_child(session: Session, child_id: UUID, *, by: UUID | None) -> None:
    """End all guardianships of a child that died."""
    _end_all(session, Guardianship.child_id == child_id, by=by)


def _end_all(session: Session, which: ColumnElement[bool], *, by: UUID | None) -> list[Guardianship]:
    query = select(Guardianship).where(which, Guardianship.ended_at.is_(None))
    in_order = query.order_by(Guardianship.id).with_for_update()
    rows = session.scalars(in_order.execution_options(populate_existing=True)).all()
    for row in rows:
        row.ended_at, row.ended_by = now(), by
        _keep(session, row, "ended", by=by)
    session.flush()
    return list(rows)


def _two_of(session: Session, row: Guardianship) -> tuple[Resident, Resident]:
    return session.get_one(Resident, row.child_id), session.get_one(Resident, row.guardian_id)


def _check_no_side(actor: Actor, *two: Resident) -> None:
    """Refuse with OwnSideError whoever lives with one of the two."""
    if not actor.homes.isdisjoint(one.household_id for one in two):
        raise OwnSideError


def _locked(session: Session, actor: Actor, guardianship_id: UUID) -> Guardianship:
    """Give a guardianship, locked after the accounts of the two and of the actor. Raises NotFoundError."""
    which = (Guardianship.id == guardianship_id, actor.scope.clause(Guardianship.area_code))
    two = session.execute(select(Guardianship.child_id, Guardianship.guardian_id).where(*which)).first()
    if two is None:
        raise NotFoundError
    lock_accounts(session, (User.id == actor.user_id) | User.resident_id.in_(two))
    row = session.scalars(
        select(Guardianship).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def guardianship_in_force() -> ColumnElement[bool]:
    """Say in SQL that a guardianship is verified, has not ended, and is not over."""
    return and_(
        Guardianship.verified_at.is_not(None),
        Guardianship.ended_at.is_(None),
        Guardianship.valid_until >= business_day(),
    )


def ward(session: Session, guardian_id: UUID | None, child_id: UUID) -> Resident:
    """Give the child of a guardian whose guardianship is in force; anybody else's reads as not there.

    Raises NotFoundError.
    """
    child = aliased(Resident)
    found = session.scalars(
        select(child)
        .join(Guardianship, Guardianship.child_id == child.id)
        .where(child.id == child_id, Guardianship.guardian_id == guardian_id, guardianship_in_force())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFoundError(field="resident_id")
    return found
