"""Who is made another's duplicate while something else happens to one of the two: nothing hangs on nobody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app import moves, visits
from app.db import transaction
from app.errors import DomainError
from app.identity.bindings import bind
from app.ids import new_id
from app.models import (
    Binding,
    BindingWay,
    CareCategory,
    CareEvent,
    CareLevel,
    CareRecord,
    Notice,
    Resident,
    RosterChange,
    User,
)
from app.people import resident_locked
from tests.care_world import write_resident
from tests.cast import HOME, LONG_AGO, person
from tests.races.beside import staff
from tests.races.together import at_once, one_inside_the_other
from tests.roster_world import forget_changes
from tests.sealer import SEALER


@dataclass(frozen=True)
class Twins:
    """Two rows of one person, and an account that is nobody yet."""

    first: UUID
    second: UUID
    user_id: UUID

    def make_one(self, session: Session, *, turned: bool = False, step_id: UUID | None = None) -> str:
        """Let the second be the first's duplicate, or the other way round."""
        stays, duplicate = (self.second, self.first) if turned else (self.first, self.second)
        new = moves.SamePerson(duplicate)
        moves.make_one(session, staff("admin"), SEALER, stays, step_id or new_id(), new)
        return "one"

    def look_after(self, session: Session) -> str:
        """Begin to look after the second."""
        worker_id = person("worker").user_id
        new = visits.NewCare(self.second, CareCategory.DISABLED, CareLevel.LOW, worker_id, reason="行动不便")
        visits.open_care(session, staff("admin"), SEALER, new_id(), new)
        return "looked after"

    def bind(self, session: Session) -> str:
        """Bind the account to the second."""
        (user,) = session.scalars(select(User).where(User.id == self.user_id).with_for_update())
        resident = resident_locked(session, self.second)
        assert resident is not None
        bind(session, user, resident, BindingWay.REQUEST, by=person("admin").user_id)
        return "bound"


@pytest.fixture
def twins(engine: Engine) -> Iterator[Twins]:
    user_id = new_id()
    with Session(engine, expire_on_commit=False) as session:
        first, second = sorted(write_resident(session, name="王双双") for _ in range(2))
        user = {"area_code": HOME, "name": "王双双", "content_hash": b"", "created_at": LONG_AGO}
        session.add(User(id=user_id, **user))
        session.commit()
    yield Twins(first, second, user_id)
    with Session(engine) as session:
        forget_changes(session)
        ours = select(CareRecord.id).where(CareRecord.resident_id.in_([first, second]))
        session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
        session.execute(delete(CareEvent).where(CareEvent.care_record_id.in_(ours)))
        session.execute(delete(CareRecord).where(CareRecord.resident_id.in_([first, second])))
        session.execute(delete(Notice))
        session.execute(delete(Binding).where(Binding.user_id == user_id))
        session.execute(delete(User).where(User.id == user_id))
        session.execute(delete(Resident).where(Resident.id.in_([first, second])))
        session.commit()


def outcome(engine: Engine, step: Callable[[Session], str]) -> str:
    """Take a step that commits; give what it gave, or why it was refused."""
    with Session(engine, expire_on_commit=False) as session:
        try:
            with transaction(session):
                return step(session)
        except DomainError as refusal:
            return refusal.code


def test_of_two_who_are_made_each_other_s_duplicate_one_stays(engine: Engine, twins: Twins) -> None:
    gave = at_once(
        [
            lambda: outcome(engine, twins.make_one),
            lambda: outcome(engine, lambda session: twins.make_one(session, turned=True)),
        ]
    )

    assert sorted(gave) == ["one", "resident_merged"]
    with Session(engine) as session:
        both = Resident.id.in_([twins.first, twins.second])
        assert session.scalar(select(func.count()).where(both, Resident.left_on.is_(None))) == 1


def test_one_step_that_comes_twice_at_once_is_taken_once(engine: Engine, twins: Twins) -> None:
    step_id = new_id()
    call = lambda: outcome(engine, lambda session: twins.make_one(session, step_id=step_id))  # noqa: E731

    assert at_once([call, call]) == ["one", "one"]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(RosterChange)) == 2


@pytest.mark.parametrize("begin", [Twins.look_after, Twins.bind])
def test_what_begins_while_two_become_one_hangs_on_nobody_less(
    engine: Engine, twins: Twins, begin: Callable[[Twins, Session], str]
) -> None:
    """Whoever comes later is refused, also who had read before that the duplicate lives there."""

    def refused(session: Session) -> str:
        try:
            with transaction(session):
                return begin(twins, session)
        except DomainError as refusal:
            return refusal.code

    gave = one_inside_the_other(engine, twins.make_one, refused)

    assert gave == ("one", "resident_merged")
    assert hanging(engine, twins.second) == 0


@pytest.mark.parametrize("begin", [Twins.look_after, Twins.bind])
def test_what_began_before_goes_over(
    engine: Engine, twins: Twins, begin: Callable[[Twins, Session], str]
) -> None:
    gave = one_inside_the_other(engine, lambda session: begin(twins, session), twins.make_one)

    assert gave[1] == "one"
    assert (hanging(engine, twins.first), hanging(engine, twins.second)) == (1, 0)


def hanging(engine: Engine, resident_id: UUID) -> int:
    """Say how much care and how many bindings are somebody's."""
    with Session(engine) as session:
        of = [CareRecord.resident_id == resident_id, Binding.resident_id == resident_id]
        return sum(session.scalar(select(func.count()).where(one)) or 0 for one in of)


def test_who_undoes_it_twice_at_once_undoes_it_once(engine: Engine, twins: Twins) -> None:
    step_id = new_id()
    outcome(engine, lambda session: twins.make_one(session, step_id=step_id))

    def undo(session: Session) -> str:
        moves.undo(session, staff("admin"), SEALER, step_id, new_id())
        return "two"

    gave = at_once([lambda: outcome(engine, undo), lambda: outcome(engine, undo)])

    assert sorted(gave) == ["already_undone", "two"]
