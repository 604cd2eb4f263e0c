"""Signals that ask us to stop: noted when they come, obeyed where it is safe."""

import contextlib
import os
import signal
import sys
import time
from types import FrameType

from dev.servers import Child

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HEARD = b"\nStopping.\n"
HEARD_AGAIN = b"\nStill stopping, one moment.\n"
POLL_S = 0.05
STDIN = 0


class StopSignals:
    """Notes the first signal that asks us to stop: an exception might lose a process just started."""

    def __init__(self) -> None:
        self._received: signal.Signals | None = None
        self._detached = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # by nohup: the terminal may close
        self._has_terminal = os.isatty(STDIN) and not self._detached
        for number in ASKING:
            if number is not signal.SIGHUP or not self._detached:
                signal.signal(number, self._note)

    @property
    def received(self) -> signal.Signals | None:
        """Return the signal, if one came. A terminal that is gone counts: only its first process is told."""
        if self._received is None and self._has_terminal and not os.isatty(STDIN):
            self._received = signal.SIGHUP
        return self._received

    def obey(self) -> None:
        """Raise SystemExit if we were asked to stop."""
        if self.received is not None:
            raise SystemExit(128 + self.received)

    def wait_for(self, child: Child) -> int:
        """Wait for a process to end and return its status; if asked to stop, stop it and raise SystemExit."""
        try:
            while not child.dead:
                self.obey()
                time.sleep(POLL_S)
        finally:
            child.stop()
        status: int = child.process.returncode
        return status

    def _note(self, number: int, _frame: FrameType | None) -> None:
        text = HEARD if self._received is None else HEARD_AGAIN
        self._received = self._received or signal.Signals(number)
        with contextlib.suppress(OSError):  # the terminal may be what is gone
            os.write(sys.stderr.fileno(), text)
