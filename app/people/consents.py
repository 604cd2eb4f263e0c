"""Consents: one decision a purpose, on one version of its text; withdrawn at once.

A resident decides for himself, a guardian for a child under 14. Staff record what was signed on paper. The
duties of staff do not rest on consent, so nothing here stands in their way but what the law says of children.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.models import Consent, ConsentChannel, ConsentPurpose, ConsentText, Guardianship, Resident, User
from app.once import content_hash, insert_once, made_before
from app.people.consent_texts import NO_LONGER_ASKED
from app.people.deaths import check_not_dead
from app.people.guardians import guardianship_in_force, is_child, ward
from app.people.homes import check_minor_elsewhere
from app.people.listings import Reached, resident_in_scope
from app.people.locking import lock_accounts
from app.people.said_no import check_said_no


class NoBasisError(DomainError):
    """There is no consent on record that this could rest on (data: ``purpose``)."""

    code = "no_basis"
    kind = Kind.FORBIDDEN


class ConsentChangedError(DomainError):
    """The text is another by now, so the person is to be asked anew (data: ``purpose``)."""

    code = "consent_changed"
    kind = Kind.CONFLICT


class GuardianNeededError(DomainError):
    """A child under 14 cannot decide; its guardian does."""

    code = "guardian_needed"
    kind = Kind.FORBIDDEN


class WardNeededError(DomainError):
    """The text is agreed to by a guardian, for a child that he names (``resident_id``); never for oneself."""

    code = "ward_needed"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewDecision:
    """A decision on one text; ``resident_id`` is whose data it is about, by default the actor's own."""

    text_id: UUID
    given: bool
    resident_id: UUID | None = None


@dataclass(frozen=True)
class PaperDecision:
    """What somebody signed on paper: for himself, or as a child's guardian (``decided_by``)."""

    text_id: UUID
    given: bool
    resident_id: UUID
    decided_by: UUID


def decide(
    session: Session, actor: Actor, consent_id: UUID, new: NewDecision, *, proven: bool = True
) -> tuple[Consent, bool]:
    """Keep the actor's decision for himself or for his ward.

    ``proven`` says that he proved himself just now: without that, as in the session of a code that staff
    handed out, nobody takes a no back so soon (SaidNoError). A yes for a ward in such a session is taken, as
    a guardian without WeChat has no other way, and kept as what it is (ConsentChannel.CODE).

    Raises NotFoundError for a text that is unknown or asked no more, somebody without a place on the roster,
    also by now, or somebody else's child; GuardianNeededError, WardNeededError, ConsentChangedError,
    OtherContentError.
    """
    if (first := _made_before(session, actor, consent_id, new)) is not None:
        return first, False
    own = new.resident_id in {None, actor.resident_id}
    if actor.resident_id is None:
        raise NotFoundError
    _lock_concerned(session, actor, new.resident_id or actor.resident_id)
    _check_still_he(session, actor)
    if own:
        resident = session.get_one(Resident, actor.resident_id)
    else:
        assert new.resident_id is not None, "it is somebody else's"
        resident = ward(session, actor.resident_id, new.resident_id)
    if own and is_child(resident):
        raise GuardianNeededError
    helped = new.given and not own and not proven and actor.code_by is not None
    channel = ConsentChannel.CODE if helped else ConsentChannel.APP
    return _keep(session, actor, consent_id, new, resident, actor.resident_id, channel, proven=proven)


def record_on_paper(
    session: Session,
    actor: Actor,
    consent_id: UUID,
    new: PaperDecision,
    *,
    reached: Reached = resident_in_scope,
) -> tuple[Consent, bool]:
    """Keep what a resident whom the actor reaches, or his verified guardian, signed on paper.

    Raises NotFoundError, GuardianNeededError if a child under 14 signed, WardNeededError,
    ResidentDeadError where whoever signed is said to have died, OwnHouseholdError for a minor of the actor's
    own home, ConsentChangedError, SaidNoError for a yes soon after a no that was said in the app,
    OtherContentError.
    """
    if (first := _made_before(session, actor, consent_id, new)) is not None:
        return first, False
    try:
        resident = reached(session, actor, new.resident_id)
    except NotFoundError:
        raise NotFoundError(field="resident_id") from None
    check_minor_elsewhere(actor, resident)
    _lock_concerned(session, actor, resident.id)
    _check_lives(session, new.decided_by, resident)
    if new.decided_by != resident.id:
        ward(session, new.decided_by, resident.id)
    elif is_child(resident):
        raise GuardianNeededError
    return _keep(
        session, actor, consent_id, new, resident, new.decided_by, ConsentChannel.PAPER, proven=False
    )


def _check_lives(session: Session, signer: UUID, resident: Resident) -> None:
    """Refuse what was signed by a resident, or somebody on record as his guardian, who is said to have died.

    Of anybody else nothing is told. Raises ResidentDeadError.
    """
    two = (Guardianship.child_id == resident.id, Guardianship.guardian_id == signer)
    if signer == resident.id or session.scalar(select(exists().where(*two))):
        check_not_dead(session, signer)


def _made_before(
    session: Session, actor: Actor, consent_id: UUID, new: NewDecision | PaperDecision
) -> Consent | None:
    """Give the decision if it was kept before: whatever changed since, it was judged then."""
    sent = content_hash(actor.user_id, new)
    return made_before(session, Consent, consent_id, sent, author=Consent.recorded_by, by=actor.user_id)


def _check_still_he(session: Session, actor: Actor) -> None:
    """Refuse what somebody decides as a resident who he is no longer. Raises NotFoundError.

    To be asked once his account is locked: whoever ends the binding locks it too, so that either this sees
    the end, or he sees the decision.
    """
    if session.scalar(select(User.resident_id).where(User.id == actor.user_id)) != actor.resident_id:
        raise NotFoundError


def _lock_concerned(session: Session, actor: Actor, resident_id: UUID) -> None:
    """Lock who decides or records, whose decision it is, and his guardians.

    A child's account may be shut by it, and the others are told.
    """
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.child_id == resident_id, guardianship_in_force()
    )
    concerned = (User.resident_id == resident_id) | User.resident_id.in_(guardians)
    lock_accounts(session, (User.id == actor.user_id) | concerned)


def _keep(
    session: Session,
    actor: Actor,
    consent_id: UUID,
    new: NewDecision | PaperDecision,
    resident: Resident,
    decided_by: UUID,
    channel: ConsentChannel,
    *,
    proven: bool,
) -> tuple[Consent, bool]:
    text = session.get(ConsentText, new.text_id)
    if text is None or text.published_at > now() or text.purpose in NO_LONGER_ASKED:
        raise NotFoundError(field="text_id")
    if text.id != text_in_force(session, text.purpose).id:
        raise ConsentChangedError(purpose=text.purpose)
    if new.given and text.purpose is ConsentPurpose.MINORS and decided_by == resident.id:
        raise WardNeededError(field="resident_id")
    if new.given and not proven:
        check_said_no(session, resident.id, text.purpose)
    return insert_once(
        session,
        Consent,
        consent_id,
        content_hash(actor.user_id, new),
        area_code=resident.area_code,
        resident_id=resident.id,
        decided_by=decided_by,
        purpose=text.purpose,
        text_id=text.id,
        text_hash=text.text_hash,
        given=new.given,
        channel=channel,
        recorded_by=actor.user_id,
        let_in_by=actor.code_by,
        decided_at=now(),
    )


def withdraw(session: Session, actor: Actor, consent_id: UUID) -> Consent:
    """Take the actor's own consent back, or his ward's, at once; again changes nothing.

    Raises NotFoundError.
    """
    row = _given(session, actor, consent_id)
    _check_still_he(session, actor)
    if row.resident_id != actor.resident_id:
        ward(session, actor.resident_id, row.resident_id)
    return _taken_back(row, actor)


def withdraw_on_paper(
    session: Session, actor: Actor, consent_id: UUID, *, reached: Reached = resident_in_scope
) -> tuple[Consent, bool]:
    """Take a consent back for a resident whom the actor reaches and who says so; say whether that is news.

    Raises NotFoundError, OwnHouseholdError for a minor of the actor's own home.
    """
    row = _given(session, actor, consent_id)
    if not actor.scope.covers(row.area_code):
        reached(session, actor, row.resident_id)
    check_minor_elsewhere(actor, session.get_one(Resident, row.resident_id))
    is_new = row.withdrawn_at is None
    return _taken_back(row, actor), is_new


def _given(session: Session, actor: Actor, consent_id: UUID) -> Consent:
    which = (Consent.id == consent_id, Consent.given)
    resident_id = session.scalar(select(Consent.resident_id).where(*which))
    if resident_id is None:
        raise NotFoundError
    _lock_concerned(session, actor, resident_id)
    row = session.scalars(
        select(Consent).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _taken_back(row: Consent, actor: Actor) -> Consent:
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = now(), actor.user_id
    return row


def text_in_force(session: Session, purpose: ConsentPurpose) -> ConsentText:
    """Give the newest published text of a purpose; migrations ship one of each."""
    return session.scalars(
        select(ConsentText)
        .where(ConsentText.purpose == purpose, ConsentText.published_at <= now())
        .order_by(ConsentText.version.desc())
        .limit(1)
    ).one()


def check_basis(session: Session, resident_id: UUID, purpose: ConsentPurpose) -> Consent:
    """Give the consent that something rests on; refuse it where there is none.

    Raises NoBasisError, and ConsentChangedError where he agreed to an older text.
    """
    consent = _agreed(session, resident_id, purpose)
    if consent.text_id != text_in_force(session, purpose).id:
        raise ConsentChangedError(purpose=purpose)
    return consent


def check_child(session: Session, resident: Resident, day: date | None = None) -> None:
    """Refuse to write about a child under 14 without its guardian's consent (PIPL, art. 31).

    The guardian must be one today: with the guardianship his consent ends. Raises NoBasisError,
    ConsentChangedError.
    """
    if is_child(resident, day):
        agreed_until(session, resident)
        check_basis(session, resident.id, ConsentPurpose.MINORS)


def agreed_until(session: Session, child: Resident) -> date:
    """Give the last day on which who agreed for a child under 14 is its guardian, to whichever text he did.

    Raises NoBasisError if he is none today, or nobody agreed.
    """
    consent = _agreed(session, child.id, ConsentPurpose.MINORS)
    who = (Guardianship.child_id == child.id, Guardianship.guardian_id == consent.decided_by)
    last = session.scalar(select(func.max(Guardianship.valid_until)).where(*who, guardianship_in_force()))
    if last is None:
        raise NoBasisError(purpose=ConsentPurpose.MINORS)
    return last


def _agreed(session: Session, resident_id: UUID, purpose: ConsentPurpose) -> Consent:
    last = session.scalars(
        select(Consent)
        .where(Consent.resident_id == resident_id, Consent.purpose == purpose)
        .order_by(Consent.decided_at.desc(), Consent.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or not last.given or last.withdrawn_at is not None:
        raise NoBasisError(purpose=purpose)
    return last
