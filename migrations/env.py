"""Alembic's environment: the engine comes from our settings, the tables from our models."""

from alembic import context
from sqlalchemy import Connection, text

from app.config import Settings
from app.db import engine_for
from app.migrating import LOCK_WAIT_S
from app.models import Base


def run(connection: Connection) -> None:
    """Run what was asked on this connection, each migration in its own transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = engine_for(Settings.read())
    try:
        with engine.connect() as own:
            own.execute(text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": f"{LOCK_WAIT_S}s"})
            # What works on all rows of a table takes as long as it takes, or it would never come to its end.
            own.execute(text("SET statement_timeout = 0"))
            own.commit()  # else Alembic would take this transaction for that of all migrations
            run(own)
    finally:
        engine.dispose()
