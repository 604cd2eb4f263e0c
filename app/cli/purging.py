"""The command that purges the audit trail, before the eyes of two people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session, sessionmaker

from app import audit
from app.audit import AuditKeys
from app.cli.sessions import many_sessions
from app.cli.two_persons import prove_two
from app.clock import start_of
from app.config import Settings
from app.db import batches, transaction
from app.identity import two_persons

_BATCH = 1000
_ACTION = "command:purge-audit"


@click.command(name="purge-audit")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Entries from before this day go."
)
@click.option("--auditor", required=True, metavar="PHONE", help="An auditor over the whole installation.")
@click.option("--second", required=True, metavar="PHONE", help="A county or city officer over all of it.")
def purge_audit(until: datetime, auditor: str, second: str) -> None:
    """Delete entries of the audit trail whose time is over; an auditor and an officer show their codes.

    What cannot be cut is refused before anybody shows a code: it says no more than ``verify-audit`` says to
    whoever sits here. Who the two are is looked at with their codes only.
    """
    settings = Settings.read()
    keys = AuditKeys.of(settings)
    which: dict[str, Any] = {"until": start_of(until.date()), "months": settings.months_kept.audit}
    with many_sessions(settings) as new_session:
        _finish(new_session, keys)
        with _refusals_told(), new_session() as session:
            audit.place_to_cut(session, keys, **which)
        two = prove_two(
            new_session, settings, _ACTION, auditor=auditor, second=second, over=two_persons.everything
        )
        with _refusals_told(), new_session() as session, transaction(session):
            made = audit.cut(session, keys, **which, by=two[0], agreed_by=two[1])
        dropped = _finish(new_session, keys)
    click.echo(f"{dropped} entries, up to number {made.number}, are gone. The chain goes on from there.")


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except audit.CutRefusedError as error:
        raise click.ClickException(str(error)) from error


def _finish(new_session: sessionmaker[Session], keys: AuditKeys) -> int:
    """Delete what lies before the latest cut, also what an earlier run left; give how many entries."""

    def drop(session: Session) -> int:
        made = audit.last_cut(session, keys)
        return audit.drop(session, made, limit=_BATCH) if made else 0

    return sum(batches(new_session, drop, size=_BATCH))
