"""What is built beside the work is committed by parts: a migration that broke off there is run again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app import migrating
from app.models import Base
from tests.migrations.conftest import At, to

DONE_EVERYWHERE = "20261201_0532"


class BrokenOffError(Exception):
    """An index waited too long."""


def test_a_migration_that_broke_off_beside_the_work_is_run_again(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each does, broken off before its indexes and after; the tables are those of the models."""
    connection = at(DONE_EVERYWHERE)
    script = ScriptDirectory.from_config(migrating.config())
    newer = list(script.iterate_revisions("head", DONE_EVERYWHERE))
    beside = [
        one.revision for one in newer if "beside_the_work" in Path(one.path).read_text(encoding="utf-8")
    ]
    for one in reversed(newer):
        if one.revision in beside:
            for broken in _before, _after:
                with monkeypatch.context() as patch:
                    patch.setattr(migrating, "beside_the_work", broken(migrating.beside_the_work))
                    with pytest.raises(BrokenOffError):
                        to(connection, one.revision)
                connection.rollback()
        to(connection, one.revision)

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert beside
    assert compare_metadata(context, Base.metadata) == []


Beside = Callable[[], AbstractContextManager[None]]


def _before(beside: Beside) -> Beside:
    @contextmanager
    def entered() -> Iterator[None]:
        with beside():
            raise BrokenOffError
        yield

    return entered


def _after(beside: Beside) -> Beside:
    @contextmanager
    def left() -> Iterator[None]:
        with beside():
            yield
        raise BrokenOffError

    return left
