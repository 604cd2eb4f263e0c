"""The database handle, and the only place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.errors import ResidentMergedError
from app.models import Base

Mark = TypeVar("Mark")
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
DATABASE_AWAY = (OperationalError, PoolTimeoutError)
"""What it looks like when the database cannot be reached, or has no connection free."""
REQUEST_STATEMENT_S = 5
"""How long one statement of a request may take: nobody waits longer for a page."""
_STATEMENT_S = 15
"""The same for the scheduler and the commands, where nobody waits."""
_UNREACHABLE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""Seconds and ms after which a host that does not answer is given up, later than any statement may take. A
server whose processes are frozen is not seen by this: its kernel goes on answering."""
_RECYCLE_S = 1800
"""Connections are not tried before each use, which would cost every request a round trip: after a restart of
the database the first request finds out, gets 503, and the whole pool is made anew; clients repeat safely."""


def engine_options(settings: Settings, *, statement_s: int = _STATEMENT_S) -> dict[str, Any]:
    """Give the engine's options, but for ``statement_s`` the same for every process of ours."""
    timeout = f"-c statement_timeout={statement_s}s -c timezone=UTC"
    return {
        "pool_size": settings.database_pool,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_recycle": _RECYCLE_S,
        "hide_parameters": True,
        "connect_args": {"connect_timeout": 5, "options": timeout, **_UNREACHABLE},
    }


def engine_for(settings: Settings, *, connections: int | None = None) -> Engine:
    """Make an engine for a process without Flask, with as many connections as the settings or it says."""
    options = engine_options(settings)
    return create_engine(
        settings.database_url, **options | {"pool_size": connections or settings.database_pool}
    )


def sessions_for(engine: Engine) -> sessionmaker[Session]:
    """Make the sessions of a process without Flask."""
    return sessionmaker(engine, expire_on_commit=False)


def batches(
    new_session: sessionmaker[Session], work: Callable[[Session], int], *, size: int
) -> Iterator[int]:
    """Call ``work``, each time in its own transaction, until it does less than a batch; yield each count."""
    while True:
        with new_session() as session, transaction(session):
            done = work(session)
        yield done
        if done < size:
            return


def walk(
    new_session: sessionmaker[Session], work: Callable[[Session, Mark | None], tuple[int, Mark | None]]
) -> Iterator[int]:
    """Call ``work`` as ``batches`` does, each time past the mark it gave last, until it gives none.

    It is for work that leaves rows as they were: by its count alone it would read them again, or end early.
    """
    mark: Mark | None = None
    while True:
        with new_session() as session, transaction(session):
            done, mark = work(session, mark)
        yield done
        if mark is None:
            return


@contextmanager
def transaction(
    session: Session | None = None, *, before_commit: Callable[[Session], None] | None = None
) -> Iterator[Session]:
    """Give a session and commit when the block ends well, or undo everything it did.

    Without an argument it is the request's own session; commands and jobs hand theirs in. ``before_commit``
    has the last word in the transaction.

    Raises ResidentMergedError where something was written of somebody who is another's duplicate since.
    """
    session = session or db.session()
    try:
        yield session
        if before_commit is not None:
            before_commit(session)
        session.commit()
    except BaseException as error:
        session.rollback()
        if isinstance(error, IntegrityError) and _names_duplicate(error):
            raise ResidentMergedError from error
        raise


def _names_duplicate(error: IntegrityError) -> bool:
    """Say whether the database refused a row of a duplicate, which whoever wrote it had seen before."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == "no_duplicate"
