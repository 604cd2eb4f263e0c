"""A child is born into a household: it is entered with its guardian."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.identity import guardian_notices
from app.models import GuardianRelation, Resident, RosterChangeKind, User
from app.people import (
    NewGuardianship,
    NewResident,
    check_recent,
    last_day_as_minor,
    lock_accounts,
    record_guardian,
    register_resident,
)
from app.sealing import Sealer


@dataclass(frozen=True)
class Birth:
    """The child, and who answers for it; ``proof`` names the document that was shown."""

    child: NewResident
    guardianship_id: UUID
    guardian_id: UUID
    guardian_relation: GuardianRelation
    proof: str


def enter_birth(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, new: Birth
) -> tuple[Resident, bool]:
    """Enter a newborn child, with a guardian who is then to be verified, until it is of age.

    The same again is the first one. Raises DayLongAgoError for one born more than a year ago, who is
    entered as any other resident, and what ``register_resident`` and ``record_guardian`` raise.
    """
    _lock_guardian(session, actor, new.guardian_id)
    child, made = register_resident(session, actor, resident_id, new.child, kind=RosterChangeKind.BORN)
    if made:
        check_recent(new.child.birth_date, field="birth_date")
    until = last_day_as_minor(new.child.birth_date)
    wanted = NewGuardianship(child.id, new.guardian_id, new.guardian_relation, new.proof, until)
    row, is_new = record_guardian(session, actor, sealer, new.guardianship_id, wanted)
    if is_new:
        guardian_notices.tell_verifiers(session, actor, row)
    return child, made


def _lock_guardian(session: Session, actor: Actor, guardian_id: UUID) -> None:
    """Lock the guardian, who may live there, before the household: a move of the home comes in this order."""
    lock_accounts(session, (User.id == actor.user_id) | (User.resident_id == guardian_id))
    session.get(Resident, guardian_id, with_for_update={"read": True, "key_share": True})
