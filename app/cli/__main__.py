"""Entry of `python -m app.cli`."""

import sys

from app.cli.commands import commands
from app.config import SettingsError

try:
    commands()
except SettingsError as error:
    sys.exit(f"Error: {error}")
