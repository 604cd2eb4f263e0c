"""Migrations make exactly the tables that the models describe."""

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, text

from app import migrating
from app.models import Base
from tests.architecture.sources import ROOT


def test_migrations_equal_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_checks_of_the_database_are_those_of_the_models(engine: Engine) -> None:
    """Alembic does not compare CHECK constraints: their names must agree at least."""
    declared = {
        str(constraint.name).removeprefix(f"ck_{table.name}_")
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT conname, relname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
                "WHERE contype = 'c'"
            )
        )
        present = {name.removeprefix(f"ck_{table}_") for name, table in rows}

    assert present == declared


def test_every_name_is_dated() -> None:
    names = [file.name for file in (ROOT / "migrations" / "versions").glob("*.py")]
    assert names
    assert all(re.fullmatch(r"20\d{6}_\d{4}_[a-z0-9_]+\.py", name) for name in names)


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        before = migrating.present(connection)
        migrating.upgrade(connection)
        assert migrating.present(connection) == before == migrating.newest()
        connection.rollback()
