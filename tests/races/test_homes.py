"""Whole households are closed, split and merged beside whoever comes, goes, claims and orders."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import moves, points
from app.actors import Actor
from app.clock import business_day, now
from app.config import Settings
from app.errors import DomainError
from app.ids import new_id
from app.models import Account, Household, Relation, Resident, RosterChange, Rule, Transfer
from app.people import Entry, NewHousehold, NewResident, Numbers, Sex, register_all
from app.points import NewClaim
from tests.points_town import award_to, resident_row
from tests.points_world import rule_values
from tests.races.points_races import Place, raced, split
from tests.races.together import one_inside_the_other
from tests.roster_world import forget_changes
from tests.sealer import SEALER

Verb = Callable[[Session], Any]


@dataclass(frozen=True)
class Homes:
    """Three households of one person each, and a second one in the first."""

    place: Place
    kin: UUID

    @property
    def actor(self) -> Actor:
        return self.place.town.actor()

    def home(self, number: int) -> UUID:
        return self.place.households[number]

    def person(self, number: int) -> UUID:
        return self.place.town.residents[number].id

    def split_off(self, who: UUID) -> Verb:
        going = (moves.Placed(who, Relation.HEAD),)
        building = self.place.town.households[0].place_id
        new = moves.Split(new_id(), building, "7单元701", going, business_day())
        return lambda session: moves.split(session, self.actor, SEALER, self.home(0), new_id(), new)

    def move(self, who: UUID, number: int) -> Verb:
        new = moves.Move(self.home(number), Relation.OTHER, business_day())
        return lambda session: moves.move(session, self.actor, SEALER, who, new_id(), new)

    def merge(self, number: int, into: int, *people: UUID) -> Verb:
        coming = tuple(moves.Placed(one, Relation.HEAD) for one in people)
        new = moves.Merge(self.home(into), coming, business_day())
        return lambda session: moves.merge(session, self.actor, SEALER, self.home(number), new_id(), new)

    def close(self, number: int) -> Verb:
        to = moves.PointsTo(self.home(1), "转给邻居")
        new = moves.Closing(business_day(), to)
        return lambda session: moves.close(session, self.actor, SEALER, self.home(number), new_id(), new)

    def undo(self, change_id: UUID) -> Verb:
        return lambda session: moves.undo(session, self.actor, SEALER, change_id, new_id())

    def bring_in(self, number: int) -> Verb:
        home = self.place.town.households[number]
        there = NewHousehold(home.place_id, home.door)
        person = NewResident(home.id, "新来的人", Sex.FEMALE, date(1990, 1, 1), Relation.OTHER)
        entry = Entry(new_id(), home.area_code, there, person, Numbers())
        return lambda session: register_all(session, self.actor, SEALER, [entry])

    def run(self, verb: Verb) -> Any:
        gave = self.place.run(verb)
        assert not isinstance(gave, DomainError), gave
        return gave

    def beside(self, first: Verb, second: Verb) -> list[str]:
        """Begin the second inside the first; give what came of the second, nothing if it was done."""

        def told(session: Session) -> list[str]:
            try:
                second(session)
            except DomainError as refusal:
                session.rollback()
                return [refusal.code]
            return []

        gave: list[str] = one_inside_the_other(self.place.engine, first, told)[1]
        return gave

    def lives(self, who: UUID) -> UUID:
        query = select(Resident.household_id).where(Resident.id == who)
        return self.place.fresh().scalars(query).one()

    def closed(self, number: int) -> bool:
        return self.place.fresh().get_one(Household, self.home(number)).closed_on is not None


@pytest.fixture
def homes(settings: Settings) -> Iterator[Homes]:
    with raced(settings.database_url, households=3) as place:
        session = place.town.session
        kin = resident_row(place.households[0], place.code, "王建国")
        session.add(kin)
        session.commit()
        yield Homes(place, kin.id)
        session.rollback()
        forget_changes(session)
        session.commit()


def test_who_is_split_off_beside_his_move_lives_in_one_home(homes: Homes) -> None:
    assert homes.beside(homes.move(homes.kin, 1), homes.split_off(homes.kin)) == ["not_of_home"]
    assert homes.lives(homes.kin) == homes.home(1)
    homes.run(homes.move(homes.kin, 0))

    assert homes.beside(homes.split_off(homes.kin), homes.move(homes.kin, 1)) == []
    assert homes.lives(homes.kin) == homes.home(1)


def test_of_two_households_that_go_into_each_other_one_does(homes: Homes) -> None:
    one_way = homes.merge(1, 2, homes.person(1))
    other_way = homes.merge(2, 1, homes.person(2))

    done, refused = split(homes.place.race([one_way, other_way]))

    assert (len(done), [one.code for one in refused]) == (1, ["household_closed"])
    assert homes.closed(1) != homes.closed(2)
    left = homes.home(2) if homes.closed(1) else homes.home(1)
    assert {homes.lives(homes.person(one)) for one in (1, 2)} == {left}


def test_points_that_come_beside_a_merge_stay_in_the_community(homes: Homes) -> None:
    """An award takes turns with it at the account; nothing is lost, and each balance is its entries' sum."""
    account = homes.place.accounts[1]
    homes.run(lambda session: award_to(session, account, 20))

    results = homes.place.race(
        [homes.merge(1, 2, homes.person(1)), *[lambda session: award_to(session, account, 1)] * 5]
    )

    assert split(results)[1] == []
    session = homes.place.fresh()
    balances = select(func.sum(Account.balance)).where(Account.area_code == homes.place.code)
    assert session.scalar(balances) == 25
    moved = session.scalars(select(Transfer.amount).where(Transfer.kind == "move")).one()
    assert 20 <= moved <= 25
    assert homes.place.agrees()


@pytest.mark.parametrize("come", ["moves", "is imported"])
def test_nobody_comes_into_a_household_that_is_closed_beside_him(homes: Homes, come: str) -> None:
    homes.run(homes.move(homes.person(2), 1))
    comes = homes.move(homes.kin, 2) if come == "moves" else homes.bring_in(2)

    told = homes.beside(homes.close(2), comes)

    assert told == (["household_closed"] if come == "moves" else [])
    here = Resident.household_id == homes.home(2)
    assert homes.place.fresh().scalars(select(Resident).where(here)).all() == []


@pytest.mark.parametrize("come", ["moves", "is imported"])
def test_a_household_is_not_closed_beside_who_comes_into_it(homes: Homes, come: str) -> None:
    homes.run(homes.move(homes.person(2), 1))
    comes = homes.move(homes.kin, 2) if come == "moves" else homes.bring_in(2)

    assert homes.beside(comes, homes.close(2)) == ["still_lived_in"]
    assert not homes.closed(2)


@pytest.mark.parametrize("order", [1, -1])
def test_nothing_is_claimed_for_a_household_that_goes_into_another(homes: Homes, order: int) -> None:
    session = homes.place.town.session
    rule = Rule(**rule_values(homes.place.code))
    session.add(rule)
    session.commit()
    new = NewClaim(homes.person(1), rule.id, now())
    actor = homes.place.town.actor(name="colleague")
    steps: list[Verb] = [
        homes.merge(1, 2, homes.person(1)),
        lambda session: points.submit(session, actor, new_id(), new),
    ]

    told = homes.beside(*steps[::order])

    assert told == (["household_closed"] if order > 0 else ["household_busy"])
    assert homes.closed(1) == (order > 0)


def test_who_moves_beside_the_undoing_of_his_split_stays_where_he_is(homes: Homes) -> None:
    change: RosterChange = homes.run(homes.split_off(homes.kin))

    assert homes.beside(homes.move(homes.kin, 1), homes.undo(change.id)) == ["roster_moved_on"]
    assert homes.lives(homes.kin) == homes.home(1)


def test_who_is_back_by_an_undoing_moves_from_there(homes: Homes) -> None:
    change: RosterChange = homes.run(homes.split_off(homes.kin))

    assert homes.beside(homes.undo(change.id), homes.move(homes.kin, 1)) == []
    assert homes.lives(homes.kin) == homes.home(1)


def test_a_change_that_two_undo_is_undone_once(homes: Homes) -> None:
    homes.run(lambda session: award_to(session, homes.place.accounts[1], 20))
    change: RosterChange = homes.run(homes.merge(1, 2, homes.person(1)))

    done, refused = split(homes.place.race([homes.undo(change.id), homes.undo(change.id)]))

    assert (len(done), [one.code for one in refused]) == (1, ["already_undone"])
    assert homes.lives(homes.person(1)) == homes.home(1)
    assert homes.place.agrees()
