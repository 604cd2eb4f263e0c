"""Finding who may be on the roster twice: by hand and by a file, or with two numbers."""

import enum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.actors import COMMUNITY_DIGITS, Actor
from app.errors import DomainError, Kind, NotFoundError
from app.models import Resident, RosterChange, RosterChangeKind
from app.moves.steps import begun
from app.people import check_lives_here, check_other_household, history, resident_in_scope, residents_reached
from app.sealing import Sealer


class OneRowError(DomainError):
    """Both names lead to one row of the roster."""

    code = "one_row"
    kind = Kind.INVALID


class Alike(enum.StrEnum):
    """What is the same of two, besides the name."""

    BIRTH_DATE = "birth_date"
    PHONE = "phone"


class TwoIds(NamedTuple):
    """A pair's place in the list; as text, it is the list's cursor."""

    first: UUID
    second: UUID

    @classmethod
    def parse(cls, text: str) -> "TwoIds":
        """Read it back. Raises ValueError."""
        first, second = text.split(" ")
        return cls(UUID(first), UUID(second))

    def __str__(self) -> str:
        return f"{self.first} {self.second}"


class Pair(NamedTuple):
    """Two who may be one, with household and place, and what is alike."""

    first: Resident
    second: Resident
    alike: frozenset[Alike]

    @property
    def key(self) -> TwoIds:
        """Give its place in the list."""
        return TwoIds(self.first.id, self.second.id)


def likely_duplicates(
    session: Session, actor: Actor, *, area_code: str | None = None, after: TwoIds | None, limit: int
) -> list[Pair]:
    """List pairs in the actor's areas who live in one community, have one name, and one birthday or phone.

    Signs and blanks make no other name. Two of whom somebody said that they are two are none; nor is whoever
    is of the actor's own home, of whom another decides. Nobody has the ID number of another.
    """
    one, other = aliased(Resident), aliased(Resident)
    born, called = one.birth_date == other.birth_date, one.phone_index == other.phone_index
    query = (
        select(one.id, other.id, born, func.coalesce(called, false()))
        .join(other, and_(func.plain_name(one.name) == func.plain_name(other.name), one.id < other.id))
        .where(
            one.left_on.is_(None),
            other.left_on.is_(None),
            or_(born, called),
            func.left(one.area_code, COMMUNITY_DIGITS) == func.left(other.area_code, COMMUNITY_DIGITS),
            *(_within(actor, area_code, each) for each in (one, other)),
            ~_said_two(one, other),
        )
        .order_by(one.id, other.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(one.id, other.id) > tuple_(after.first, after.second))
    rows = session.execute(query).all()
    people = {
        row.id: row for row in residents_reached(session, actor, {each for two in rows for each in two[:2]})
    }
    return [Pair(people[first], people[second], _alike(*same)) for first, second, *same in rows]


def _within(actor: Actor, area_code: str | None, who: type[Resident]) -> ColumnElement[bool]:
    here = and_(actor.scope.clause(who.area_code), who.household_id.not_in(sorted(actor.homes)))
    return here if area_code is None else and_(here, who.area_code.startswith(area_code, autoescape=True))


def _said_two(one: type[Resident], other: type[Resident]) -> ColumnElement[bool]:
    told = (RosterChange.kind == RosterChangeKind.TWO_PEOPLE, RosterChange.resident_id == one.id)
    return exists().where(*told, RosterChange.data["other_id"].astext == cast(other.id, Text))


def _alike(born: bool, called: bool) -> frozenset[Alike]:  # noqa: FBT001 - columns of a row
    return frozenset(what for what, same in ((Alike.BIRTH_DATE, born), (Alike.PHONE, called)) if same)


def say_two(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, step_id: UUID, other_id: UUID
) -> RosterChange:
    """Note that two who read alike are two people: they are listed no more. The same again changes nothing.

    Raises NotFoundError, OneRowError, OwnHouseholdError, ResidentLeftError, ResidentMergedError,
    OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "two_people", resident_id, other_id)
    if (first := step.taken()) is not None:
        return first
    one, other = both_named(session, actor, resident_id, other_id, field="other_id")
    check_lives_here(one, other)
    first_one, second = sorted((one, other), key=lambda each: each.id)
    kind = RosterChangeKind.TWO_PEOPLE
    told = history.change_of(kind, second, data={"other_id": str(first_one.id), "part_of": str(step_id)})
    history.keep_change(session, told, by=actor.user_id)
    return step.keep(history.change_of(kind, first_one, data={"other_id": str(second.id)}))


def both_named(
    session: Session, actor: Actor, resident_id: UUID, other_id: UUID, *, field: str
) -> tuple[Resident, Resident]:
    """Give two rows of the roster, neither of the actor's own home.

    Raises NotFoundError, OneRowError, OwnHouseholdError.
    """
    if resident_id == other_id:
        raise OneRowError(field=field)
    one = resident_in_scope(session, actor, resident_id)
    try:
        other = resident_in_scope(session, actor, other_id)
    except NotFoundError:
        raise NotFoundError(field=field) from None
    check_other_household(actor, one.household_id, other.household_id)
    return one, other
