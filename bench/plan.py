"""How much a run measures, and where it writes what it found."""

from dataclasses import dataclass
from pathlib import Path

from dev.var import ROOT


@dataclass(frozen=True)
class Plan:
    """The defaults are what docs/performance.md reports; a test measures less."""

    households: int = 1505
    warm_up: int = 60
    """Requests of a kind that are not counted."""
    requests: int = 600
    """Of each kind."""
    threads: int = 4
    clients: int = 8
    """Connections that post, and connections of pgbench."""
    processes: int = 2
    """That the posting clients share, as threads share the web server's workers; pgbench has two as well."""
    rounds: int = 3
    """Of postings and of pgbench, in turns."""
    round_s: int = 6
    pgbench_scale: int = 16
    """Twice the clients: below that pgbench measures the fight over its branch rows."""
    searched_households: int = 23_240
    """With 100,000 people in all."""
    photos: int = 10
    """Of each size, each another scene."""
    turns: int = 2
    """How often each commit is measured where two are compared."""
    repository: Path = ROOT
    file: Path = ROOT / "var" / "bench.json"

    @property
    def calls(self) -> int:
        """Give how many requests of a kind one measurement makes, each approval of another claim."""
        return self.warm_up + self.requests
