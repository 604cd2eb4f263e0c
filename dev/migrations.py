"""Check that the migrations form one line (`make check`): two branches may each add one."""

import sys
import warnings
from pathlib import Path

from alembic.script import ScriptDirectory

from app.migrating import FOLDER


def trouble(folder: Path) -> list[str]:
    """Say what keeps migrations from being one line, a sentence each."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        script = ScriptDirectory(str(folder))
        try:
            heads = sorted(script.get_heads())
        except KeyError:  # one follows what is not there, of which Alembic warned before it fell over it
            return [f"{one.message}." for one in told]
    if told:
        return [f"{one.message}." for one in told]
    if len(heads) == 1:
        return []
    names = ", ".join(Path(script.get_revision(head).path).name for head in heads) or "none"
    advice = "Let what is not on main yet follow what is (down_revision)."
    return [f"There are {len(heads)} newest migrations: {names}. {advice}"]


def main() -> int:
    """Print what is wrong; return the exit status."""
    found = trouble(FOLDER)
    print("\n".join(found) or "The migrations form one line.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
