"""How a resident stands to each purpose, and when he may be asked again."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor
from app.clock import business_day, now
from app.errors import NotFoundError
from app.models import Consent, ConsentText, Resident
from app.people.consent_texts import NO_LONGER_ASKED
from app.people.guardians import ward

NOT_ASKED_FOR = timedelta(days=30)
"""After a no, nobody is asked again sooner (网络数据安全管理条例, art. 22: no frequent asking)."""


class State(StrEnum):
    """How one purpose stands for a resident."""

    NONE = "none"
    GIVEN = "given"
    CHANGED = "changed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Standing:
    """The text in force of one purpose, and how the resident decided."""

    text: ConsentText
    state: State
    consent: Consent | None
    ask_again_on: date | None
    """From when on the app may ask; None while there is nothing to ask."""


def standings(session: Session, actor: Actor, resident_id: UUID | None = None) -> list[Standing]:
    """Give each purpose's text in force and how the actor, or his ward, stands to it.

    A purpose that is asked no more is among them only while a yes to it can be taken back.

    Raises NotFoundError for somebody without a place on the roster, or somebody else's child.
    """
    if actor.resident_id is None:
        raise NotFoundError
    whose = actor.resident_id
    if resident_id not in {None, whose}:
        assert resident_id is not None, "it is somebody else's"
        whose = ward(session, actor.resident_id, resident_id).id
    return _standings(session, whose)


def standings_of(session: Session, resident: Resident) -> list[Standing]:
    """Give the same of a resident whom staff reach, who note his word."""
    return _standings(session, resident.id)


def _standings(session: Session, whose: UUID) -> list[Standing]:
    newest = (
        select(ConsentText)
        .where(ConsentText.published_at <= now())
        .ext(distinct_on(ConsentText.purpose))
        .order_by(ConsentText.purpose, ConsentText.version.desc())
    )
    last = (
        select(Consent)
        .where(Consent.resident_id == whose)
        .ext(distinct_on(Consent.purpose))
        .order_by(Consent.purpose, Consent.decided_at.desc(), Consent.id.desc())
        .options(joinedload(Consent.text))
    )
    by_purpose = {row.purpose: row for row in session.scalars(last)}
    found = [_standing(text, by_purpose.get(text.purpose)) for text in session.scalars(newest)]
    return [one for one in found if one.text.purpose not in NO_LONGER_ASKED or one.state is State.GIVEN]


def _standing(text: ConsentText, last: Consent | None) -> Standing:
    today = business_day()
    if last is None:
        return Standing(text, State.NONE, None, today)
    if last.withdrawn_at is not None:
        return Standing(text, State.WITHDRAWN, last, business_day(last.withdrawn_at + NOT_ASKED_FOR))
    if not last.given:
        return Standing(text, State.REFUSED, last, business_day(last.decided_at + NOT_ASKED_FOR))
    if last.text_id != text.id:
        return Standing(text, State.CHANGED, last, today)
    return Standing(text, State.GIVEN, last, None)
