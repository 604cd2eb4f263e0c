"""How many threads a web process runs, read alike by gunicorn's configuration and by the settings.

It stands by itself: gunicorn's master loads it, and what the master has loaded stays old through a reload.
"""

from collections.abc import Mapping

THREADS_NAME = "GONGDI_THREADS"
_USUAL = "8"


def threads_asked(environ: Mapping[str, str]) -> str:
    """Give what the environment asks for, unchecked; an empty word asks for nothing."""
    return environ.get(THREADS_NAME) or _USUAL
