"""The command that removes again, after a restore, what people had removed since the backup was made."""

import sys
from collections import Counter

import click

from app import own_data
from app.adapters import local_store
from app.audit import AuditKeys
from app.cli.sessions import many_sessions, record
from app.config import Settings
from app.db import transaction
from app.own_data import Outcome
from app.sealing import Sealer

_TOLD = 200


@click.command(name="redelete")
@click.option("--dry-run", is_flag=True, help="Count what is to be removed again, and change nothing.")
def redelete(*, dry_run: bool) -> None:
    """Remove again what the list of GONGDI_REDELETE_LIST says was removed after this backup was made.

    To be run after a restore, before anybody signs in; again changes nothing. Each removal is a transaction
    with an entry in the audit trail. Exit 1 if one failed: run it again once that is put right.
    """
    settings = Settings.read()
    file = settings.redelete_list
    if file is None or not file.is_file():
        raise click.ClickException(
            "GONGDI_REDELETE_LIST names no file that is there: put the newest copy of the list in its place. "
            "Nothing was done"
        )
    try:
        listed = list(own_data.removals_in(file, AuditKeys.of(settings)))
    except own_data.RemovalListError as error:
        raise click.ClickException(str(error)) from error
    tools = own_data.Tools(Sealer.of(settings), local_store(settings.photo_dir))
    outcomes: Counter[Outcome] = Counter()
    failed = 0
    with many_sessions(settings) as new_session:
        with new_session() as session:
            left = own_data.unknown(session, listed)
        click.echo(f"{len(listed)} removals in the list, {len(left)} of them younger than this database.")
        if dry_run:
            for what, count in sorted(Counter(one.what.value for one in left).items()):
                click.echo(f"{what}: {count}")
            return
        for number, one in enumerate(left, start=1):
            try:
                with new_session() as session, transaction(session):
                    outcome = own_data.redelete(session, tools, one)
                    facts = {"removal": str(one.id), "what": one.what.value, "outcome": outcome.value}
                    record(session, settings, "redelete", 1, row=str(one.row_id), **facts)
            except Exception as error:  # noqa: BLE001 - told, and it holds up no other
                failed += 1
                click.echo(f"Failed: {one.what} of {one.row_id}, {type(error).__name__}.")
                continue
            outcomes[outcome] += 1
            if outcome is Outcome.BY_HAND:
                named = ", ".join(f"{name} {value}" for name, value in sorted(one.facts.items()))
                click.echo(
                    f"For people to put right: {one.what} of {one.row_id}{f' ({named})' if named else ''}."
                )
            if number % _TOLD == 0:
                click.echo(f"{number} of {len(left)} so far.")
    click.echo("; ".join(f"{outcome}: {outcomes[outcome]}" for outcome in Outcome) + f"; failed: {failed}.")
    sys.exit(1 if failed else 0)
