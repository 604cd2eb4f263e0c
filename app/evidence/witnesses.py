"""Somebody at the place shows a code that changes: the other way to prove presence, without a position."""

from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.ids import new_id
from app.models import Place, WitnessCode, WitnessUse
from app.once import content_hash, insert_once, made_before
from app.places import CodeSigner, place_in_scope

WINDOW_S = 30
SHOWN_FOR = timedelta(minutes=5)
_SHOWINGS = 20
"""At most so many people show codes at one place at once."""


def show_witness_code(session: Session, actor: Actor, step_id: UUID, place_id: UUID) -> WitnessCode:
    """Begin to show codes at a place; the same step again is the same showing.

    Raises NotFoundError for a place outside the actor's reach, OtherContentError.
    """
    sent = content_hash(actor.user_id, place_id)
    first = made_before(session, WitnessCode, step_id, sent, author=WitnessCode.user_id, by=actor.user_id)
    if first is not None:
        return first
    place = place_in_scope(session, actor, place_id)
    at = now()
    row, _ = insert_once(
        session,
        WitnessCode,
        step_id,
        sent,
        area_code=place.area_code,
        place_id=place.id,
        user_id=actor.user_id,
        shown_at=at,
        ends_at=at + SHOWN_FOR,
    )
    return row


def codes_shown(signer: CodeSigner, showing: WitnessCode) -> list[tuple[datetime, str]]:
    """Give each code of a showing with the moment from which it is shown: the phone needs no net to go on."""
    first, last = _window(showing.shown_at), _window(showing.ends_at)
    return [
        (_EPOCH + timedelta(seconds=window * WINDOW_S), signer.moving(showing.id, window))
        for window in range(first, last + 1)
    ]


def use_witness_code(
    session: Session,
    actor: Actor,
    signer: CodeSigner,
    place: Place,
    code: str,
    *,
    record_id: UUID,
    happened_at: datetime,
) -> str:
    """Use up a code that somebody showed here just then, and say what it is worth.

    A window before and one after count as well, for clocks that go wrong by up to half a minute.
    """
    around = timedelta(seconds=2 * WINDOW_S)
    showings = session.scalars(
        select(WitnessCode)
        .where(
            WitnessCode.place_id == place.id,
            WitnessCode.shown_at.between(happened_at - SHOWN_FOR - around, happened_at + around),
        )
        .order_by(WitnessCode.shown_at.desc())
        .limit(_SHOWINGS)
    )
    here = _window(happened_at)
    for showing in showings:
        for window in (here, here - 1, here + 1):
            shown = _window(showing.shown_at) <= window <= _window(showing.ends_at)
            if shown and compare_digest(signer.moving(showing.id, window).encode(), code.encode()):
                return _use(session, actor, showing, window, record_id)
    return "witness_wrong"


def _use(session: Session, actor: Actor, showing: WitnessCode, window: int, record_id: UUID) -> str:
    if showing.user_id == actor.user_id:
        return "witness_self"
    values = {
        "id": new_id(),
        "witness_code_id": showing.id,
        "window": window,
        "visitor_id": actor.user_id,
        "record_id": record_id,
        "used_at": now(),
    }
    session.execute(insert(WitnessUse).values(values).on_conflict_do_nothing())
    by = session.scalar(
        select(WitnessUse.record_id).where(
            WitnessUse.witness_code_id == showing.id, WitnessUse.window == window
        )
    )
    return "witness_met" if by == record_id else "witness_used"


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _window(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW_S
