"""Who leaves, moves or comes in waits for whoever changes the same home, and nobody waits for who waits."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from app import identity, moves, visits
from app.clock import business_day
from app.identity.sessions import take_turn
from app.ids import new_id
from app.models import (
    Binding,
    CareCategory,
    CareEvent,
    CareLevel,
    CareRecord,
    EscapeHelp,
    GuardianRelation,
    Guardianship,
    Household,
    LeftWhy,
    Notice,
    NoticeKind,
    Place,
    PlaceKind,
    Relation,
    Resident,
    Sex,
    User,
)
from app.people import (
    Entry,
    NewHousehold,
    NewResident,
    Numbers,
    ResidentLeftError,
    register_all,
    register_resident,
    resident_locked,
)
from tests.care_world import write_resident
from tests.cast import GRID, HOME, LONG_AGO, named, person
from tests.child_world import write_child, write_guardian
from tests.moves_world import home_in
from tests.races.beside import beside, staff, taking_one
from tests.races.together import one_inside_the_other
from tests.roster_world import forget_changes
from tests.sealer import SEALER

HEAD = named("resident")


def test_who_is_bound_moves_out_beside_who_binds_somebody_to_him(engine: Engine) -> None:
    """Whoever binds locks the resident, and then looks for the binding that there is."""

    def step(session: Session) -> LeftWhy | None:
        new = moves.Leaving(business_day(), LeftWhy.MOVED_OUT)
        moves.leave(session, staff("admin"), SEALER, HEAD, new_id(), new)
        return session.get_one(Resident, HEAD).left_why

    go_on = taking_one(Binding, named("binding resident"))
    gave = beside(engine, lambda session: resident_locked(session, HEAD), step, go_on)
    assert gave is LeftWhy.MOVED_OUT


@dataclass(frozen=True)
class Family:
    """A child with an account, and its guardian, who has none."""

    guardian_id: UUID
    user_id: UUID
    guardianship_id: UUID


@pytest.fixture
def family(engine: Engine) -> Iterator[Family]:
    user_id = new_id()
    with Session(engine, expire_on_commit=False) as session:
        child_id, guardian_id = write_child(session), write_resident(session, name="王奶奶")
        user = {"area_code": GRID, "name": "王小明", "content_hash": b"", "created_at": LONG_AGO}
        session.add(User(id=user_id, resident_id=child_id, **user))
        row_id = write_guardian(session, child_id, guardian_id=guardian_id)
        session.commit()
    yield Family(guardian_id, user_id, row_id)
    with Session(engine) as session:
        session.execute(delete(Guardianship).where(Guardianship.id == row_id))
        session.execute(delete(User).where(User.id == user_id))
        session.execute(delete(Resident).where(Resident.id.in_([child_id, guardian_id])))
        session.commit()


def test_a_guardian_without_an_account_dies_beside_who_shuts_the_ward_s(
    engine: Engine, family: Family
) -> None:
    def step(session: Session) -> UUID | None:
        identity.end_with_residence(session, staff("admin"), family.guardian_id, died=True)
        return session.get_one(Guardianship, family.guardianship_id).ended_by

    go_on = taking_one(Guardianship, family.guardianship_id)
    gave = beside(engine, lambda session: take_turn(session, family.user_id), step, go_on)
    assert gave == staff("admin").user_id


@dataclass(frozen=True)
class Homes:
    """An empty home in the grid, and a building of the community outside of it, into which it moves."""

    place_id: UUID
    household_id: UUID
    elsewhere: UUID

    def move(self, session: Session) -> None:
        new = moves.HomeMove(self.elsewhere, "9单元909", business_day())
        moves.move_home(session, staff("admin"), SEALER, self.household_id, new_id(), new)

    @property
    def _person(self) -> NewResident:
        return NewResident(self.household_id, "新来的人", Sex.FEMALE, date(1990, 1, 1), Relation.OTHER)

    def enter(self, session: Session) -> None:
        register_resident(session, staff("admin"), new_id(), self._person)

    def bring_in(self, session: Session) -> None:
        home = NewHousehold(self.place_id, "1单元101")
        entry = Entry(new_id(), GRID, home, self._person, Numbers())
        assert register_all(session, staff("admin"), SEALER, [entry]) == {entry.id}


@pytest.fixture
def homes(engine: Engine) -> Iterator[Homes]:
    with Session(engine, expire_on_commit=False) as session:
        household_id = home_in(session, GRID)
        place_id = session.get_one(Household, household_id).place_id
        columns = {"area_code": HOME, "name": "新楼", "content_hash": b"", "created_at": LONG_AGO}
        elsewhere = Place(id=new_id(), kind=PlaceKind.RESIDENTIAL, **columns)
        session.add(elsewhere)
        session.commit()
        places = [place_id, elsewhere.id]
    yield Homes(place_id, household_id, elsewhere.id)
    with Session(engine) as session:
        forget_changes(session)
        there = select(Household.id).where(Household.place_id.in_(places))
        people = select(Resident.id).where(Resident.household_id.in_(there))
        records = select(CareRecord.id).where(CareRecord.resident_id.in_(people))
        session.execute(delete(Notice).where(Notice.kind == NoticeKind.CARE))
        session.execute(text("SET LOCAL session_replication_role = replica"))  # its changes are append-only
        session.execute(delete(CareEvent).where(CareEvent.care_record_id.in_(records)))
        session.execute(delete(Notice).where(Notice.kind == NoticeKind.CARE))
        session.execute(text("SET LOCAL session_replication_role = origin"))
        session.execute(delete(CareRecord).where(CareRecord.resident_id.in_(people)))
        session.execute(delete(EscapeHelp).where(EscapeHelp.resident_id.in_(people)))
        session.execute(delete(Resident).where(Resident.household_id.in_(there)))
        session.execute(delete(Household).where(Household.place_id.in_(places)))
        session.execute(delete(Place).where(Place.id.in_(places)))
        session.commit()


@pytest.mark.parametrize("come", [Homes.enter, Homes.bring_in])
@pytest.mark.parametrize("order", [1, -1])
def test_nobody_who_comes_into_a_home_that_moves_is_left_in_the_grid_before(
    engine: Engine, homes: Homes, come: Callable[[Homes, Session], None], order: int
) -> None:
    steps = [homes.move, lambda session: come(homes, session)]

    one_inside_the_other(engine, *steps[::order])

    with Session(engine) as session:
        home_of = Household.id == Resident.household_id
        query = select(Resident.area_code, Household.area_code).join(Household, home_of)
        areas = session.execute(query.where(Household.place_id.in_([homes.place_id, homes.elsewhere]))).all()
        assert [his == the_homes for his, the_homes in areas] == [True]
        assert session.get_one(Household, homes.household_id).area_code == HOME


def _look_after(session: Session, resident_id: UUID) -> None:
    worker_id = person("worker").user_id
    new = visits.NewCare(resident_id, CareCategory.DISABLED, CareLevel.HIGH, worker_id, reason="行动不便")
    visits.open_care(session, staff("admin"), SEALER, new_id(), new)


def _put_on_register(session: Session, resident_id: UUID) -> None:
    new = visits.NewHelp(resident_id, 1, business_day())
    visits.note_help(session, staff("admin"), new_id(), new)


@pytest.mark.parametrize("begin", [_look_after, _put_on_register])
@pytest.mark.parametrize("goes", ["out", "to another grid"])
@pytest.mark.parametrize("order", [1, -1])
def test_nothing_begins_for_somebody_who_goes_at_that_moment(
    engine: Engine, homes: Homes, begin: Callable[[Session, UUID], None], goes: str, order: int
) -> None:
    with Session(engine) as session:
        resident_id = write_resident(session, household_id=homes.household_id)

    def go(session: Session) -> None:
        if goes != "out":
            homes.move(session)
        else:
            left = moves.Leaving(business_day(), LeftWhy.MOVED_OUT)
            moves.leave(session, staff("admin"), SEALER, resident_id, new_id(), left)

    steps = [go, lambda session: begin(session, resident_id)]
    with suppress(ResidentLeftError, visits.NotStaffHereError):
        one_inside_the_other(engine, *steps[::order])

    with Session(engine) as session:
        resident = session.get_one(Resident, resident_id)
        records = session.scalars(select(CareRecord).where(CareRecord.resident_id == resident_id)).all()
        register = session.scalars(select(EscapeHelp).where(EscapeHelp.resident_id == resident_id)).all()
        opened = [one.area_code for one in records if one.ended_on is None]
        opened += [one.area_code for one in register if one.ended_on is None]
        assert resident.left_on is None or opened == []
        assert set(opened) <= {resident.area_code}


def test_a_child_is_born_into_a_home_beside_who_moves_it(engine: Engine, homes: Homes) -> None:
    """Both take the guardian who lives there before the household."""
    with Session(engine) as session:
        guardian_id = write_resident(session, household_id=homes.household_id, name="妈妈")
    born = business_day()

    def step(session: Session) -> str:
        child = NewResident(homes.household_id, "小宝", Sex.MALE, born, Relation.CHILD)
        new = moves.Birth(child, new_id(), guardian_id, GuardianRelation.PARENT, "出生证")
        return moves.enter_birth(session, staff("admin"), SEALER, new_id(), new)[0].name

    go_on = taking_one(Household, homes.household_id)
    assert beside(engine, lambda session: resident_locked(session, guardian_id), step, go_on) == "小宝"
