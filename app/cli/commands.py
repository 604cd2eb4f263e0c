"""All commands, each from the module of its noun."""

import click
from sqlalchemy.exc import OperationalError

from app import migrating
from app.cli.auditing import verify_audit
from app.cli.demo import demo_code, seed, show_demo_accounts
from app.cli.founding import add_area, another_security_administrator, first_administrators
from app.cli.keys import rotate_keys
from app.cli.ledger import post_due, reconcile
from app.cli.photos import photo_key, quarantine, verify_photo
from app.cli.purging import purge_audit
from app.cli.redeleting import recopy_removals, redelete
from app.cli.retention import apply_retention
from app.cli.spot_checks import verify_draw
from app.cli.standard_forms import standard_forms
from app.cli.wechat import wechat_events, wechat_messages, wechat_quotas


@click.group()
def commands() -> None:
    """Operate 共缔 Gongdi. Settings come from the environment, see docs/operations.md."""


@commands.command()
def migrate() -> None:
    """Bring the database's tables to this version of the code."""
    try:
        migrating.upgrade()
    except OperationalError as error:
        if not migrating.is_kept_waiting(error):
            raise
        raise click.ClickException(
            "Somebody was at a table that a migration needs, for too long. This migration is not done; those "
            "before it are. Run the command again; if that does not help, stop the scheduler meanwhile"
        ) from error
    click.echo("The database is at the newest migration.")


for _command in (
    seed,
    show_demo_accounts,
    demo_code,
    add_area,
    first_administrators,
    another_security_administrator,
    standard_forms,
    reconcile,
    post_due,
    rotate_keys,
    verify_audit,
    purge_audit,
    apply_retention,
    redelete,
    recopy_removals,
    photo_key,
    verify_photo,
    verify_draw,
    quarantine,
    wechat_events,
    wechat_messages,
    wechat_quotas,
):
    commands.add_command(_command)
