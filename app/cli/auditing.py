"""The command that verifies the audit trail."""

import sys
from datetime import UTC

import click

from app import audit
from app.audit import AuditKeys
from app.cli.sessions import one_session
from app.config import Settings


@click.command(name="verify-audit")
def verify_audit() -> None:
    """Read the whole audit trail; exit 1 and name what is not as it was written."""
    settings = Settings.read()
    with one_session(settings) as session:
        try:
            copies = audit.copies_in(settings.audit_copies)
        except audit.CopyBrokenError as error:
            raise click.ClickException(str(error)) from error
        verifier = audit.Verifier(session, AuditKeys.of(settings), copies, _tell_share)
        made = audit.keep_verification(session, verifier, click.echo)
        click.echo(verifier.cut or "The trail begins with its first entry.")
        begins = audit.beginning(session)
        if begins is not None and begins.at is not None:
            of = begins.at.astimezone(UTC)
            click.echo(f"The oldest entry kept is number {begins.number}, of {of:%Y-%m-%d %H:%M} UTC.")
    if made.findings_count:
        click.echo(f"{made.findings_count} findings in {made.entries} entries.")
    else:
        click.echo(f"{made.entries} entries, the chain reaches {made.head}: all are as they were written.")
    sys.exit(1 if made.findings_count else 0)


def _tell_share(done: int, total: int) -> None:
    """Show on a terminal how far it got."""
    if sys.stderr.isatty() and total:
        click.echo(f"\r{100 * done // total} %", nl=done >= total, err=True)
