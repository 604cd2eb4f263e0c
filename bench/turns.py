"""CPU per request of this commit, and of an older one in turns with it."""

from dataclasses import replace
from statistics import mean

from bench import requests_cpu
from bench.against import Older
from bench.figures import Figure
from bench.plan import Plan
from bench.world import Ground


def measure_in_turns(
    ground: Ground, environment: dict[str, str], postmaster: int, plan: Plan, older: Older | None
) -> list[Figure]:
    """Measure requests once, or, beside an older commit, each in its turns; give the means and the growth.

    Who begins changes from turn to turn, so that a machine that grows slower is slower for both.
    """
    ours: list[list[Figure]] = []
    theirs: list[dict[str, float]] = []
    for turn in range(plan.turns if older else 1):
        if older and turn % 2 == 0:
            theirs.append(older.take_turn())
        part = ground.claim_ids[turn * plan.calls : (turn + 1) * plan.calls]
        ours.append(requests_cpu.measure(replace(ground, claim_ids=part), environment, postmaster, plan))
        if older and turn % 2 == 1:
            theirs.append(older.take_turn())
    found = [
        replace(same[0], value=mean(one.value for one in same), reference=mean(one.reference for one in same))
        for same in zip(*ours, strict=True)
    ]
    return found + (growth(found, theirs, older.commit) if older else [])


def growth(ours: list[Figure], theirs: list[dict[str, float]], commit: str) -> list[Figure]:
    """Give how many milliseconds more each request takes than at the older commit, where that measured it."""
    figures = []
    for figure in (one for one in ours if all(one.name in turn for turn in theirs)):
        then_ms = mean(turn[figure.name] for turn in theirs)
        more_ms = figure.value - then_ms
        figures.append(Figure(f"{figure.name}_growth", more_ms, "ms", then_ms, f"at {commit[:7]} ms"))
    return figures
