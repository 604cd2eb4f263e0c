"""Finding residents by what somebody remembers of them: name, how it sounds, door, the end of a phone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Cast, ColumnElement, Select, cast, false, func, or_, select, text, tuple_, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from app.actors import Actor, Scope, community_of
from app.models import UNPREPARED, Household, Place, Resident
from app.people.numbers import (
    PHONE_DIGITS,
    TAIL_DIGITS,
    has_phone,
    has_phone_tail,
    numbers_of,
    tail_index,
)
from app.people.sounds import found_by, plain_signs, spelled
from app.sealing import UNREADABLE, Sealer, Showing

MOST_WORDS = 6
_MOST_PLACES = 500
_PARTS_OF_DOORS = ("号楼", "栋", "幢", "座", "单元")


class Named(NamedTuple):
    """A resident's place in what was found, which goes by name; as text, it is the list's cursor."""

    name: str
    id: UUID

    @classmethod
    def parse(cls, text: str) -> "Named":
        """Read it back. Raises ValueError."""
        resident_id, name = text.split(" ", 1)
        return cls(name, UUID(resident_id))

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


def search_residents(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    words: str,
    *,
    area_code: str | None = None,
    after: Named | None,
    limit: int,
) -> list[Resident]:
    """Find the residents within reach whom each of the words fits, by name, with household and place.

    A word fits by a part of the name from one of its signs on, as it is written or as it sounds
    (``found_by``); by a part of the door or of the building's name; four digits by the end of a phone, eleven
    by all of it. 3号楼101 is two words. Of more than ``MOST_WORDS`` words the others are not looked at.
    """
    reach = [actor.scope] if area_code is None else [actor.scope, Scope(areas=(area_code,))]
    own = [actor.home_code] if actor.home_code and actor.scope.household_id else []
    communities = sorted({community_of(area) for area in (*actor.scope.areas, *own)})
    fitting = select(Resident.id).where(*_within(reach, Resident.area_code, Resident.household_id))
    fitting = fitting.where(Resident.left_on.is_(None))
    for word in _words(words):
        fitting = fitting.where(Resident.id.in_(union(*_ways(session, sealer, communities, word))))
    if after is not None:
        fitting = fitting.where(tuple_(Resident.name, Resident.id) > tuple_(after.name, after.id))
    # Which ones is said before anything is joined: of thousands whom a letter fits, twenty are read whole.
    first = fitting.order_by(Resident.name, Resident.id).limit(limit).subquery()
    query = (
        select(Resident)
        .join(Resident.household)
        .join(Household.place)
        .options(contains_eager(Resident.household).contains_eager(Household.place))
        .where(Resident.id.in_(select(first.c.id)))
        .order_by(Resident.name, Resident.id)
    )
    return list(session.scalars(query))


def _words(text: str) -> list[str]:
    """Cut what somebody typed at blanks, and behind the words for a building and a staircase."""
    plain = spelled(text)
    for part in _PARTS_OF_DOORS:
        plain = plain.replace(part, f"{part} ")
    return plain.split()[:MOST_WORDS]


def _ways(session: Session, sealer: Sealer, communities: list[str], word: str) -> Iterator[Select[UUID]]:
    """Select the residents of these communities whom a word fits, each way by an index of its own."""
    begins = _beginning(communities, word.removesuffix("室"))
    if not word.isdecimal():
        yield select(Resident.id).where(Resident.sounds.bool_op("@@")(begins))
    if not word.isascii() and (places := _places_named(session, communities, word)):
        yield select(Resident.id).join(Resident.household).where(Household.place_id.in_(places))
    if any(sign.isdecimal() for sign in word):
        doors = func.door_words(Household.area_code, func.plain_door(Household.door))
        yield select(Resident.id).join(Resident.household).where(doors.bool_op("@@")(begins))
    if word.isdecimal() and len(word) == TAIL_DIGITS:
        yield select(Resident.id).where(has_phone_tail(sealer, communities, word))
    if word.isdecimal() and len(word) == PHONE_DIGITS:
        yield select(Resident.id).where(or_(false(), *(has_phone(sealer, one, word) for one in communities)))


def _places_named(session: Session, communities: list[str], word: str) -> Sequence[UUID]:
    """Give the places with a word in their name; a number begins there: 1号楼 is not 11号楼."""
    if word[0].isdecimal():
        named = func.lower(Place.name).regexp_match(f"(^|[^0-9]){re.escape(word)}")
    else:
        named = func.lower(Place.name).contains(word, autoescape=True)
    there = or_(false(), *(Place.area_code.startswith(one) for one in communities))
    return session.scalars(select(Place.id).where(there, named).limit(_MOST_PLACES)).all()


def _beginning(communities: list[str], word: str) -> Cast[str]:
    """Give a query for words of these communities that begin with this one, whose signs are no operators."""
    signs = plain_signs(word)
    return cast(" | ".join(f"{one}{signs}:*" for one in communities) if signs else "", TSQUERY)


def _within(
    reach: Sequence[Scope], area: InstrumentedAttribute[str], home: InstrumentedAttribute[UUID]
) -> list[ColumnElement[bool]]:
    return [scope.clause(area, home) for scope in reach]


def prepare_search(session: Session, sealer: Sealer, *, limit: int) -> int:
    """Write by what residents are found where a name or phone was changed without it; give of how many.

    A phone that does not open is found by no end: an empty index says that it was tried.
    """
    query = select(Resident).where(text(UNPREPARED)).order_by(Resident.id).limit(limit)
    found = session.scalars(query.with_for_update(skip_locked=True, key_share=True)).all()
    for resident in found:
        resident.sounds = found_by(resident.area_code, resident.name)
        if resident.phone_sealed is not None and resident.phone_tail_index is None:
            phone = numbers_of(Showing(sealer), resident).phone
            is_readable = phone is not None and phone != UNREADABLE
            resident.phone_tail_index = tail_index(sealer, resident.area_code, phone) if is_readable else b""
    session.flush()
    return len(found)
