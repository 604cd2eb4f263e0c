"""Entry of `python -m app.cli`."""

from app.cli.commands import commands

commands()
