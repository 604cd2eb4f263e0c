"""A committed community, and threads that each do something there in a transaction of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.db import transaction
from app.errors import DomainError
from app.points import reconcile
from tests.points_town import Town, build_town, tear_down
from tests.races.together import at_once

Given = TypeVar("Given")
CLIENTS = 30


class Place:
    """Where the race is run."""

    def __init__(self, engine: Engine, town: Town) -> None:
        """Keep the ids, which threads may share; sessions they may not."""
        self.town = town
        self.code = town.code
        self.households = [home.id for home in town.households]
        self.accounts: list[UUID] = town.accounts
        self.engine = engine
        town.session.commit()

    def run(self, verb: Callable[[Session], Given]) -> Given | DomainError:
        """Do something in a transaction of its own; give what came of it, or the refusal."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                with transaction(session):
                    return verb(session)
            except DomainError as refusal:
                return refusal

    def race(self, verbs: list[Callable[[Session], Given]]) -> list[Given | DomainError]:
        """Do all at once, each in a thread."""
        return at_once([lambda verb=verb: self.run(verb) for verb in verbs])  # type: ignore[misc]

    def fresh(self) -> Session:
        """Give the town's session at the present moment."""
        self.town.session.rollback()
        self.town.session.expire_all()
        return self.town.session

    def agrees(self) -> bool:
        """Say whether the reconciliation finds nothing here."""
        return reconcile(self.fresh(), self.code) == []


@contextmanager
def raced(database_url: str, households: int) -> Iterator[Place]:
    """Give a committed community with its accounts, and delete it afterwards."""
    engine = create_engine(database_url, pool_size=CLIENTS + 2, max_overflow=0)
    with Session(engine, expire_on_commit=False) as session:
        town = build_town(session, households)
        session.commit()
        try:
            yield Place(engine, town)
        finally:
            tear_down(town)
    engine.dispose()


def split(results: list[Given | DomainError]) -> tuple[list[Given], list[DomainError]]:
    """Tell successes from refusals."""
    refusals = [one for one in results if isinstance(one, DomainError)]
    return [one for one in results if not isinstance(one, DomainError)], refusals
