"""Run drills one after the other: a line each, and progress on standard error."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence

from dev.drills.care_quarter import CARE_QUARTER
from dev.drills.drill import Drill, DrillFailedError
from dev.drills.import_dirty import IMPORT_DIRTY
from dev.drills.offline_batch import OFFLINE_BATCH
from dev.drills.patrol_quarter import PATROL_QUARTER
from dev.drills.photo_reuse import PHOTO_REUSE
from dev.trouble import MachineError

DRILLS: list[Drill] = [PATROL_QUARTER, CARE_QUARTER, OFFLINE_BATCH, PHOTO_REUSE, IMPORT_DIRTY]
"""In the order in which they run."""
_UNKNOWN = 2


def main(names: Sequence[str], drills: Sequence[Drill] = DRILLS) -> int:
    """Run the named drills, by default all; return 1 if one failed, 2 for a name that is none's."""
    known = {drill.name: drill for drill in drills}
    strange = [name for name in names if name not in known]
    if strange:
        print(f"No drill is called {', '.join(strange)}. There are: {', '.join(known)}.", file=sys.stderr)
        return _UNKNOWN
    failed = False
    for drill in [known[name] for name in dict.fromkeys(names)] or drills:
        kept, figure = _ran(drill)
        print(f"drill {drill.name} {'pass' if kept else 'fail'} {figure}", flush=True)
        failed |= not kept
    return int(failed)


def _ran(drill: Drill) -> tuple[bool, str]:
    """Run one; give whether the promise was kept, and its figure or what was wrong, on one line."""
    began = time.monotonic()

    def tell(how_far: str) -> None:
        print(f"  {drill.name} {time.monotonic() - began:4.0f} s: {how_far}", file=sys.stderr, flush=True)

    try:
        return True, " ".join(drill.run(tell).split())
    except (DrillFailedError, MachineError) as error:
        return False, " ".join(str(error).split())
    except Exception as error:  # noqa: BLE001 - a drill that breaks has not passed, and the others still run
        traceback.print_exc()
        return False, f"broke: {type(error).__name__}"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also then nothing is left behind
    try:
        sys.exit(main(os.environ.get("NAMES", "").split() + sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
