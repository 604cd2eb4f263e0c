"""Finding residents by what somebody remembers of them: name, how it sounds, door, the end of a phone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Cast, ColumnElement, Select, and_, cast, false, func, or_, select, text, tuple_, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from app.actors import Actor, Scope, community_of
from app.models import UNPREPARED, Household, Place, Resident
from app.people.door_words import buildings_alike, is_joined, readings
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
    (``found_by``); by a part of the door or of the building's name, as people write them (``readings``); four
    digits by the end of a phone, eleven by all of it. Of more than ``MOST_WORDS`` words the others are not
    looked at.
    """
    reach = [actor.scope] if area_code is None else [actor.scope, Scope(areas=(area_code,))]
    own = [actor.home_code] if actor.home_code and actor.scope.household_id else []
    communities = sorted({community_of(area) for area in (*actor.scope.areas, *own)})
    fitting = select(Resident.id).where(*_within(reach, Resident.area_code, Resident.household_id))
    fitting = fitting.where(Resident.left_on.is_(None))
    for typed in spelled(words).split()[:MOST_WORDS]:
        told = [
            and_(*(Resident.id.in_(union(*_ways(session, sealer, communities, word))) for word in reading))
            for reading in readings(typed)
        ]
        fitting = fitting.where(or_(*told))
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


def _ways(session: Session, sealer: Sealer, communities: list[str], word: str) -> Iterator[Select[UUID]]:
    """Select the residents of these communities whom a word fits, each way by an index of its own."""
    if is_joined(word):  # whoever wrote the door so on the roster
        plain = func.plain_door(Household.door) == func.plain_door(word)
        there = or_(false(), *(Household.area_code.startswith(one) for one in communities))
        yield select(Resident.id).join(Resident.household).where(plain, there)
        return
    alike = buildings_alike(word.removesuffix("室"))
    begins = _beginning(communities, alike)
    if not word.isdecimal():
        yield select(Resident.id).where(Resident.sounds.bool_op("@@")(begins))
    if not alike[0].isascii() and (places := _places_named(session, communities, alike)):
        yield select(Resident.id).join(Resident.household).where(Household.place_id.in_(places))
    if any(sign.isdecimal() for sign in word):
        doors = func.door_words(Household.area_code, func.plain_door(Household.door))
        yield select(Resident.id).join(Resident.household).where(doors.bool_op("@@")(begins))
    if word.isdecimal() and len(word) == TAIL_DIGITS:
        yield select(Resident.id).where(has_phone_tail(sealer, communities, word))
    if word.isdecimal() and len(word) == PHONE_DIGITS:
        yield select(Resident.id).where(or_(false(), *(has_phone(sealer, one, word) for one in communities)))


def _places_named(session: Session, communities: list[str], words: Sequence[str]) -> Sequence[UUID]:
    """Give the places with one of the words in their name; a number begins there: 1号楼 is not 11号楼."""
    if words[0][:1].isdecimal():
        figures = "0-9一二三四五六七八九十"
        named = func.lower(Place.name).regexp_match(f"(^|[^{figures}])({'|'.join(map(re.escape, words))})")
    else:
        named = func.lower(Place.name).contains(words[0], autoescape=True)
    there = or_(false(), *(Place.area_code.startswith(one) for one in communities))
    return session.scalars(select(Place.id).where(there, named).limit(_MOST_PLACES)).all()


def _beginning(communities: list[str], words: Sequence[str]) -> Cast[str]:
    """Give a query for words of these communities that begin with one of these, whose signs are no operators.

    Of several only those count that are all letters, digits and characters: 3# is not all that begins with 3.
    """
    signs = {plain_signs(word) for word in words if len(words) == 1 or plain_signs(word) == word} - {""}
    each = (f"{one}{begun}:*" for one in communities for begun in sorted(signs))
    return cast(" | ".join(each), TSQUERY)


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
