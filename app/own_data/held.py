"""What kinds of data are held of oneself or of one's ward, and how much of each (PIPL, art. 45)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.actors import Actor
from app.own_data.copied import COPIED
from app.own_data.kinds import Whose
from app.own_data.whose import whose_data


@dataclass(frozen=True)
class Held:
    """One kind of records, by the name that it has in a copy, and how many there are."""

    kind: str
    title: str
    count: int


def held(session: Session, actor: Actor, *, ward_id: UUID | None = None) -> list[Held]:
    """Count what is held of the actor, or of his ward, kind by kind as a copy has it; no empty ones.

    A guardian may ask for kinds and amounts by 未成年人网络保护条例, art. 34.

    Raises NotFoundError for somebody else's child.
    """
    assert actor.user_id is not None, "who asks is signed in"
    counts = counted(session, whose_data(session, actor.user_id, ward_id))
    return [Held(copied.name, copied.title, counts[copied.name]) for copied in COPIED if counts[copied.name]]


def counted(session: Session, whose: Whose) -> dict[str, int]:
    """Count somebody's rows of every kind by its name, of those that hold nothing too."""
    each = union_all(
        *(
            select(literal(number), func.count()).select_from(copied.table).where(copied.his(whose))
            for number, copied in enumerate(COPIED)
        )
    )
    return {COPIED[number].name: count for number, count in session.execute(each)}
