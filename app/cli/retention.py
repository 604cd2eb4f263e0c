"""The command that takes away personal data whose time is over."""

from functools import partial

import click
from sqlalchemy.orm import Session

from app import retention
from app.cli.sessions import in_batches, many_sessions
from app.config import Settings


@click.command(name="retention")
@click.option("--dry-run", is_flag=True, help="Count what is overdue, and change nothing.")
def apply_retention(*, dry_run: bool) -> None:
    """Take away personal data whose time is over, as the scheduler does every night; say how much."""
    settings = Settings.read()
    with many_sessions(settings) as new_session:
        for rule in retention.rules(settings.months_kept):
            if dry_run:
                with new_session() as session:
                    done = retention.overdue(session, rule)
            else:
                step = partial(_apply, rule)
                done = sum(in_batches(new_session, settings, "retention", step, rule=rule.name))
            click.echo(f"{rule.name}, kept {rule.kept}: {done}")


def _apply(rule: retention.Rule, session: Session, *, limit: int) -> int:
    return retention.apply(session, rule, limit=limit)
