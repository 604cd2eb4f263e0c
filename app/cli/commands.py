"""The commands, one a function."""

import click

from app import migrating


@click.group()
def commands() -> None:
    """Operate Gongdi (共缔). Settings come from the environment, see docs/operations.md."""


@commands.command()
def migrate() -> None:
    """Bring the database's tables to this version of the code."""
    migrating.upgrade()
    click.echo("The database is at the newest migration.")
