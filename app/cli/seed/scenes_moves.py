"""What changes on the roster of the big site in its last days: who came and went, which homes are others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import moves
from app.cli.seed.history import History
from app.cli.seed.history_shop import account_of
from app.cli.seed.ids import id_at, named
from app.cli.seed.naming import names
from app.cli.seed.settlement import doors_of
from app.cli.seed.site import BIG_SITE
from app.cli.seed.stage import Stage, When
from app.cli.seed.world import SeedResident
from app.clock import business_day
from app.identity import Permission
from app.models import GuardianRelation, LeftWhy, PresenceState, Relation, Resident, Sex
from app.moves import Placed
from app.people import NewResident
from app.sealing import Sealer

_YOUNG, _CHILDBEARING = range(18, 60), range(22, 36)
_OLD_FROM = 65
_OF_A_COUPLE, _OF_A_BIG_HOME = 2, 5
_BACK_AFTER = timedelta(days=70)
"""Whoever goes to work at the end of November is expected at the Spring Festival."""
_TWICE, _TWICE_SINCE = 2, timedelta(days=200)


@dataclass
class Roster:
    """The homes of the site that no other story needs, each taken once, and the admin who writes of them."""

    stage: Stage
    sealer: Sealer

    def __post_init__(self) -> None:
        history = self.stage.history
        self.rng: Random = history.rng("moves")
        homes = _homes(history)
        twice = {one.household_id for two in _at_two_doors(history) for one in two}
        self._free = [home for home in homes if _is_plain(home) and home[0].household_id not in twice]
        self._earned = {account for one in history.postings for account in (one.debit_id, one.credit_id)}
        self._doors = {(home[0].place.id, home[0].door) for home in homes}
        self._admin = self.stage.staff(history.world.admin(BIG_SITE.code), Permission.ROSTER_WRITE)

    def take(self, fits: Callable[[list[SeedResident]], bool]) -> list[SeedResident]:
        """Give the first home that fits."""
        home = next(home for home in self._free if fits(home))
        self._free.remove(home)
        return home

    def take_alone(self) -> SeedResident:
        """Give somebody who lives alone and never earned points."""
        return self.take(
            lambda home: len(home) == 1 and account_of(home[0].household_id) not in self._earned
        )[0]

    def age(self, one: SeedResident) -> int:
        """Give how old somebody is."""
        return one.person.age_on(self.stage.history.last)

    def day(self, ago: int) -> date:
        """Give the day so many days before the story's end."""
        return business_day(self.stage.moment((ago, 12)))

    def new_id(self) -> UUID:
        """Give the id of somebody or something new."""
        return id_at(self.rng, self.stage.history.until)

    def free_door(self, near: SeedResident) -> str:
        """Give a flat of the same building where nobody lives."""
        door = next(door for door in doors_of(2) if (near.place.id, door) not in self._doors)
        self._doors.add((near.place.id, door))
        return door

    def do(self, when: When, doing: Callable[..., object], **what: Any) -> None:
        """Let the community's admin do something at a moment."""

        def play(session: Session) -> None:
            doing(session, self._admin, self.sealer, **what)

        self.stage.do(self.stage.moment(when), play)

    def step(self, when: When, doing: Callable[..., object], **what: Any) -> None:
        """Let him change what is there, under an id of its own."""
        self.do(when, doing, step_id=self.new_id(), **what)


def set_moves(stage: Stage, sealer: Sealer) -> None:
    """Set a birth, a death, moves, a split, a merge, a closed home, and somebody made one of two."""
    roster = Roster(stage, sealer)
    for scene in (_born, _died, _moved_within, _split, _merged, _closed, _off_to_work, _made_one):
        scene(roster)


def enter_twice(history: History) -> None:
    """Let two old people stand at a neighbour's door as well, where a paper of their children had them.

    One of them is still to be looked at, the other is made one in the last days.
    """
    for one, door in _at_two_doors(history):
        history.rows.add(
            Resident,
            id=_twin(one),
            area_code=door.area_code,
            household_id=door.household_id,
            name=one.person.name,
            sex=one.person.sex,
            birth_date=one.person.birth_date,
            relation=Relation.PARENT,
            presence=one.person.presence,
            phone=None,
            id_number=None,
            content_hash=b"",
            created_at=history.until - _TWICE_SINCE,
        )


def _at_two_doors(history: History) -> list[tuple[SeedResident, SeedResident]]:
    """Give who is entered twice, and the head of the home where he does not live."""
    homes = [home for home in _homes(history) if _is_plain(home)]
    old = [one for home in homes for one in home if one.person.age_on(history.last) >= _OLD_FROM]
    doors = [home[0] for home in homes if len(home) == _OF_A_COUPLE]
    return list(zip(old[:_TWICE], doors[-_TWICE:], strict=True))


def _twin(one: SeedResident) -> UUID:
    return named("resident entered twice", one.id)


def _homes(history: History) -> list[list[SeedResident]]:
    homes = history.world.households.values()
    return [home for home in homes if home[0].area_code.startswith(BIG_SITE.code)]


def _is_plain(home: list[SeedResident]) -> bool:
    """Say whether nobody has an account or is looked after."""
    return all(one.user_id is None and not one.person.care for one in home)


def _relations(home: list[SeedResident]) -> list[Relation]:
    return [one.person.relation for one in home]


def _born(roster: Roster) -> None:
    """Tell of a couple's child, three weeks old."""

    def fits(home: list[SeedResident]) -> bool:
        two = home[:2]
        couple = len(two) == _OF_A_COUPLE and two[1].person.relation is Relation.SPOUSE
        return couple and all(roster.age(one) in _CHILDBEARING for one in two)

    father, mother = roster.take(fits)[:2]
    birth = roster.day(22)
    given = names().given_name(roster.rng, Sex.FEMALE, birth.year)
    child = NewResident(father.household_id, father.person.name[0] + given, Sex.FEMALE, birth, Relation.CHILD)
    new = moves.Birth(child, roster.new_id(), mother.id, GuardianRelation.PARENT, "出生医学证明")
    roster.do((3, 9), moves.enter_birth, resident_id=roster.new_id(), new=new)


def _died(roster: Roster) -> None:
    home = roster.take(lambda home: len(home) > 1 and roster.age(home[-1]) >= _OLD_FROM)
    new = moves.Leaving(roster.day(3), LeftWhy.DIED, "家里人来社区说的")
    roster.step((2, 9), moves.leave, resident_id=home[-1].id, new=new)


def _moved_within(roster: Roster) -> None:
    """Tell of an old father who goes to live with a neighbour's family, his daughter's."""
    father = roster.take(lambda home: len(home) > 1 and home[-1].person.relation is Relation.PARENT)[-1]
    daughter = roster.take(lambda home: Relation.PARENT not in _relations(home))[0]
    new = moves.Move(daughter.household_id, Relation.PARENT, roster.day(3), "跟女儿住")
    roster.step((3, 10), moves.move, resident_id=father.id, new=new)


def _split(roster: Roster) -> None:
    """Tell of a grown child who gets a flat of his own in the same building; there are two such homes."""

    def fits(home: list[SeedResident]) -> bool:
        grown = home[-1].person.relation is Relation.CHILD and roster.age(home[-1]) in _YOUNG
        return grown and len(home) >= _OF_A_BIG_HOME - 1

    for hour in (9, 14):
        one = roster.take(fits)[-1]
        door, placed = roster.free_door(one), (Placed(one.id, Relation.HEAD),)
        new = moves.Split(roster.new_id(), one.place.id, door, placed, roster.day(4), reason="分户单过")
        roster.step((4, hour), moves.split, household_id=one.household_id, new=new)


def _merged(roster: Roster) -> None:
    """Tell of somebody living alone who goes to live with relatives; his home is closed."""
    alone = roster.take_alone()
    into = roster.take(lambda home: len(home) > 1)[0]
    new = moves.Merge(into.household_id, (Placed(alone.id, Relation.OTHER),), roster.day(4), "并到亲戚家")
    roster.step((4, 10), moves.merge, household_id=alone.household_id, new=new)


def _closed(roster: Roster) -> None:
    """Tell of somebody who moves to the city; nobody lives in his home any more."""
    alone = roster.take_alone()
    gone = moves.Leaving(roster.day(5), LeftWhy.MOVED_OUT, "到城里子女家长住")
    roster.step((5, 9), moves.leave, resident_id=alone.id, new=gone)
    closing = moves.Closing(roster.day(4), reason="钥匙已交回社区")
    roster.step((4, 11), moves.close, household_id=alone.household_id, new=closing)


def _off_to_work(roster: Roster) -> None:
    """Tell of somebody who goes away to work, and when he is expected back."""

    def fits(home: list[SeedResident]) -> bool:
        goes = home[-1].person
        grown = all(roster.age(one) in _YOUNG for one in home)
        return grown and len(home) > 1 and goes.able_to_work and goes.presence is PresenceState.HOME

    one, since = roster.take(fits)[-1], roster.day(2)
    new = moves.NewPresence(PresenceState.AWAY, since, since + _BACK_AFTER, "去武汉打工，说好回来过年")
    roster.step((2, 10), moves.set_presence, resident_id=one.id, new=new)


def _made_one(roster: Roster) -> None:
    one, _ = _at_two_doors(roster.stage.history)[0]
    new = moves.SamePerson(_twin(one), "子女家的户口本上也有他")
    roster.step((2, 11), moves.make_one, resident_id=one.id, new=new)
