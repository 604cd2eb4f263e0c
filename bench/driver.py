"""Run by bench.against as a file, in the tree of another commit: calls that commit's own bench, turn by turn.

Everything it imports is that commit's. Commits from before bench/plan.py hold their sizes as constants, and
later ones lack the sizes that came after them.
"""

import dataclasses
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from app.config import Settings
from bench import requests_cpu, world


def main(asked: dict[str, Any]) -> None:
    """Prepare, say so, and measure once for each line that comes in, until none comes."""
    environment: dict[str, str] = asked["environment"]
    whole = dict(os.environ) | environment
    sizes: dict[str, int] = asked["plan"]
    calls, turns = sizes["warm_up"] + sizes["requests"], sizes["turns"]
    prepare, measure = _of_this_commit(sizes)
    ground = prepare(Settings.read(environment), turns * calls)
    print("ready", flush=True)
    for turn, _ in enumerate(sys.stdin):
        part = ground.claim_ids[turn * calls : (turn + 1) * calls]
        found = measure(dataclasses.replace(ground, claim_ids=part), whole, asked["postmaster"])
        print(json.dumps({figure.name: figure.value for figure in found}), flush=True)


def _of_this_commit(sizes: dict[str, int]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Give what prepares (settings, claims) and what measures (ground, environment, postmaster)."""
    if importlib.util.find_spec("bench.plan") is None:
        return _with_constants(requests_cpu, world, sizes)
    plan = importlib.import_module("bench.plan").Plan
    known = {field.name for field in dataclasses.fields(plan)}
    made = plan(**{name: size for name, size in sizes.items() if name in known})
    return (
        lambda settings, claims: world.prepare(settings, claims=claims, households=made.households),
        lambda ground, environment, postmaster: requests_cpu.measure(ground, environment, postmaster, made),
    )


def _with_constants(
    measuring: ModuleType, writing: ModuleType, sizes: dict[str, int]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Set the sizes that such a commit has; it always writes the whole settlement."""
    measuring.WARM_UP, measuring.REQUESTS, measuring.THREADS = (  # type: ignore[attr-defined]
        sizes[name] for name in ("warm_up", "requests", "threads")
    )
    return lambda settings, claims: writing.prepare(settings, claims=claims), measuring.measure


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main(json.loads(sys.argv[1]))
