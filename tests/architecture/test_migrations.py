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
    """Give the calls, in any function but that of the way back, that read a table while others wait."""
    parts = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name != "downgrade"]
    beside = {id(node) for part in parts for block in _beside(part) for node in ast.walk(block)}
    calls = [
        (ast.unparse(one.func).rpartition(".")[2], one)
        for part in parts
        for one in ast.walk(part)
        if isinstance(one, ast.Call)
    ]
    made = {ast.literal_eval(call.args[0]) for name, call in calls if name == "create_table"}
    adding = [
        call
        for name, call in calls
        if name in _ADDS
        and ast.literal_eval(call.args[1]) not in made | _SMALL
        and not {"postgresql_not_valid", "postgresql_concurrently"} & {one.arg for one in call.keywords}
    ]
    slow = [call for name, call in calls if name == "build_index" or _is_slow(name, call)]
    return [ast.unparse(call) for call in adding + [one for one in slow if id(one) not in beside]]


_READS = re.compile(
    r"\bVALIDATE\b|\bCREATE (UNIQUE )?INDEX\b|\bSET NOT NULL\b|\bADD CONSTRAINT\b(?!.*\bNOT VALID\b)",
    re.IGNORECASE | re.DOTALL,
)


def _is_slow(name: str, call: ast.Call) -> bool:
    """Say whether a call reads a table through, also where it lets others at it meanwhile."""
    if name == "execute":
        return _READS.search(ast.unparse(call)) is not None
    return name in _ADDS and "postgresql_concurrently" in {one.arg for one in call.keywords}


def _beside(part: ast.FunctionDef) -> list[ast.With]:
    """Give the blocks of a function that work while everybody goes on."""
    blocks = [one for one in ast.walk(part) if isinstance(one, ast.With)]
    return [one for one in blocks if "beside_the_work" in ast.unparse(one.items[0])]


def test_what_reads_a_table_at_a_stand_is_found() -> None:
    """In functions of any name, and in SQL."""
    migration = """
def upgrade():
    helper()
    op.execute("CREATE INDEX i ON hazards (id)")
    op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT c")
    op.execute("ALTER TABLE hazards ALTER COLUMN a SET NOT NULL")
    op.execute("ALTER TABLE hazards ADD CONSTRAINT c CHECK (a > 0)")
    op.execute("ALTER TABLE hazards ADD CONSTRAINT d CHECK (a > 0) NOT VALID")
    build_index("z", "hazards", "a")
    with beside_the_work():
        op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT d")
        build_index("z", "hazards", "a")

def helper():
    op.create_index("w", "hazards", ["id"], postgresql_concurrently=True)
    op.create_index("x", "hazards", ["id"])

def downgrade():
    op.create_index("y", "hazards", ["id"])
"""
    assert len(_at_a_stand(ast.parse(migration))) == 7


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        before = migrating.present(connection)
        migrating.upgrade(connection)
        assert migrating.present(connection) == before == migrating.newest()
        connection.rollback()
