"""A resident's number in clear: for a stated purpose, and not too often (GB/T 35273 7.2)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, end_of, now, start_of
from app.errors import DomainError, Kind, NotFoundError
from app.ids import new_id
from app.models import Resident, Reveal, RevealField, User
from app.people import Numbers, numbers_of
from app.sealing import Sealer

REVEALS_A_DAY = 20


class RevealLimitError(DomainError):
    """The actor has seen as many numbers today as a day allows (data: ``most``, ``retry_after_s``)."""

    code = "reveal_limit"
    kind = Kind.TOO_MANY


def reveal(
    session: Session, actor: Actor, sealer: Sealer, resident: Resident, *, field: RevealField, purpose: str
) -> str:
    """Give one number of a resident whom the actor reaches in clear, once, and keep who saw it and what for.

    The actor's own row is locked while his reveals of this day in China are counted, so that requests side
    by side cannot slip through together.

    Raises NotFoundError where there is no such number, RevealLimitError.
    """
    value = _value(numbers_of(sealer, resident), field)
    if value is None:
        raise NotFoundError
    keep_look(session, actor, resident, field=field, purpose=purpose)
    return value


def keep_look(
    session: Session, actor: Actor, resident: Resident, *, field: RevealField, purpose: str
) -> None:
    """Keep that the actor sees a number of this resident in clear now, whichever way; it counts for his day.

    Raises RevealLimitError.
    """
    _count(session, actor)
    row = Reveal(
        id=new_id(),
        area_code=resident.area_code,
        resident_id=resident.id,
        user_id=actor.user_id,
        field=field,
        purpose=purpose,
        revealed_at=now(),
    )
    session.add(row)
    session.flush()


def _value(numbers: Numbers, field: RevealField) -> str | None:
    return numbers.phone if field is RevealField.PHONE else numbers.id_number


def _count(session: Session, actor: Actor) -> None:
    session.get(User, actor.user_id, with_for_update={"key_share": True}, populate_existing=True)
    today = business_day()
    done = session.scalar(
        select(func.count())
        .select_from(Reveal)
        .where(Reveal.user_id == actor.user_id, Reveal.revealed_at >= start_of(today))
    )
    if done is not None and done >= REVEALS_A_DAY:
        left = int((end_of(today) - now()).total_seconds()) + 1
        raise RevealLimitError(most=REVEALS_A_DAY, retry_after_s=left)
