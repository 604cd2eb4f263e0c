"""The command that purges the audit trail, before the eyes of two people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session, sessionmaker

from app import audit, identity
from app.audit import AuditKeys, AuditResult, Entry
from app.cli.sessions import many_sessions
from app.clock import start_of
from app.config import Settings
from app.db import batches, transaction
from app.keys import derived
from app.sealing import Sealer

_BATCH = 1000
_NOT_PROVEN = "One of the two is no auditor, or officer, over all of this, or a code is wrong."
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
        auditor_code = click.prompt("Code of the auditor's authenticator app", hide_input=True)
        second_code = click.prompt("Code of the second person's authenticator app", hide_input=True)
        with new_session() as session, transaction(session):
            two = identity.prove_two(
                session,
                Sealer.of(settings),
                derived(settings.secret_key, "sign-in tries"),
                identity.Shown(auditor, auditor_code),
                identity.Shown(second, second_code),
            )
            if two is None:
                refused = Entry(action=_ACTION, result=AuditResult.REFUSED, code="not_proven")
                audit.record(session, keys, refused)
        if two is None:
            raise click.ClickException(_NOT_PROVEN)
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
