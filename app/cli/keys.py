"""The command that changes the keys of sealed fields."""

from uuid import UUID

import click

from app.cli.sessions import many_sessions, record
from app.config import Settings
from app.db import transaction
from app.identity import rotation_notices
from app.resealing import reseal, sealed_tables
from app.sealing import Cell, Sealer

_RESEALED = 1000


@click.command(name="rotate-keys")
def rotate_keys() -> None:
    """Seal everything by the first key of GONGDI_FIELD_KEYS; the application may go on meanwhile.

    Every auditor is told when it begins, and each batch leaves an entry in the audit trail. What nobody can
    open is left as it is and named at the end, with exit 1.
    """
    settings, resealed = Settings.read(), 0
    unreadable: list[Cell] = []
    sealer, key = Sealer.of(settings), settings.field_keys[0][0]
    with many_sessions(settings) as new_session:
        for rows, names in sealed_tables():
            after: UUID | None = None
            while True:
                with new_session() as session, transaction(session):
                    batch = reseal(session, sealer, rows, names, after=after, limit=_RESEALED)
                    record(session, settings, "rotate-keys", batch.rows, table=rows.name, key=key)
                    if batch.rows and not resealed:
                        rotation_notices.tell_of_rotation(session, key)
                unreadable += batch.unreadable
                if batch.last is None:
                    break
                resealed, after = resealed + batch.rows, batch.last
                click.echo(f"{resealed} rows so far, now in {rows.name}.")
    for cell in unreadable:
        click.echo(
            f"Nobody can open {cell.table}.{cell.column} of row {cell.row_id}: left as it is.", err=True
        )
    click.echo(f"{resealed} rows sealed by {key}, {settings.field_suite}.")
    if unreadable:
        raise click.ClickException(f"{len(unreadable)} values do not open: see docs/operations.md.")
