"""The commands of the points ledger."""

import sys

import click

from app import points
from app.cli.sessions import in_batches, many_sessions, one_session
from app.config import Settings


@click.command()
def reconcile() -> None:
    """Compare every balance with its entries; exit 1 and name what does not agree."""
    with one_session(Settings.read()) as session:
        findings = points.reconcile(session)
    for finding in findings:
        click.echo(finding)
    click.echo(f"{len(findings)} findings." if findings else "Every balance agrees with its entries.")
    sys.exit(1 if findings else 0)


@click.command(name="post-due")
def post_due() -> None:
    """Post the claims whose public notice is over; of a batch that fails none, unlike the scheduler."""
    settings = Settings.read()
    with many_sessions(settings) as new_session:
        posted = sum(in_batches(new_session, settings, "post-due", points.post_due))
    click.echo(f"{posted} claims posted.")
