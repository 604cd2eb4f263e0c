"""The sessions of commands, and the entry that a command leaves of what it wrote."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker

from app import audit
from app.audit import AuditKeys, Entry
from app.config import Settings
from app.db import batches, engine_for, sessions_for, transaction

_BATCH = 200


@contextmanager
def many_sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Give what makes the sessions of a command that commits more than once."""
    engine = engine_for(settings)
    try:
        yield sessions_for(engine)
    finally:
        engine.dispose()


@contextmanager
def one_session(settings: Settings) -> Iterator[Session]:
    """Give a session of its own, committed at the end."""
    with many_sessions(settings) as new_session, new_session() as session, transaction(session):
        yield session


def in_batches(
    new_session: sessionmaker[Session],
    settings: Settings,
    command: str,
    step: Callable[..., int],
    **facts: str,
) -> Iterator[int]:
    """Call a step with a session and ``limit``, batch by batch; record and yield how many each did."""

    def work(session: Session) -> int:
        done = step(session, limit=_BATCH)
        record(session, settings, command, done, **facts)
        return done

    return batches(new_session, work, size=_BATCH)


def record(session: Session, settings: Settings, command: str, count: int, **facts: str) -> None:
    """Leave an entry of what a command wrote, if it wrote anything."""
    if count:
        entry = Entry(action=f"command:{command}", facts={"count": count, **facts})
        audit.record(session, AuditKeys.of(settings), entry)
