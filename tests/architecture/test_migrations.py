"""Migrations make exactly the tables that the models describe."""

import ast
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


def test_nobody_waits_while_a_table_with_rows_is_read_through() -> None:
    """An index of a table that was there is built beside the work, and a constraint looked at there."""
    folder = ROOT / "migrations" / "versions"
    wrong = [
        f"{file.name}: {call}"
        for file in sorted(folder.glob("*.py"))
        if file.name >= _SINCE
        for call in _at_a_stand(ast.parse(file.read_text(encoding="utf-8")))
    ]

    assert wrong == []


_SINCE = "20261202"
"""What came before is done everywhere."""
_ADDS = ("create_index", "create_check_constraint", "create_foreign_key", "create_unique_constraint")
"""What reads a table through; the second argument names it."""


_SMALL = {"checklists", "checklist_items", "places"}
"""Some thousand rows at most: all are read in milliseconds."""


def _at_a_stand(tree: ast.Module) -> list[str]:
    upgrade = [
        one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name in {"upgrade", "_at_once"}
    ]
    calls = [
        (one.func.attr, one)
        for part in upgrade
        for one in ast.walk(part)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)
    ]
    made = {ast.literal_eval(call.args[0]) for name, call in calls if name == "create_table"}
    return [
        ast.unparse(call)
        for name, call in calls
        if name in _ADDS
        and ast.literal_eval(call.args[1]) not in made | _SMALL
        and not {"postgresql_not_valid", "postgresql_concurrently"} & {one.arg for one in call.keywords}
    ]


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        before = migrating.present(connection)
        migrating.upgrade(connection)
        assert migrating.present(connection) == before == migrating.newest()
        connection.rollback()
