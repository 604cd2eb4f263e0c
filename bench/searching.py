"""Search among 100,000 residents of one community: how long somebody waits, and what it costs."""

import http.client
import time
from collections.abc import Callable
from contextlib import closing
from statistics import quantiles

from app.config import Settings
from bench import world
from bench.figures import Figure
from bench.plan import Plan
from bench.processor import tree_cpu_s
from bench.requests_cpu import Ask, ask, bare, served

WORDS = ("王", "桂兰", "wang", "zjg", "l", "8号楼 301", "101", "王 2号楼", "1234", "xiaoming")
"""Common and rare: names, sounds, a letter, doors, the end of a phone."""


def measure(settings: Settings, environment: dict[str, str], postmaster: int, plan: Plan) -> list[Figure]:
    """Write the community, and search it with each of the words in turns, one person at a time."""
    ground = world.prepare(settings, claims=1, households=plan.searched_households)

    def searching(number: int) -> Ask:
        body = {"words": WORDS[number % len(WORDS)]}
        return Ask("POST", "/v1/residents/search", ground.admin_token, body)

    with served("bench.bare:app", environment) as (port, pid):
        bare_ms, bare_p95_ms = _driven(port, [pid], bare, plan)
    with served("wsgi:app", environment) as (port, pid):
        cpu_ms, p95_ms = _driven(port, [pid, postmaster], searching, plan)
    return [
        Figure("search_p95", p95_ms, "ms", bare_p95_ms, "bare Flask view p95 ms"),
        Figure("search_cpu", cpu_ms, "ms", bare_ms, "bare Flask view ms"),
    ]


def _driven(port: int, pids: list[int], make: Callable[[int], Ask], plan: Plan) -> tuple[float, float]:
    """Give milliseconds of CPU per request, and how long 95 of 100 take at most, after a warm-up."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for number in range(plan.warm_up):
            ask(connection, make(number))
        before, took = sum(tree_cpu_s(pid) for pid in pids), []
        for number in range(plan.requests):
            began = time.perf_counter()
            ask(connection, make(number))
            took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.2)
        spent_s = sum(tree_cpu_s(pid) for pid in pids) - before
    return spent_s * 1000 / plan.requests, quantiles(took, n=20)[-1]
