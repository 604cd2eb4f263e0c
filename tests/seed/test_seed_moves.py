"""The demonstration shows births, deaths, moves, and what became of homes and of people entered twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor, Held, Role
from app.cli.seed.site import BIG_SITE
from app.identity import Permission, scope_of
from app.models import (
    Household,
    LeftWhy,
    PresenceState,
    Resident,
    RosterChange,
    RosterChangeKind,
)
from app.moves import Alike, likely_duplicates
from tests.seed.conftest import DAY

pytestmark = pytest.mark.xdist_group("seed")


def changes(session: Session, kind: RosterChangeKind) -> list[RosterChange]:
    return list(session.scalars(select(RosterChange).where(RosterChange.kind == kind)))


def test_every_kind_of_move_was_made_by_the_admin_in_the_last_days(session: Session) -> None:
    kinds = set(session.scalars(select(RosterChange.kind).distinct()))

    told = RosterChangeKind
    assert kinds >= {
        told.BORN,
        told.DIED,
        told.MOVED_OUT,
        told.MOVED_WITHIN,
        told.SPLIT,
        told.MERGED,
        told.CLOSED,
        told.PRESENCE,
        told.SAME_PERSON,
    }
    areas = set(session.scalars(select(RosterChange.area_code).distinct()))
    assert all(area.startswith(BIG_SITE.code) for area in areas)


def test_the_child_has_a_guardian_to_be_looked_at_and_a_birthday_of_this_month(session: Session) -> None:
    [born] = changes(session, RosterChangeKind.BORN)
    child = session.get_one(Resident, born.resident_id)

    assert timedelta(0) < DAY - child.birth_date < timedelta(days=30)


def test_one_is_still_there_twice_and_another_is_made_one(session: Session) -> None:
    actor = Actor(user_id=None, held=(Held(Role.COMMUNITY_ADMIN, BIG_SITE.code),))
    scope = scope_of(actor, Permission.ROSTER_WRITE)
    assert scope is not None
    pairs = likely_duplicates(session, actor.within(scope), after=None, limit=10)
    made_one = session.scalars(select(Resident).where(Resident.left_why == LeftWhy.DUPLICATE)).all()

    assert [pair.alike for pair in pairs] == [frozenset({Alike.BIRTH_DATE})]
    assert len(made_one) == 1


def test_homes_are_closed_with_nobody_in_them_and_two_are_new(session: Session) -> None:
    closed = session.scalars(select(Household.id).where(Household.closed_on.is_not(None))).all()
    inside = select(func.count()).where(Resident.household_id.in_(closed), Resident.left_on.is_(None))
    splits = {
        one.data["new_id"] for one in changes(session, RosterChangeKind.SPLIT) if one.data.get("new_id")
    }

    assert (len(closed), len(splits)) == (2, 2)
    assert session.scalar(inside) == 0
    assert splits.isdisjoint(map(str, closed))


def test_whoever_went_to_work_is_expected_back(session: Session) -> None:
    [went] = changes(session, RosterChangeKind.PRESENCE)
    one = session.get_one(Resident, went.resident_id)

    assert one.presence is PresenceState.AWAY
    assert one.back_on is not None
    assert one.back_on > DAY
