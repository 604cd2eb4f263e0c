"""Whoever comes to be beside an account while somebody waits for it is locked with it, in the same order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.actors import ProxyFunction
from app.clock import business_day, now
from app.identity.proxies import other_sides
from app.ids import new_id
from app.models import Proxy, ProxyRelation, ProxyState, User
from app.people import lock_accounts, lock_fully, user_locked
from tests.cast import GRID, LONG_AGO, named, person
from tests.races.together import one_inside_the_other

HEAD, ACCOUNT = named("resident"), person("resident").user_id
FIRST = UUID(int=1)
_WAIT_S = 20


@pytest.fixture
def helper(engine: Engine) -> Iterator[UUID]:
    """Give an account that comes before all others in the order of ids."""
    with Session(engine) as session:
        session.add(User(id=FIRST, area_code=GRID, name="李四", content_hash=b"", created_at=LONG_AGO))
        session.commit()
    yield FIRST
    with Session(engine) as session:
        session.execute(delete(Proxy).where(Proxy.user_id == FIRST))
        session.execute(delete(User).where(User.id == FIRST))
        session.commit()


def ask_to_help(session: Session, user_id: UUID) -> None:
    """Hold the resident's account and let somebody ask to act for him."""
    user_locked(session, ACCOUNT)
    asked = {
        "functions": [ProxyFunction.CLAIM],
        "consent": "当面说过",
        "asked_by": user_id,
        "asked_at": now(),
    }
    session.add(
        Proxy(
            id=new_id(),
            area_code=GRID,
            resident_id=HEAD,
            user_id=user_id,
            relation=ProxyRelation.OTHER,
            valid_until=business_day() + timedelta(days=30),
            state=ProxyState.ASKED,
            content_hash=b"",
            **asked,
        )
    )


def lock_both_sides(session: Session) -> User | None:
    """Lock the account, and whoever is told when its binding ends."""
    return lock_fully(session, ACCOUNT, beside=other_sides(ACCOUNT, HEAD))


def test_who_comes_meanwhile_is_locked_too(engine: Engine, helper: UUID) -> None:
    def held(session: Session) -> list[UUID]:
        lock_both_sides(session)
        with Session(engine) as other:
            free = select(User.id).where(User.id.in_([helper, ACCOUNT])).with_for_update(skip_locked=True)
            return list(other.scalars(free))

    assert one_inside_the_other(engine, lambda session: ask_to_help(session, helper), held)[1] == []


def test_whose_place_is_before_is_not_waited_for_with_the_account_in_hand(
    engine: Engine, helper: UUID
) -> None:
    """Somebody holds him, and wants the account next: whoever kept it would wait for who waits for him."""
    helper_held, asked = Event(), Event()

    def hold_both() -> None:
        with Session(engine) as session:
            lock_accounts(session, User.id == helper)
            helper_held.set()
            asked.wait(_WAIT_S)
            Event().wait(0.5)
            lock_accounts(session, User.id == ACCOUNT)
            session.commit()

    with ThreadPoolExecutor(1) as pool:
        holding_both = pool.submit(hold_both)
        helper_held.wait(_WAIT_S)
        locked = one_inside_the_other(
            engine,
            lambda session: ask_to_help(session, helper),
            lock_both_sides,
            then=lambda _: asked.set(),
        )[1]
        holding_both.result(_WAIT_S)

    assert locked.id == ACCOUNT
