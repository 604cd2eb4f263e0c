"""The folder var/: all that running leaves behind, except the virtual environment."""

import os
import secrets
from pathlib import Path

from dev.trouble import MachineError

ROOT = Path(__file__).resolve().parent.parent


def var_folder() -> Path:
    """Return where it is: GONGDI_VAR, or var in the checkout."""
    return Path(os.environ.get("GONGDI_VAR") or ROOT / "var").absolute()


def prepared() -> Path:
    """Make the folder, private to its owner, and return it. Raises MachineError if it may not be written."""
    var = var_folder()
    try:
        var.mkdir(parents=True, exist_ok=True)
        # For root, PostgreSQL runs as somebody else, who must get through to a private folder of its own.
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("log", "photos"):
            (var / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        message = (
            f"{error.filename} may not be written: {error.strerror}. It may be another user's.\n"
            "Make it yours (chown -R), or name another folder: export GONGDI_VAR=/path/to/folder"
        )
        raise MachineError(message) from error
    return var


def log_file(name: str) -> Path:
    """Return the log of one of our processes."""
    return var_folder() / "log" / f"{name}.log"


def secret_key() -> str:
    """Return the application's secret key on this machine, made at random the first time."""
    file = var_folder() / "secret"
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48))
        unfinished.replace(file)
    return file.read_text()
